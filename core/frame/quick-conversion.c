/* SPDX-License-Identifier: MIT */
/* The most frequent conversions that cannot lose anything, in loops that compilers vectorise. */
#include "frame/quick-conversion.h"

#include <string.h>

static void
u16_to_u8(const uint8_t *from, uint8_t *to, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint16_t value;
        memcpy(&value, from + i * sizeof value, sizeof value);
        to[i] = (uint8_t)((value * 255u + 32767u) / 65535u);
    }
}

static void
u8_to_u16(const uint8_t *from, uint8_t *to, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint16_t value = (uint16_t)(from[i] * 257u);
        memcpy(to + i * sizeof value, &value, sizeof value);
    }
}

/* Loads four bytes per pixel, except for the last, which has no fourth. */
static void
rgb8_to_rgba8(const uint8_t *from, uint8_t *to, uint64_t count)
{
    const uint8_t alpha[4] = { 0, 0, 0, UINT8_MAX };
    uint32_t pixel, opaque;
    memcpy(&opaque, alpha, sizeof opaque);
    for (uint64_t i = 0; i + 1 < count; i++, from += 3, to += 4) {
        memcpy(&pixel, from, sizeof pixel);
        pixel |= opaque;
        memcpy(to, &pixel, sizeof pixel);
    }
    if (count) {
        memcpy(to, from, 3);
        to[3] = UINT8_MAX;
    }
}

static const struct usual {
    struct mim_layout from, to; /* 0 channels: any number, equal on both sides; the loop then counts samples */
    void (*run)(const uint8_t *from, uint8_t *to, uint64_t count);
} usual[] = {
    { { MIM_SAMPLE_U16, 0 }, { MIM_SAMPLE_U8, 0 }, u16_to_u8 },
    { { MIM_SAMPLE_U8, 0 }, { MIM_SAMPLE_U16, 0 }, u8_to_u16 },
    { { MIM_SAMPLE_U8, 3 }, { MIM_SAMPLE_U8, 4 }, rgb8_to_rgba8 },
};

/* Whether all pixels of an RGBA row are opaque, so that nothing is composited. */
static bool
drop_opaque_alpha(const uint8_t *from, uint8_t *to, uint32_t width)
{
    uint8_t common = UINT8_MAX;
    for (uint32_t x = 0; x < width; x++)
        common &= from[4 * (size_t)x + 3];
    if (common != UINT8_MAX)
        return false;
    /* stores four bytes per pixel; the next pixel overwrites the fourth, and the last is stored alone */
    for (uint32_t x = 0; x + 1 < width; x++, from += 4, to += 3)
        memcpy(to, from, 4);
    memcpy(to, from, 3);
    return true;
}

static bool
is_layout(const struct mim_layout *layout, enum mim_sample sample, uint32_t channels)
{
    return layout->sample == sample && layout->channels == channels;
}

bool
mim_quick_conversion_row(const struct mim_layout *from_layout, const struct mim_layout *to_layout, const uint8_t *from,
                         uint8_t *to, uint32_t width)
{
    bool same_channels = from_layout->channels == to_layout->channels;
    for (const struct usual *u = usual; u < usual + sizeof usual / sizeof *usual; u++) {
        bool counts_samples = same_channels && !u->from.channels;
        if (!is_layout(from_layout, u->from.sample, counts_samples ? from_layout->channels : u->from.channels) ||
            !is_layout(to_layout, u->to.sample, counts_samples ? to_layout->channels : u->to.channels))
            continue;
        u->run(from, to, counts_samples ? (uint64_t)width * from_layout->channels : width);
        return true;
    }
    return is_layout(from_layout, MIM_SAMPLE_U8, 4) && is_layout(to_layout, MIM_SAMPLE_U8, 3) &&
           drop_opaque_alpha(from, to, width);
}
