/* SPDX-License-Identifier: MIT */
/* Encodes one frame. */
#ifndef MIM_GIF_ENCODE_H
#define MIM_GIF_ENCODE_H

#include "write/encoder.h"

/*
 * Versions of a coded frame. The first frame that is not exact decides for all whether they are dithered. Frames that
 * are coded before this is known have a plain version and a dithered one after it. Exact frames may have a version that
 * suits every canvas, and after it an update for a canvas that keeps the rest of the previous frame.
 */
struct gif_versions {
    bool decides;        /* if no frame before does */
    bool wants_dither;   /* its decision */
    bool has_update;     /* the second version is an update */
    bool keeps_rest[2];  /* a version clears nothing that the next frame leaves unchanged */
    uint64_t first_size; /* of the first version; 0: there is only one */
};

/* Emit control block, image descriptor, colour table and codes. The chosen version depends on the arguments only. */
int32_t gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                         uint32_t delay, const struct mim_raster *frame, const struct mim_neighbours *neighbours,
                         struct gif_versions *versions);

#endif
