/* SPDX-License-Identifier: MIT */
/* Metadata that the container keeps: mim's keys as FFmpeg's tags. */
#ifndef MIM_VIDEO_TAGS_H
#define MIM_VIDEO_TAGS_H

#include <libavutil/dict.h>

#include <mim/plugin.h>

#include "ffmpeg/targets.h"

struct video_tags {
    AVDictionary *dictionary;
    uint64_t reserved;
};

/* As the op: MIM_UNSUPPORTED when the target has no place for it. */
int32_t video_tags_add(struct mim_job *job, struct video_tags *tags, const struct video_target *target, const char *key,
                       int32_t type, const void *value, uint64_t size);
/* Of a frame nothing is kept, but some readers repeat what they say of the whole: that is. */
int32_t video_tags_check_frame(const struct video_tags *tags, const struct video_target *target, const char *key,
                               const void *value, uint64_t size);
void video_tags_close(struct mim_job *job, struct video_tags *tags);

#endif
