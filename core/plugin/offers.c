/* SPDX-License-Identifier: MIT */
/* Lists of offers, sorted by kind. */
#include "plugin/offers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"

enum mim_status
mim_offers_add(struct mim_offers *offers, const struct mim_offer *offer, uint64_t max_bytes, struct mim_error *err)
{
    uint64_t size = strlen(offer->text) + sizeof *offer;
    if (size > max_bytes || offers->bytes > max_bytes - size)
        return mim_fail_limit(err, offers->bytes + size, max_bytes,
                              "the list of further content exceeds the limit metadata=%" PRIu64, max_bytes);
    char *text = strdup(offer->text);
    if (!text || !MIM_GROW(offers->items, offers->count)) {
        free(text);
        return mim_fail_nomem(err, "a list of further content");
    }
    size_t at = offers->count++;
    for (; at > 0 && offers->items[at - 1].kind > offer->kind; at--)
        offers->items[at] = offers->items[at - 1];
    offers->items[at] = (struct mim_offer){
        .struct_size = sizeof *offer, .kind = offer->kind, .index = offer->index, .text = text
    };
    offers->bytes += size;
    return MIM_OK;
}

void
mim_offers_move(struct mim_offers *to, struct mim_offers *from)
{
    mim_offers_clear(to);
    *to = *from;
    *from = (struct mim_offers){ 0 };
}

void
mim_offers_clear(struct mim_offers *offers)
{
    for (size_t i = 0; i < offers->count; i++)
        free((char *)offers->items[i].text);
    free(offers->items);
    *offers = (struct mim_offers){ 0 };
}
