/* SPDX-License-Identifier: MIT */
/* Decodes frames. */
#ifndef MIM_WEBP_PIXELS_H
#define MIM_WEBP_PIXELS_H

#include <mim/kit/array.h>

#include "read/frames.h"

struct webp_worker {
    struct mim_scratch coded;  /* a frame that does not lie in memory */
    struct mim_scratch stored; /* the pixels of a picture that is turned */
};

/* About what libwebp allocates for the frame. */
uint64_t webp_pixels_memory(const struct webp_frame *frame);

/* The reader's operation. The packet is a struct webp_frame. */
int32_t webp_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                    struct mim_raster *raster);

#endif
