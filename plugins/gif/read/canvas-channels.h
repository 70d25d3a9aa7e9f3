/* SPDX-License-Identifier: MIT */
/* The channels of the canvas: whether any pixel can be transparent or coloured, by the headers of all frames. */
#ifndef MIM_GIF_CANVAS_CHANNELS_H
#define MIM_GIF_CANVAS_CHANNELS_H

#include "read/blocks.h"

struct gif_canvas_channels {
    uint32_t width, height; /* of the canvas */
    bool is_opaque;
    bool is_gray;             /* all colours are */
    bool is_gray_where_drawn; /* all but the transparent ones are */
    bool has_hole; /* a cleared rectangle, which the next frame has to cover */
    uint32_t left, top, right, bottom;
};

void gif_canvas_channels_init(struct gif_canvas_channels *channels, uint32_t width, uint32_t height);
/* Add the next frame. `count` is 0 without a colour table. */
void gif_canvas_channels_add(struct gif_canvas_channels *channels, const struct gif_frame *frame,
                             const GifColorType *palette, uint32_t count);
/* 1 or 3, without alpha. The colour of transparent indices counts if a pixel may be transparent. */
uint32_t gif_canvas_channels_colours(const struct gif_canvas_channels *channels);

#endif
