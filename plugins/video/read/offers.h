/* SPDX-License-Identifier: MIT */
/* What a video file has besides its frames. */
#ifndef MIM_VIDEO_OFFERS_H
#define MIM_VIDEO_OFFERS_H

#include <mim/plugin.h>

/* The op of the plugin ABI. */
int32_t video_offers(struct mim_job *job);

#endif
