/* SPDX-License-Identifier: MIT */
/* Sets FFmpeg's own options of an encoder or a muxer by name. */
#ifndef MIM_VIDEO_AV_OPTIONS_H
#define MIM_VIDEO_AV_OPTIONS_H

#include <mim/plugin.h>

/* `object` begins with an AVClass. Messages name `who` and put `prefix` ("codec:") before the key. MIM_OPTION: the error
 * message suggests the nearest name, or lists the range. */
int32_t video_set(struct mim_job *job, void *object, const char *who, const char *prefix, const char *key,
                  const char *value);
int32_t video_set_pairs(struct mim_job *job, void *object, const char *who, const char *prefix,
                        const struct mim_pairs *pairs);

#endif
