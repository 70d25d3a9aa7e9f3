/* SPDX-License-Identifier: MIT */
/* The working memory of an encoder. */
#ifndef MIM_VIDEO_ENCODER_MEMORY_H
#define MIM_VIDEO_ENCODER_MEMORY_H

#include "write/encoder.h"

/* Reserve what the encoder will allocate for the size and the threads of the context. */
int32_t video_encoder_reserve(struct mim_job *job, struct video_encoder *encoder, const AVCodecContext *context);
void video_encoder_release(struct mim_job *job, struct video_encoder *encoder);

#endif
