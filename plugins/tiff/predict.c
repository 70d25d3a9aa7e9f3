/* SPDX-License-Identifier: MIT */
/* Undoing horizontal prediction (TIFF 6.0, section 14): libtiff's own takes a fifth of the time that LZW does. */
#include <string.h>

#include "tiff.h"

/* Each sample is stored as the difference to the one `step` before it; overflow is part of the scheme. */
#define DEFINE_SUM(name, type) \
    static void name(void *row, uint64_t count, uint32_t step) \
    { \
        type *at = row; \
        if (step == 1) { \
            type sum = 0; \
            for (uint64_t i = 0; i < count; i++) \
                at[i] = sum = (type)(sum + at[i]); \
            return; \
        } \
        for (uint64_t i = step; i < count; i++) \
            at[i] = (type)(at[i] + at[i - step]); \
    }

DEFINE_SUM(sum_u8, uint8_t)
DEFINE_SUM(sum_u16, uint16_t)
DEFINE_SUM(sum_u32, uint32_t)

static const struct {
    uint32_t bits;
    void (*sum)(void *row, uint64_t count, uint32_t step);
} depths[] = { { 8, sum_u8 }, { 16, sum_u16 }, { 32, sum_u32 } };

static void
(*summing(uint32_t bits))(void *, uint64_t, uint32_t)
{
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        if (depths[i].bits == bits)
            return depths[i].sum;
    return NULL;
}

/* Codecs that predict; for others the tag says nothing, and libtiff does not know it. */
static bool
codec_predicts(uint32_t compression)
{
    static const uint32_t schemes[] = { COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE, COMPRESSION_LZMA,
                                        COMPRESSION_ZSTD };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i] == compression)
            return true;
    return false;
}

bool
tiff_predict_is_ours(const struct tiff_page *page)
{
    return page->predictor == PREDICTOR_HORIZONTAL && page->route == TIFF_ROUTE_SAMPLES && !tiff_page_is_rowwise(page) &&
           codec_predicts(page->compression) && summing(page->bits);
}

void
tiff_predict_undo(const struct tiff_page *page, void *rows, uint32_t count, uint32_t width)
{
    if (!tiff_predict_is_ours(page))
        return;
    uint32_t step = tiff_page_planes(page) > 1 ? 1 : page->samples;
    uint64_t stride = tiff_page_row_bytes(page, width);
    for (uint32_t y = 0; y < count; y++)
        summing(page->bits)((uint8_t *)rows + y * stride, (uint64_t)width * step, step);
}
