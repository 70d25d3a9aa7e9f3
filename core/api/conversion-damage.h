/* SPDX-License-Identifier: MIT */
/* The damage of a conversion with `partial`: the good frames are written, and the first failure is the result. */
#ifndef MIM_CORE_API_CONVERSION_DAMAGE_H
#define MIM_CORE_API_CONVERSION_DAMAGE_H

#include <stdint.h>

#include <mim/error.h>

/* Zeroed = none. */
struct mim_conversion_damage {
    enum mim_status status;
    struct mim_error error;
};

/* Appends how many frames are good to an error. */
void mim_conversion_damage_count(struct mim_error *error, uint64_t good);
/* Keeps a failure if it is the first. */
void mim_conversion_damage_keep(struct mim_conversion_damage *damage, enum mim_status status, const struct mim_error *error);
/* The damage, if the conversion has not failed otherwise; else its status. */
enum mim_status mim_conversion_damage_report(const struct mim_conversion_damage *damage, enum mim_status status,
                                             struct mim_error *err);

#endif
