/* SPDX-License-Identifier: MIT */
/* The type and the channels of a frame's samples. */
#ifndef MIM_CORE_FRAME_LAYOUT_H
#define MIM_CORE_FRAME_LAYOUT_H

#include <stdbool.h>

#include <mim/frame.h>

/* Zeroed: none. */
struct mim_layout {
    enum mim_sample sample;
    uint32_t channels;
};

/* Widen the layout to the narrowest that holds frames of both without loss. false: there is none, it stays as it is. */
bool mim_layout_join(struct mim_layout *layout, enum mim_sample sample, uint32_t channels);

#endif
