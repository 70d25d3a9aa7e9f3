/* SPDX-License-Identifier: MIT */
/* Finds frames by their headers. */
#ifndef MIM_WEBP_FRAMES_H
#define MIM_WEBP_FRAMES_H

#include "read/header.h"

struct webp_frame {
    uint64_t offset, size; /* of what libwebp decodes: the chunk of the pixels, after that of their alpha */
    uint64_t lossless_size; /* of the VP8L data in it, which are all or alpha */
    uint32_t x, y, width, height;
    uint32_t duration; /* milliseconds */
    uint32_t flags;    /* WEBP_FRAME_* */
    int64_t pts;
    bool has_alpha, is_lossless;
    bool is_key; /* earlier frames do not show through */
    bool is_cut; /* the file ends inside; `size` are the bytes that are there */
};

/*
 * Find frame `index`. Its bytes are all there, unless damaged frames are wanted and it is cut. The headers before it are read unless they are known.
 *
 * MIM_END: there are fewer frames. MIM_TRUNCATED, MIM_CORRUPT: the file ends or is damaged before it, or inside it.
 */
int32_t webp_frame_find(struct mim_job *job, struct webp_reader *self, uint64_t index, struct webp_frame *frame);

/* Does the frame cover the whole canvas? */
bool webp_frame_covers(const struct webp_reader *self, const struct webp_frame *frame);

#endif
