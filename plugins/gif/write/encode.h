/* SPDX-License-Identifier: MIT */
/* One frame to its blocks: what to draw, with which colours, in which order. */
#ifndef MIM_GIF_ENCODE_H
#define MIM_GIF_ENCODE_H

#include "write/encoder.h"

/** Emit control block, image descriptor, colour table and codes. Depends on nothing but the arguments. */
int32_t gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                         uint32_t delay, const struct mim_raster *frame, const struct mim_neighbours *neighbours);

#endif
