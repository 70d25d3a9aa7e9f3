/* SPDX-License-Identifier: MIT */
/* What a video says about itself. */
#ifndef MIM_VIDEO_METADATA_H
#define MIM_VIDEO_METADATA_H

#include "read/reader.h"

/* Ticks in seconds; den 0 where they are too many. */
struct mim_rational video_seconds(int64_t frame_ticks, AVRational base);
int32_t video_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);
/* How many frames the head of the file promises, and how sure that is. */
uint64_t video_promised_count(const struct video_reader *self, int32_t *sure);

#endif
