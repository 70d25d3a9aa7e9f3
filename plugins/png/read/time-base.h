/* SPDX-License-Identifier: MIT */
/* A time base in which every delay of an animation is an integer. */
#ifndef MIM_PNG_TIME_BASE_H
#define MIM_PNG_TIME_BASE_H

#include "chunk/control.h"

/* The least common multiple of the denominators so far. Zeroed = empty. */
struct pngx_time_base {
    uint64_t common;
    bool is_too_long; /* for 32 bits: nanoseconds are used instead */
};

void pngx_time_base_add(struct pngx_time_base *time_base, const struct pngx_control *control);
uint32_t pngx_time_base_value(const struct pngx_time_base *time_base);

/* The delay of a frame in ticks of 1 / time_den seconds. */
int64_t pngx_control_ticks(const struct pngx_control *control, uint32_t time_den);

/* Store a delay in one integer until the time base is known, and convert it to ticks. */
int64_t pngx_time_base_pack(const struct pngx_control *control);
int64_t pngx_time_base_unpack(int64_t packed, uint32_t time_den);

#endif
