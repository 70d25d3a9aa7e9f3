/* SPDX-License-Identifier: MIT */
/* A time base in which every delay of an animation is a whole number. */
#ifndef MIM_PNG_TICKS_H
#define MIM_PNG_TICKS_H

#include "chunk/control.h"

/** The least common multiple of the delays' denominators, so far. Zeroed = of none. */
struct pngx_time_base {
    uint64_t common;
    bool is_too_long; /**< for 32 bits: nanoseconds serve */
};

void pngx_time_base_add(struct pngx_time_base *time_base, const struct pngx_control *control);
uint32_t pngx_time_base_value(const struct pngx_time_base *time_base);

/** How long a frame is shown, in ticks of a second / `time_den`. */
int64_t pngx_control_ticks(const struct pngx_control *control, uint32_t time_den);

/** A delay on its way through a mark, until the base is known. */
int64_t pngx_time_base_pack(const struct pngx_control *control);
int64_t pngx_time_base_unpack(int64_t packed, uint32_t time_den);

#endif
