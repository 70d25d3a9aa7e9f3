/* SPDX-License-Identifier: MIT */
/* Makes short videos in memory with FFmpeg's own encoders. */
#ifndef VIDEO_TESTS_CLIP_H
#define VIDEO_TESTS_CLIP_H

#include <stddef.h>
#include <stdint.h>

struct clip {
    uint8_t *data;
    size_t size;
};

struct clip_plan {
    const char *muxer, *codec;
    int width, height, frames, group, b_frames;
};

struct clip clip_make(const struct clip_plan *plan);
void clip_free(struct clip *clip);

#endif
