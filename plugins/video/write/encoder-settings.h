/* SPDX-License-Identifier: MIT */
/* Settings of an encoder: quality, speed and its own options. */
#ifndef MIM_VIDEO_ENCODER_SETTINGS_H
#define MIM_VIDEO_ENCODER_SETTINGS_H

#include <mim/plugin.h>

#include "write/encoder-facts.h"

/* The writer's options for the encoder. */
struct video_encoder_settings {
    const char *codec, *bitrate, *preset, *pixel_format;
    double quality, crf; /* negative: not given */
    int64_t gop;         /* negative: not given */
    int64_t macro_block_size;
    struct mim_pairs options;
};

/* `light`: the metadata of HDR10, as video_properties_light() returns them. */
int32_t video_encoder_set_up(struct mim_job *job, const struct video_encoder_facts *facts,
                             const struct video_encoder_settings *settings, const char *light,
                             AVCodecContext *context);

#endif
