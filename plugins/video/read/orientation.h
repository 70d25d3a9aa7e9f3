/* SPDX-License-Identifier: MIT */
/* Rotation by quarter turns, and mirroring. */
#ifndef MIM_VIDEO_ORIENTATION_H
#define MIM_VIDEO_ORIENTATION_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

struct video_orientation {
    bool is_transposed; /* rows become columns, before mirroring */
    bool is_mirrored;   /* the frame, left to right */
    bool is_flipped;    /* the frame, top to bottom */
    int degrees;        /* clockwise, according to the file */
};

/* The orientation of the stream's display matrix. Ignores angles that are not quarter turns. */
struct video_orientation video_orientation_of(const AVStream *stream);
bool video_is_turned(const struct video_orientation *orientation);
/* Copy a picture of `width` x `height` pixels of `pixel` bytes into the raster and orient it. */
void video_turn(const struct video_orientation *orientation, const uint8_t *from, uint64_t from_stride, uint32_t width,
                uint32_t height, uint32_t pixel, const struct mim_raster *raster);

#endif
