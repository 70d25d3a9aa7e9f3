/* SPDX-License-Identifier: MIT */
#include "api/conversion-damage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
mim_conversion_damage_count(struct mim_error *error, uint64_t good)
{
    size_t used = strlen(error->message);
    snprintf(error->message + used, sizeof error->message - used, "; %" PRIu64 " good frame%s before that", good,
             good == 1 ? "" : "s");
}

void
mim_conversion_damage_keep(struct mim_conversion_damage *damage, enum mim_status status, const struct mim_error *error)
{
    if (damage->status == MIM_OK)
        *damage = (struct mim_conversion_damage){ status, *error };
}

enum mim_status
mim_conversion_damage_report(const struct mim_conversion_damage *damage, enum mim_status status, struct mim_error *err)
{
    if (status != MIM_OK || damage->status == MIM_OK)
        return status;
    if (err)
        *err = damage->error;
    return damage->status;
}
