/* SPDX-License-Identifier: MIT */
/* Depths and palettes: a value of up to 8 bits determines the pixel. */
#include "read/expansion.h"

#include <string.h>

static void
make_palette(struct pngx_expansion *expansion, const struct pngx_header *header)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint8_t *pixel = expansion->pixels[i];
        if (3 * i < header->palette_size)
            memcpy(pixel, header->palette + (size_t)3 * i, 3);
        pixel[3] = i < header->transparency_size ? header->transparency[i] : UINT8_MAX;
    }
}

static void
make_grays(struct pngx_expansion *expansion, const struct pngx_header *header)
{
    uint32_t max = (1u << header->depth) - 1;
    uint32_t transparent = header->transparency_size ? mim_load_be16(header->transparency) & max : UINT32_MAX;

    for (uint32_t i = 0; i <= max; i++) {
        expansion->pixels[i][0] = (uint8_t)(i * UINT8_MAX / max);
        expansion->pixels[i][1] = i == transparent ? 0 : UINT8_MAX;
    }
}

void
pngx_expansion_init(struct pngx_expansion *expansion, const struct pngx_header *header, bool gives_indices)
{
    bool is_deep = header->depth == 16, is_gray = header->colour == PNGX_GRAY;

    *expansion = (struct pngx_expansion){ .depth = header->depth, .channels = pngx_header_channels(header) };
    if (gives_indices) {
        expansion->kind = header->depth == 8 ? PNGX_EXPAND_NONE : PNGX_EXPAND_LOOKUP;
        expansion->channels = 1;
        for (uint32_t i = 0; i < 256; i++)
            expansion->pixels[i][0] = (uint8_t)i;
    } else if (header->colour == PNGX_PALETTE) {
        expansion->kind = PNGX_EXPAND_LOOKUP;
        make_palette(expansion, header);
    } else if (is_gray && (header->depth < 8 || (!is_deep && header->transparency_size))) {
        expansion->kind = PNGX_EXPAND_LOOKUP;
        make_grays(expansion, header);
    } else if (!header->transparency_size) {
        bool is_swapped = is_deep && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
        expansion->kind = is_swapped ? PNGX_EXPAND_SWAP : PNGX_EXPAND_NONE;
    }
}

static void
swap_samples(const uint8_t *restrict row, uint64_t size, uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i += 2) {
        out[i] = row[i + 1];
        out[i + 1] = row[i];
    }
}

static inline __attribute__((always_inline)) void
look_up(const uint8_t (*pixels)[4], const uint8_t *row, uint32_t width, uint32_t depth, uint32_t channels, uint8_t *out)
{
    uint32_t mask = (1u << depth) - 1, per_byte = 8 / depth;

    for (uint32_t x = 0; x < width; x++, out += channels) {
        uint32_t shift = (per_byte - 1 - x % per_byte) * depth;
        memcpy(out, pixels[row[x / per_byte] >> shift & mask], channels);
    }
}

static inline __attribute__((always_inline)) void
look_up_depth(const struct pngx_expansion *expansion, const uint8_t *row, uint32_t width, uint32_t channels,
              uint8_t *out)
{
    switch (expansion->depth) { /* constants, for which compilers make one loop each */
    case 1:
        look_up(expansion->pixels, row, width, 1, channels, out);
        break;
    case 2:
        look_up(expansion->pixels, row, width, 2, channels, out);
        break;
    case 4:
        look_up(expansion->pixels, row, width, 4, channels, out);
        break;
    case 8:
        look_up(expansion->pixels, row, width, 8, channels, out);
        break;
    }
}

void
pngx_expand_row(const struct pngx_expansion *expansion, const uint8_t *row, uint32_t width, uint8_t *out)
{
    if (expansion->kind == PNGX_EXPAND_SWAP) {
        swap_samples(row, (uint64_t)2 * width * expansion->channels, out);
        return;
    }
    switch (expansion->channels) {
    case 1:
        look_up_depth(expansion, row, width, 1, out);
        break;
    case 2:
        look_up_depth(expansion, row, width, 2, out);
        break;
    case 3:
        look_up_depth(expansion, row, width, 3, out);
        break;
    case 4:
        look_up_depth(expansion, row, width, 4, out);
        break;
    }
}
