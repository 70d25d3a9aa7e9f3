/* SPDX-License-Identifier: MIT */
/* Metadata of a video and of its frames. */
#ifndef MIM_VIDEO_METADATA_H
#define MIM_VIDEO_METADATA_H

#include "read/reader.h"

/* Converts ticks to seconds; den 0 on overflow. */
struct mim_rational video_seconds(int64_t frame_ticks, AVRational base);
int32_t video_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);
/* The number of frames according to the header, and how sure it is. */
uint64_t video_promised_count(const struct video_reader *self, int32_t *sure);

#endif
