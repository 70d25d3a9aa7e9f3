/* SPDX-License-Identifier: MIT */
/* A decoded picture that the cursor shares with frames in flight, which any thread may release. */
#ifndef MIM_VIDEO_SHARED_PICTURE_H
#define MIM_VIDEO_SHARED_PICTURE_H

#include <stdatomic.h>

#include <libavutil/frame.h>

struct video_shared_picture {
    AVFrame *frame; /* constant while there are several owners */
    atomic_uint owners;
};

/* Become another owner. */
struct video_shared_picture *video_shared_picture_ref(struct video_shared_picture *picture);
/* Give up a share, and set it to NULL. It may be NULL. */
void video_shared_picture_unref(struct video_shared_picture **picture);
/* Replace a share by an empty picture without other owners, the same if possible. Returns its frame; NULL: no memory. */
AVFrame *video_shared_picture_renew(struct video_shared_picture **picture);

#endif
