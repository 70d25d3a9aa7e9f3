/* SPDX-License-Identifier: MIT */
#include "read/offers.h"

#include <string.h>

enum { NAME_SIZE = 11 };

static const struct {
    const char *name, *text;
} known[] = {
    { "ICCRGBG1012", "the colour profile" },
};

unsigned
gif_offers_bit(const uint8_t *block)
{
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (block[0] == NAME_SIZE && !memcmp(block + 1, known[i].name, NAME_SIZE))
            return 1U << i;
    return 0;
}

int32_t
gif_offers_state(struct mim_job *job, unsigned bits)
{
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < sizeof known / sizeof *known && status == MIM_OK; i++) {
        const struct mim_offer offer = { .struct_size = sizeof offer, .kind = MIM_OFFER_PROPERTY, .text = known[i].text };
        if (bits & 1U << i)
            status = job->host->offer(job, &offer);
    }
    return status;
}
