/* SPDX-License-Identifier: MIT */
/* Draws palette indices and samples over or instead of others. */
#include "frame/draw.h"

#include <endian.h>
#include <string.h>

#include "base/sample.h"
#include "frame/quick-conversion.h"

static uint32_t
get_sample(const uint8_t *at, size_t size)
{
    uint16_t wide;
    if (size == 1)
        return *at;
    memcpy(&wide, at, sizeof wide);
    return wide;
}

static void
put_sample(uint8_t *at, size_t size, uint32_t value)
{
    uint16_t wide = (uint16_t)value;
    if (size == 1)
        *at = (uint8_t)value;
    else
        memcpy(at, &wide, sizeof wide);
}

/* Porter and Duff, 1984: "over", of straight alpha. */
static void
draw_over(const uint8_t *from, uint32_t colours, bool from_alpha, uint8_t *to, bool to_alpha, size_t size, uint32_t max)
{
    uint64_t alpha = from_alpha ? get_sample(from + colours * size, size) : max;
    uint64_t below = to_alpha ? get_sample(to + colours * size, size) : max;
    uint64_t above_weight = alpha * max, below_weight = (max - alpha) * below, weight = above_weight + below_weight;
    if (!alpha || !weight)
        return;
    for (uint32_t k = 0; k < colours; k++) {
        uint64_t a = get_sample(from + k * size, size), b = get_sample(to + k * size, size);
        put_sample(to + k * size, size, (uint32_t)((a * above_weight + b * below_weight + weight / 2) / weight));
    }
    if (to_alpha)
        put_sample(to + colours * size, size, (uint32_t)((weight + max / 2) / max));
}

static void
draw_indices(const struct mim_raster *pixels, const uint8_t *from, uint8_t *to, uint32_t width, uint32_t channels,
             bool over)
{
    const uint8_t *palette = pixels->palette;
    bool to_alpha = channels % 2 == 0;
    for (uint32_t x = 0; x < width; x++, to += channels) {
        const uint8_t *colour = palette + 4 * (size_t)from[x];
        if (over && colour[3] != UINT8_MAX) {
            if (colour[3]) /* on a gray canvas alpha follows the first channel */
                draw_over(channels > 2 ? colour : (uint8_t[]){ colour[0], colour[3] }, channels - to_alpha, true, to,
                          to_alpha, 1, UINT8_MAX);
        } else if (channels == 4) {
            memcpy(to, colour, 4);
        } else if (channels == 3) {
            to[0] = colour[0], to[1] = colour[1], to[2] = colour[2];
        } else {
            to[0] = colour[0];
            if (to_alpha)
                to[1] = colour[3];
        }
    }
}

typedef void draw_indices_fn(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width);

/* Stores two pixels at a time. */
static void
replace_rgba(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    uint32_t x = 0;
    for (; x + 1 < width; x += 2) {
        uint8_t two[8];
        memcpy(two, palette + 4 * (size_t)from[x], 4);
        memcpy(two + 4, palette + 4 * (size_t)from[x + 1], 4);
        memcpy(to + 4 * (size_t)x, two, 8);
    }
    if (x < width)
        memcpy(to + 4 * (size_t)x, palette + 4 * (size_t)from[x], 4);
}

/* Stores four bytes per pixel; the next pixel overwrites the fourth. */
static void
replace_rgb(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    uint32_t x = 0;
    for (; x + 8 < width; x += 8) {
        uint64_t eight;
        memcpy(&eight, from + x, 8);
        eight = le64toh(eight);
        for (uint32_t i = 0; i < 8; i++, eight >>= 8)
            memcpy(to + 3 * (size_t)(x + i), palette + 4 * (eight & 0xff), 4);
    }
    for (; x + 1 < width; x++)
        memcpy(to + 3 * (size_t)x, palette + 4 * (size_t)from[x], 4);
    memcpy(to + 3 * (size_t)(width - 1), palette + 4 * (size_t)from[width - 1], 3);
}

typedef uint32_t four_pixels __attribute__((vector_size(16)));

static inline uint32_t
colour_of(const uint8_t *palette, uint8_t index)
{
    uint32_t colour;
    memcpy(&colour, palette + 4 * (size_t)index, 4);
    return colour;
}

static inline void
cover_four(const uint8_t *palette, const uint8_t *from, uint8_t *to)
{
    static const uint8_t alpha[16] = { [3] = 255, [7] = 255, [11] = 255, [15] = 255 };
    four_pixels colours = { colour_of(palette, from[0]), colour_of(palette, from[1]), colour_of(palette, from[2]),
                            colour_of(palette, from[3]) };
    four_pixels opaque, below;
    memcpy(&opaque, alpha, sizeof opaque);
    memcpy(&below, to, sizeof below);
    below ^= (below ^ colours) & (four_pixels)((colours & opaque) == opaque);
    memcpy(to, &below, sizeof below);
}

static void
replace_gray(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++)
        to[x] = palette[4 * (size_t)from[x]];
}

/* Pixels of one channel or three, without a branch for each. */
static inline void
cover_each(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width, uint32_t channels)
{
    for (uint32_t x = 0; x < width; x++, to += channels) {
        const uint8_t *colour = palette + 4 * (size_t)from[x];
        uint8_t mask = colour[3] ? 0xff : 0;
        for (uint32_t k = 0; k < channels; k++)
            to[k] ^= (to[k] ^ colour[k]) & mask;
    }
}

static inline void
cover_eight_gray(const uint8_t *palette, const uint8_t *from, uint8_t *to)
{
    cover_each(palette, from, to, 8, 1);
}

static inline void
cover_eight_rgb(const uint8_t *palette, const uint8_t *from, uint8_t *to)
{
    cover_each(palette, from, to, 8, 3);
}

static inline void
cover_eight_rgba(const uint8_t *palette, const uint8_t *from, uint8_t *to)
{
    cover_four(palette, from, to);
    cover_four(palette, from + 4, to + 16);
}

/* For palettes of opaque and fully transparent colours: long transparent runs, as in unchanged areas, are skipped. */
static inline void
cover_row(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width, uint32_t channels,
          void (*cover_eight)(const uint8_t *, const uint8_t *, uint8_t *))
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint32_t x = 0;
    for (; x + 8 <= width; x += 8) {
        uint64_t eight;
        memcpy(&eight, from + x, 8);
        if (eight != from[x] * each || palette[4 * (size_t)from[x] + 3])
            cover_eight(palette, from + x, to + channels * (size_t)x);
    }
    cover_each(palette, from + x, to + channels * (size_t)x, width - x, channels);
}

static void
cover_gray(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    cover_row(palette, from, to, width, 1, cover_eight_gray);
}

static void
cover_rgb(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    cover_row(palette, from, to, width, 3, cover_eight_rgb);
}

static void
cover_rgba(const uint8_t *palette, const uint8_t *from, uint8_t *to, uint32_t width)
{
    cover_row(palette, from, to, width, 4, cover_eight_rgba);
}

/* A specialised way to draw a rectangle of indices; NULL: none, or the rectangle is too small to choose one. */
static draw_indices_fn *
quick_way(const struct mim_raster *pixels, const struct mim_cut *cut, uint32_t channels, bool over)
{
    static draw_indices_fn *const replace[] = { [1] = replace_gray, [3] = replace_rgb, [4] = replace_rgba };
    static draw_indices_fn *const cover[] = { [1] = cover_gray, [3] = cover_rgb, [4] = cover_rgba };
    bool opaque = true, clear_or_opaque = true;
    if (over && (uint64_t)cut->width * cut->height < 64)
        return NULL;
    for (uint32_t i = 0; over && i < 256; i++) {
        uint8_t alpha = pixels->palette[4 * i + 3];
        opaque &= alpha == UINT8_MAX;
        clear_or_opaque &= alpha == UINT8_MAX || alpha == 0;
    }
    return !over || opaque ? replace[channels] : clear_or_opaque ? cover[channels] : NULL;
}

/* RGBA of u8 over `to`, which has alpha if it has 4 channels. Over opaque pixels draw_over() is this average. */
static inline void
blend_pixel(const uint8_t *from, uint8_t *to, uint32_t channels)
{
    uint32_t alpha = from[3];
    if (channels == 4 && to[3] != UINT8_MAX)
        draw_over(from, 3, true, to, true, 1, UINT8_MAX);
    else
        for (uint32_t k = 0; k < 3; k++)
            to[k] = (uint8_t)((from[k] * alpha + to[k] * (UINT8_MAX - alpha) + UINT8_MAX / 2) / UINT8_MAX);
}

/* Most pixels of animations are opaque or fully transparent, as their neighbours are. */
static inline void
blend_row(const uint8_t *from, uint8_t *to, uint32_t width, uint32_t channels)
{
    static const uint8_t opaque_pair[8] = { [3] = UINT8_MAX, [7] = UINT8_MAX };
    uint64_t opaque, one, two;
    memcpy(&opaque, opaque_pair, sizeof opaque);
    for (; width >= 4; width -= 4, from += 16, to += 4 * (size_t)channels) {
        memcpy(&one, from, sizeof one);
        memcpy(&two, from + 8, sizeof two);
        if (!((one | two) & opaque))
            continue;
        bool is_opaque = (one & two & opaque) == opaque;
        for (uint32_t i = 0; i < 4; i++)
            if (is_opaque)
                memcpy(to + i * channels, from + 4 * i, channels);
            else
                blend_pixel(from + 4 * i, to + i * channels, channels);
    }
    for (; width; width--, from += 4, to += channels)
        blend_pixel(from, to, channels);
}

static void
draw_samples(const struct mim_raster *pixels, const uint8_t *from, uint8_t *to, uint32_t width,
             const struct mim_raster *canvas, bool over)
{
    const struct mim_layout from_layout = { (enum mim_sample)pixels->sample, pixels->channels };
    const struct mim_layout to_layout = { (enum mim_sample)canvas->sample, canvas->channels };
    size_t size = mim_sample_size(to_layout.sample);
    bool to_alpha = canvas->channels % 2 == 0, from_alpha = pixels->channels % 2 == 0;
    uint32_t colours = canvas->channels - to_alpha, max = size == 1 ? UINT8_MAX : UINT16_MAX;

    over &= from_alpha;
    if (over && size == 1 && canvas->channels == 4)
        blend_row(from, to, width, 4);
    else if (over && size == 1 && canvas->channels == 3)
        blend_row(from, to, width, 3);
    else if (!over && pixels->channels == canvas->channels)
        memcpy(to, from, width * canvas->channels * size);
    else if (over || !mim_quick_conversion_row(&from_layout, &to_layout, from, to, width))
        for (uint32_t x = 0; x < width; x++, from += pixels->channels * size, to += canvas->channels * size) {
            if (over) {
                draw_over(from, colours, from_alpha, to, to_alpha, size, max);
                continue;
            }
            memcpy(to, from, colours * size);
            if (to_alpha)
                put_sample(to + colours * size, size, from_alpha ? get_sample(from + colours * size, size) : max);
        }
}

void
mim_draw_cut(const struct mim_raster *canvas, const struct mim_cut *cut, const struct mim_raster *pixels, bool over)
{
    size_t size = pixels->channels * mim_sample_size((enum mim_sample)pixels->sample);
    size_t canvas_size = canvas->channels * mim_sample_size((enum mim_sample)canvas->sample);
    bool indexed = pixels->sample == MIM_SAMPLE_INDEX8;
    draw_indices_fn *quick = indexed ? quick_way(pixels, cut, canvas->channels, over) : NULL;
    for (uint32_t row = 0; row < cut->height; row++) {
        const uint8_t *from = pixels->data + (cut->from_y + row) * pixels->stride + cut->from_x * size;
        uint8_t *to = canvas->data + (cut->y + row) * canvas->stride + cut->x * canvas_size;
        if (quick)
            quick(pixels->palette, from, to, cut->width);
        else if (indexed)
            draw_indices(pixels, from, to, cut->width, canvas->channels, over);
        else
            draw_samples(pixels, from, to, cut->width, canvas, over);
    }
}
