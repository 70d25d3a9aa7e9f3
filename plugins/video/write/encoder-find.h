/* SPDX-License-Identifier: MIT */
/* Finds the encoder that the caller names, or the first of the target's preferences. */
#ifndef MIM_VIDEO_ENCODER_FIND_H
#define MIM_VIDEO_ENCODER_FIND_H

#include <libavcodec/avcodec.h>

#include <mim/plugin.h>

#include "ffmpeg/targets.h"

/* The encoder by these rules, or NULL; the container may be unable to hold its codec. */
const AVCodec *video_encoder_lookup(const char *name, const struct video_target *target);
int32_t video_encoder_find(struct mim_job *job, const char *name, const struct video_target *target,
                           const AVOutputFormat *format, const AVCodec **codec);

#endif
