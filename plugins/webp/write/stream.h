/* SPDX-License-Identifier: MIT */
/* The file that is written, chunk by chunk. */
#ifndef MIM_WEBP_STREAM_H
#define MIM_WEBP_STREAM_H

#include "write/coded-frame.h"
#include "write/retain.h"

/* Zeroed = empty. */
struct webp_stream {
    uint32_t width, height;
    uint32_t plays;
    uint32_t flags;                /* of VP8X */
    bool is_timed;                 /* an animation, also if it has one frame only */
    bool is_started, is_extended;
    uint64_t frames;
    struct webp_coded_frame first; /* waits until it is known whether more follow: a picture has another layout */
    struct mim_bytes first_bytes;
};

/* Write a frame. MIM_NOMEM, MIM_UNSUPPORTED: the file would exceed 4 GB. */
int32_t webp_stream_put(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained,
                        const struct webp_coded_frame *frame, const struct mim_coded_part *coded);

/* Write the rest, and patch sizes and flags. */
int32_t webp_stream_finish(struct mim_job *job, struct webp_stream *stream, const struct webp_retained *retained);

void webp_stream_close(struct mim_job *job, struct webp_stream *stream);

#endif
