/* SPDX-License-Identifier: MIT */
/* Encodes one frame. */
#ifndef MIM_GIF_ENCODE_H
#define MIM_GIF_ENCODE_H

#include "write/encoder.h"

/* Emit control block, image descriptor, colour table and codes. The output depends on the arguments only. */
int32_t gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                         uint32_t delay, const struct mim_raster *frame, const struct mim_neighbours *neighbours);

#endif
