/* SPDX-License-Identifier: MIT */
/* How one frame becomes a page. */
#ifndef MIM_TIFF_WRITE_LAYOUT_H
#define MIM_TIFF_WRITE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include "write/codec-table.h"

/* The packet of a frame. */
struct tiff_layout {
    uint64_t index, row_bytes; /* of a packed row of a strip or tile */
    const struct tiff_codec *codec;
    int64_t level;
    uint32_t width, height, channels, bits, format, photometric, predictor;
    uint32_t piece_width, piece_height, across, down; /* strips or tiles */
    bool is_tiled, is_inverted;
};

/* Bytes of a packed row of so many pixels. */
static inline uint64_t
tiff_layout_bytes(const struct tiff_layout *layout, uint32_t pixels)
{
    uint64_t samples = (uint64_t)layout->channels * pixels;
    return layout->bits == 1 ? (samples + 7) / 8 : samples * (layout->bits / 8);
}

/* Ask the core for bytes instead of bits where an option needs them, and report that. */
int32_t tiff_layout_fit_bits(struct mim_job *job, struct mim_frame_info *info);
int32_t tiff_layout_choose(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info);

#endif
