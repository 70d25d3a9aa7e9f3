/* SPDX-License-Identifier: MIT */
/* Quality, speed and the encoder's own options. */
#ifndef MIM_VIDEO_ENCODER_SETTINGS_H
#define MIM_VIDEO_ENCODER_SETTINGS_H

#include <mim/plugin.h>

#include "write/encoder-facts.h"

/* What the caller wishes, as options. */
struct video_encoder_settings {
    const char *codec, *bitrate, *preset, *pixel_format;
    double quality, crf; /* below 0: not given */
    int64_t gop;         /* below 0: not given */
    int64_t macro_block_size;
    struct mim_pairs options;
};

int32_t video_encoder_set_up(struct mim_job *job, const struct video_encoder_facts *facts,
                             const struct video_encoder_settings *settings, AVCodecContext *context);

#endif
