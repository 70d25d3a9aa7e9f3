/* SPDX-License-Identifier: MIT */
/* The canvas is opaque once the first frame covers it, as long as each rectangle that is cleared is covered again. */
#include "read/canvas-channels.h"

void
gif_canvas_channels_init(struct gif_canvas_channels *channels, uint32_t width, uint32_t height)
{
    *channels = (struct gif_canvas_channels){
        .width = width,
        .height = height,
        .is_opaque = true,
        .is_gray = true,
        .is_gray_where_drawn = true,
        .has_hole = true,
        .right = width,
        .bottom = height,
    };
}

static uint32_t
smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool
covers_hole(const struct gif_canvas_channels *channels, const struct gif_frame *frame)
{
    return frame->transparent < 0 && frame->x <= channels->left && frame->y <= channels->top &&
           frame->x + frame->width >= channels->right && frame->y + frame->height >= channels->bottom;
}

/* Disposal to the previous canvas opens a covered hole again; the last frame's disposal does not matter. */
static void
follow_opacity(struct gif_canvas_channels *channels, const struct gif_frame *frame)
{
    if (channels->has_hole && !covers_hole(channels, frame))
        channels->is_opaque = false;
    if (frame->mark.frame == 0 && frame->disposal == DISPOSE_PREVIOUS)
        channels->is_opaque = false;
    if (frame->disposal == DISPOSE_PREVIOUS)
        return;
    channels->has_hole = frame->disposal == DISPOSE_BACKGROUND;
    channels->left = smaller(frame->x, channels->width);
    channels->top = smaller(frame->y, channels->height);
    channels->right = smaller(frame->x + frame->width, channels->width);
    channels->bottom = smaller(frame->y + frame->height, channels->height);
}

void
gif_canvas_channels_add(struct gif_canvas_channels *channels, const struct gif_frame *frame,
                        const GifColorType *palette, uint32_t count)
{
    follow_opacity(channels, frame);
    for (uint32_t i = 0; i < count && channels->is_gray_where_drawn; i++) {
        bool is_gray = palette[i].Red == palette[i].Green && palette[i].Green == palette[i].Blue;
        channels->is_gray &= is_gray;
        channels->is_gray_where_drawn &= is_gray || (int32_t)i == frame->transparent;
    }
}

uint32_t
gif_canvas_channels_colours(const struct gif_canvas_channels *channels)
{
    return (channels->is_opaque ? channels->is_gray_where_drawn : channels->is_gray) ? 1 : 3;
}
