/* SPDX-License-Identifier: MIT */
/* Converts min-is-white, palettes, inks, Lab and premultiplied alpha to the colours of a frame. */
#include "read/colour.h"

#include <string.h>

#include <tiff.h>

#include <mim/kit/ratio.h>

#include "file/sample.h"
#include "read/lab.h"
#include "read/unpack.h"
#include "read/ycbcr.h"

/* Invert the first sample of each pixel, which is gray. Signed samples are mirrored at -1/2. */
#define INVERT(type, full)                                               \
    for (uint32_t x = 0; x < width; x++) {                               \
        type *v = (type *)row + (uint64_t)x * page->samples;             \
        *v = (type)((full) - *v);                                        \
    }

static void
invert_gray(const struct tiff_page *page, uint8_t *row, uint32_t width)
{
    uint64_t full = page->format == SAMPLEFORMAT_INT ? UINT64_MAX : tiff_sample_full(page);
    for (uint32_t i = 0; page->is_packed && i < width / 8 + (width % 8 > 0); i++)
        row[i] ^= 0xff;
    if (page->is_packed)
        return;
    switch (tiff_sample_size(page->sample)) {
    case 1:
        INVERT(uint8_t, full)
        break;
    case 2:
        INVERT(uint16_t, full)
        break;
    case 4:
        INVERT(uint32_t, full)
        break;
    default:
        INVERT(uint64_t, full)
    }
}

/* colour = premultiplied * full / alpha, rounded and clipped; fully transparent pixels are kept. */
#define DIVIDE(type, wide)                                                                \
    for (uint32_t x = 0; x < width; x++) {                                                \
        type *v = (type *)row + (uint64_t)x * page->samples, alpha = v[colours];          \
        for (uint32_t c = 0; c < colours && alpha != 0 && alpha != (type)full; c++) {     \
            wide straight = ((wide)v[c] * (wide)full + alpha / 2) / alpha;                \
            v[c] = straight > (wide)full ? (type)full : (type)straight;                   \
        }                                                                                 \
    }

static void
divide_alpha_out_of_u64(const struct tiff_page *page, uint8_t *row, uint32_t width)
{
    uint32_t colours = page->samples - 1;
    uint64_t full = tiff_sample_full(page);
    for (uint32_t x = 0; x < width; x++) {
        uint64_t *v = (uint64_t *)row + (uint64_t)x * page->samples, alpha = v[colours];
        for (uint32_t c = 0; c < colours && alpha != 0 && alpha != full; c++) {
            uint64_t straight = mim_ratio_scale_unsigned(v[c], full, alpha);
            v[c] = straight > full ? full : straight;
        }
    }
}

#define DIVIDE_FLOAT(type)                                                       \
    for (uint32_t x = 0; x < width; x++) {                                       \
        type *v = (type *)row + (uint64_t)x * page->samples, alpha = v[colours]; \
        for (uint32_t c = 0; c < colours && alpha > 0; c++)                      \
            v[c] /= alpha;                                                       \
    }

static void
divide_alpha_out(const struct tiff_page *page, uint8_t *row, uint32_t width)
{
    uint32_t colours = page->samples - 1;
    uint64_t full = tiff_sample_full(page);
    switch (page->sample) {
    case MIM_SAMPLE_U8:
        DIVIDE(uint8_t, uint32_t)
        break;
    case MIM_SAMPLE_U16:
        DIVIDE(uint16_t, uint64_t)
        break;
    case MIM_SAMPLE_U32:
        DIVIDE(uint32_t, uint64_t)
        break;
    case MIM_SAMPLE_U64:
        divide_alpha_out_of_u64(page, row, width);
        break;
    case MIM_SAMPLE_F32:
        DIVIDE_FLOAT(float)
        break;
    case MIM_SAMPLE_F64:
        DIVIDE_FLOAT(double)
        break;
    default: /* signed samples have no full intensity */
        break;
    }
}

/* `palette` holds all red entries, then all green, then all blue, at the depth of the frame. */
#define LOOK_UP(in, out)                                                                  \
    for (uint32_t x = 0; x < width; x++) {                                                \
        const in *v = (const in *)from + (uint64_t)x * page->samples;                     \
        out *pixel = (out *)to + (uint64_t)x * page->out_channels;                        \
        for (uint32_t c = 0; c < 3; c++)                                                  \
            pixel[c] = (out)palette[c * entries + v[0]];                                  \
        if (page->out_channels == 4)                                                      \
            pixel[3] = (out)mim_ratio_scale_unsigned(v[1], (out)~0u, entries - 1);        \
    }

static void
look_up(const struct tiff_page *page, const uint16_t *palette, const uint8_t *from, uint32_t width, uint8_t *to)
{
    uint32_t entries = 1u << page->bits;
    bool is_wide = page->sample == MIM_SAMPLE_U16, is_deep = page->out_sample == MIM_SAMPLE_U16;
    if (is_wide && is_deep)
        LOOK_UP(uint16_t, uint16_t)
    else if (is_wide)
        LOOK_UP(uint16_t, uint8_t)
    else if (is_deep)
        LOOK_UP(uint8_t, uint16_t)
    else
        LOOK_UP(uint8_t, uint8_t)
}

/* Like libtiff: (full - ink) * (full - black) / full. Alpha is copied. */
#define MIX_INKS(type, wide)                                                             \
    for (uint32_t x = 0; x < width; x++) {                                               \
        const type *v = (const type *)from + (uint64_t)x * page->samples;                \
        type *out = (type *)to + (uint64_t)x * page->out_channels;                       \
        wide light = (wide)(full - v[3]);                                                \
        for (uint32_t c = 0; c < 3; c++)                                                 \
            out[c] = (type)(light * (wide)(full - v[c]) / (wide)full);                   \
        if (page->out_channels == 4)                                                     \
            out[3] = v[4];                                                               \
    }

static void
mix_inks(const struct tiff_page *page, const uint8_t *from, uint32_t width, uint8_t *to)
{
    uint64_t full = tiff_sample_full(page);
    if (page->sample == MIM_SAMPLE_U8)
        MIX_INKS(uint8_t, uint32_t)
    else
        MIX_INKS(uint16_t, uint64_t)
}

void
tiff_colour_row(const struct tiff_page *page, const uint16_t *palette, uint8_t *from, uint32_t width, uint8_t *to)
{
    switch (page->colour) {
    case TIFF_COLOUR_PALETTE:
        look_up(page, palette, from, width, to);
        return;
    case TIFF_COLOUR_CMYK:
        mix_inks(page, from, width, to);
        return;
    case TIFF_COLOUR_LAB:
        tiff_lab_row(page, from, width, to);
        return;
    case TIFF_COLOUR_YCBCR:
        tiff_ycbcr_row(page, (const uint16_t *)from, width, (uint16_t *)to);
        return;
    case TIFF_COLOUR_INVERT:
        invert_gray(page, from, width);
        break;
    default:
        break;
    }
    if (page->is_premultiplied)
        divide_alpha_out(page, from, width);
    if (from != to)
        memcpy(to, from, (uint64_t)width * page->out_channels * tiff_sample_size(page->out_sample));
}
