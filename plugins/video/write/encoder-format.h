/* SPDX-License-Identifier: MIT */
/* Chooses the pixel format of an encoder. */
#ifndef MIM_VIDEO_ENCODER_FORMAT_H
#define MIM_VIDEO_ENCODER_FORMAT_H

#include <mim/plugin.h>

#include "write/encoder-facts.h"
#include "write/picture.h"

int32_t video_encoder_choose_format(struct mim_job *job, const struct video_encoder_facts *facts, const char *requested,
                                    bool container_holds_alpha, const struct mim_frame_info *first,
                                    struct video_layout *layout);

#endif
