/* SPDX-License-Identifier: MIT */
/* Picks the samples of one plane, most significant byte first. */
#include "pack.h"

#include <string.h>

#include <mim/kit/bytes.h>

static void
pack_bytes(const uint8_t *from, uint8_t *to, uint32_t width, uint32_t step, uint32_t channels)
{
    if (step == channels) {
        memcpy(to, from, (size_t)width * channels);
        return;
    }
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < channels; c++)
            to[(size_t)x * channels + c] = from[(size_t)x * step + c];
}

static void
pack_words(const uint8_t *from, uint8_t *to, uint32_t width, uint32_t step, uint32_t channels)
{
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < channels; c++) {
            uint16_t word;
            memcpy(&word, from + 2 * ((size_t)x * step + c), sizeof word);
            mim_store_be16(to + 2 * ((size_t)x * channels + c), word);
        }
}

void
pdf_pack_row(const struct pdf_plane *plane, const struct pdf_layout *layout, const uint8_t *from, uint8_t *to)
{
    if (layout->bits == 1)
        memcpy(to, from, plane->row_bytes);
    else if (layout->bits == 8)
        pack_bytes(from + plane->first, to, layout->width, layout->channels, plane->channels);
    else
        pack_words(from + 2 * (size_t)plane->first, to, layout->width, layout->channels, plane->channels);
}
