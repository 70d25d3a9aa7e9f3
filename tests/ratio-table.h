/* SPDX-License-Identifier: MIT */
/* The functions of <mim/kit/ratio.h>, as the file that includes this one sees them. */
#ifndef MIM_TESTS_RATIO_TABLE_H
#define MIM_TESTS_RATIO_TABLE_H

#include <mim/kit/ratio.h>

struct ratio {
    struct mim_ratio_wide (*add)(struct mim_ratio_wide a, uint64_t b);
    struct mim_ratio_wide (*multiply)(uint64_t a, uint64_t b);
    uint64_t (*divide)(struct mim_ratio_wide num, uint64_t den, uint64_t *rest);
    uint64_t (*scale_unsigned)(uint64_t value, uint64_t num, uint64_t den);
    int64_t (*scale)(int64_t value, uint64_t num, uint64_t den);
    bool (*is_whole)(int64_t value, uint64_t num, uint64_t den);
    int (*compare)(uint64_t a, uint64_t b, uint64_t c, uint64_t d);
};

static const struct ratio ratio_here = {
    mim_ratio_add,   mim_ratio_multiply, mim_ratio_divide,  mim_ratio_scale_unsigned,
    mim_ratio_scale, mim_ratio_is_whole, mim_ratio_compare,
};

/* Without 128-bit integers of the compiler. */
extern const struct ratio *const ratio_portable;

#endif
