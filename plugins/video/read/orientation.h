/* SPDX-License-Identifier: MIT */
/* How a picture lies in its frame: mirrored, turned by quarters. */
#ifndef MIM_VIDEO_ORIENTATION_H
#define MIM_VIDEO_ORIENTATION_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

struct video_orientation {
    bool is_transposed; /* rows become columns, before anything is mirrored */
    bool is_mirrored;   /* left to right, of the frame */
    bool is_flipped;    /* top to bottom */
    int degrees;        /* clockwise, as said in the file */
};

/* What the stream's display matrix asks for. Angles between quarters are left alone. */
struct video_orientation video_orientation_of(const AVStream *stream);
bool video_is_turned(const struct video_orientation *orientation);
/* Copy a picture of `width` x `height` pixels of `pixel` bytes into the raster, turned. */
void video_turn(const struct video_orientation *orientation, const uint8_t *from, uint64_t from_stride, uint32_t width,
                uint32_t height, uint32_t pixel, const struct mim_raster *raster);

#endif
