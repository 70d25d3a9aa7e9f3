/* SPDX-License-Identifier: MIT */
/* Metadata for the container: mim's keys as FFmpeg's tags. */
#ifndef MIM_VIDEO_TAGS_H
#define MIM_VIDEO_TAGS_H

#include <libavutil/dict.h>

#include <mim/plugin.h>

#include "ffmpeg/targets.h"

struct video_tags {
    AVDictionary *dictionary;
    uint64_t reserved;
};

/* Returns MIM_UNSUPPORTED if the target cannot store the key, as the op `metadata`. */
int32_t video_tags_add(struct mim_job *job, struct video_tags *tags, const struct video_target *target, const char *key,
                       int32_t type, const void *value, uint64_t size);
/* Metadata of a frame cannot be stored. Returns MIM_OK if it repeats that of the sequence, as some readers do, else
 * MIM_UNSUPPORTED. */
int32_t video_tags_check_frame(const struct video_tags *tags, const struct video_target *target, const char *key,
                               const void *value, uint64_t size);
void video_tags_close(struct mim_job *job, struct video_tags *tags);

#endif
