/* SPDX-License-Identifier: MIT */
/* Finds a common denominator of delays, which are quotients of 16-bit numbers. */
#include "read/time-base.h"

#include <mim/kit/ratio.h>

enum { NANOSECONDS = 1000000000 };

void
pngx_time_base_add(struct pngx_time_base *time_base, const struct pngx_control *control)
{
    uint64_t den = control->delay_den / mim_ratio_common_divisor(control->delay_num, control->delay_den);

    if (!time_base->common)
        time_base->common = 1;
    uint64_t common = time_base->common / mim_ratio_common_divisor(time_base->common, den) * den; /* at most 48 bits */
    time_base->is_too_long = time_base->is_too_long || common > UINT32_MAX;
    if (!time_base->is_too_long)
        time_base->common = common;
}

uint32_t
pngx_time_base_value(const struct pngx_time_base *time_base)
{
    if (time_base->is_too_long)
        return NANOSECONDS;
    return time_base->common ? (uint32_t)time_base->common : 1;
}

static int64_t
to_ticks(uint32_t num, uint32_t den, uint32_t time_den)
{
    return (int64_t)(((uint64_t)num * time_den + den / 2) / den);
}

int64_t
pngx_control_ticks(const struct pngx_control *control, uint32_t time_den)
{
    return to_ticks(control->delay_num, control->delay_den, time_den);
}

int64_t
pngx_time_base_pack(const struct pngx_control *control)
{
    return (int64_t)control->delay_num << 16 | control->delay_den;
}

int64_t
pngx_time_base_unpack(int64_t packed, uint32_t time_den)
{
    return to_ticks((uint32_t)(packed >> 16), packed & UINT16_MAX, time_den);
}
