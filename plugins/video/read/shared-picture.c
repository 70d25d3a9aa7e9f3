/* SPDX-License-Identifier: MIT */
/* Counts the owners of a picture. A reference of FFmpeg's own copies all properties of the frame. */
#include "read/shared-picture.h"

#include <stdlib.h>

struct video_shared_picture *
video_shared_picture_ref(struct video_shared_picture *picture)
{
    atomic_fetch_add(&picture->owners, 1);
    return picture;
}

void
video_shared_picture_unref(struct video_shared_picture **picture)
{
    struct video_shared_picture *shared = *picture;
    *picture = NULL;
    if (!shared || atomic_fetch_sub(&shared->owners, 1) > 1)
        return;
    av_frame_free(&shared->frame);
    free(shared);
}

static struct video_shared_picture *
create_picture(void)
{
    struct video_shared_picture *picture = malloc(sizeof *picture);
    if (!picture)
        return NULL;
    atomic_init(&picture->owners, 1);
    picture->frame = av_frame_alloc();
    if (!picture->frame)
        video_shared_picture_unref(&picture);
    return picture;
}

AVFrame *
video_shared_picture_renew(struct video_shared_picture **picture)
{
    if (*picture && atomic_load(&(*picture)->owners) == 1) {
        av_frame_unref((*picture)->frame);
        return (*picture)->frame;
    }
    video_shared_picture_unref(picture);
    *picture = create_picture();
    return *picture ? (*picture)->frame : NULL;
}
