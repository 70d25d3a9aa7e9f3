/* SPDX-License-Identifier: MIT */
/* Metadata that the container keeps: mim's keys as FFmpeg's tags. */
#ifndef MIM_VIDEO_WRITE_KEYS_H
#define MIM_VIDEO_WRITE_KEYS_H

#include <libavutil/dict.h>

#include <mim/plugin.h>

#include "ffmpeg/targets.h"

struct video_keys {
    AVDictionary *tags;
    uint64_t reserved;
};

/* As the op: MIM_UNSUPPORTED when the target has no place for it. */
int32_t video_keys_keep(struct mim_job *job, struct video_keys *keys, const struct video_target *target, const char *key,
                        int32_t type, const void *value, uint64_t size);
/* Of a frame nothing is kept, but some readers repeat what they say of the whole: that is. */
int32_t video_keys_keep_of_frame(const struct video_keys *keys, const struct video_target *target, const char *key,
                                 const void *value, uint64_t size);
void video_keys_close(struct mim_job *job, struct video_keys *keys);

#endif
