/* SPDX-License-Identifier: MIT */
/* The boxes of MP4 and MOV files (ISO/IEC 14496-12, 4.2). */
#ifndef MIM_VIDEO_BOXES_H
#define MIM_VIDEO_BOXES_H

#include <stdbool.h>

#include <mim/plugin.h>

/* The bytes of a file from `at` to `end`. */
struct video_box {
    uint64_t at, end;
};

/* Take the next box out of `parent`, which then begins after it. False: there is none, or other bytes follow, which `parent`
 * retains. */
bool video_box_next(struct mim_job *job, struct video_box *parent, char type[4], struct video_box *box);
/* Take the next box of this type out of `parent`, without those before it. */
bool video_box_find(struct mim_job *job, struct video_box *parent, const char *type, struct video_box *box);

#endif
