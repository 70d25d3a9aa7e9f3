/* SPDX-License-Identifier: MIT */
/*
 * From afar the eye sees the mean of a block. The errors of noise and edges cancel out in it; those of a shade all
 * point to the same colour of the palette. In blocks of one colour, as in flat art, dithering adds specks.
 */
#include "palette/banding.h"

#include "palette/key.h"

enum {
    PIXELS = GIF_BANDING_SIDE * GIF_BANDING_SIDE,
    SMOOTH = 24,     /* largest difference of a channel within a smooth block */
    VISIBLE = 1,     /* squared length of a mean error that is visible */
    COHERENT = 80,   /* least share of the mean error in the error, in percent */
    BANDED_SHARE = 5 /* least share of banded blocks, as 1 / BANDED_SHARE */
};

/* One channel of a block. */
struct channel {
    int32_t min, max, error; /* error: sum */
    uint32_t squares;
};

static inline void
add_sample(struct channel *channel, int32_t value, int32_t shown)
{
    int32_t error = value - shown;

    channel->min = value < channel->min ? value : channel->min;
    channel->max = value > channel->max ? value : channel->max;
    channel->error += error;
    channel->squares += (uint32_t)(error * error);
}

/* false: a pixel is transparent. */
static bool
measure_block(struct gif_nearest *nearest, const uint32_t *keys, uint32_t stride, struct channel channels[3])
{
    for (uint32_t i = 0; i < PIXELS; i++) {
        uint32_t key = keys[i / GIF_BANDING_SIDE * stride + i % GIF_BANDING_SIDE];
        if (key == GIF_TRANSPARENT)
            return false;
        uint8_t entry = gif_nearest_to_pixel(nearest, key);
        add_sample(&channels[0], key >> 16, nearest->red[entry]);
        add_sample(&channels[1], key >> 8 & 0xff, nearest->green[entry]);
        add_sample(&channels[2], key & 0xff, nearest->blue[entry]);
    }
    return true;
}

static void
judge_block(struct gif_banding *banding, const struct channel channels[3])
{
    uint32_t range = 0, squares = 0, mean = 0; /* both PIXELS² times the mean */

    for (int i = 0; i < 3; i++) {
        uint32_t width = (uint32_t)(channels[i].max - channels[i].min);
        range = width > range ? width : range;
        squares += channels[i].squares * PIXELS;
        mean += (uint32_t)(channels[i].error * channels[i].error);
    }
    if (!range || !squares)
        return;
    banding->blocks++;
    bool is_visible = mean >= VISIBLE * PIXELS * PIXELS, is_coherent = mean >= squares / 100 * COHERENT;
    banding->banded += range <= SMOOTH && is_visible && is_coherent;
}

void
gif_banding_add(struct gif_banding *banding, struct gif_nearest *nearest, const uint32_t *keys, uint32_t stride,
                uint32_t width)
{
    for (uint32_t x = 0; x + GIF_BANDING_SIDE <= width; x += GIF_BANDING_SIDE) {
        struct channel channels[3] = { { .min = UINT8_MAX }, { .min = UINT8_MAX }, { .min = UINT8_MAX } };
        if (measure_block(nearest, keys + x, stride, channels))
            judge_block(banding, channels);
    }
}

bool
gif_banding_is_visible(const struct gif_banding *banding)
{
    return banding->banded && banding->banded >= banding->blocks / BANDED_SHARE;
}
