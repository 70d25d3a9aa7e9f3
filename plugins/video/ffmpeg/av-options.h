/* SPDX-License-Identifier: MIT */
/* FFmpeg's own options, by name, of an encoder or a muxer. */
#ifndef MIM_VIDEO_AV_OPTIONS_H
#define MIM_VIDEO_AV_OPTIONS_H

#include <mim/plugin.h>

/* `object` begins with an AVClass; `who` and `prefix` ("codec:") begin messages. OPTION names the nearest, or the range. */
int32_t video_set(struct mim_job *job, void *object, const char *who, const char *prefix, const char *key,
                  const char *value);
int32_t video_set_pairs(struct mim_job *job, void *object, const char *who, const char *prefix,
                        const struct mim_pairs *pairs);

#endif
