/* SPDX-License-Identifier: MIT */
/* Undoing prediction (TIFF 6.0, section 14; technical note 3): libtiff's takes a fifth of the time that its LZW does. */
#include "read/predict.h"

#include <string.h>

#include <tiff.h>

#include "codec/prefix-sum.h"
#include "read/worker.h"

/* Codecs that predict; for others the tag says nothing, and libtiff does not know it. */
static bool
codec_predicts(uint32_t compression)
{
    static const uint32_t schemes[] = { COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,
                                        COMPRESSION_LZMA, COMPRESSION_ZSTD };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i] == compression)
            return true;
    return false;
}

/* Bytes of floats were split before they were differences, so libtiff must not turn them on the way. */
static bool
is_ours_of_floats(const struct tiff_page *page)
{
    bool is_native = page->order.is_big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    return page->predictor == PREDICTOR_FLOATINGPOINT && page->format == SAMPLEFORMAT_IEEEFP && is_native &&
           (page->bits == 16 || page->bits == 24 || page->bits == 32 || page->bits == 64);
}

bool
tiff_predict_is_ours(const struct tiff_page *page)
{
    if (page->route != TIFF_ROUTE_SAMPLES || !codec_predicts(page->compression))
        return false;
    return (page->predictor == PREDICTOR_HORIZONTAL && tiff_sum_of(page->bits)) || is_ours_of_floats(page);
}

/* A row holds the highest bytes of all its samples, then the next lower ones. */
static void
join_bytes(const uint8_t *split, uint8_t *row, uint64_t count, unsigned bytes)
{
    bool is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (unsigned byte = 0; byte < bytes; byte++) {
        const uint8_t *from = split + (is_big_endian ? byte : bytes - 1 - byte) * count;
        for (uint64_t i = 0; i < count; i++)
            row[i * bytes + byte] = from[i];
    }
}

/* The usual size, in one pass. */
static void
join_words(const uint8_t *split, uint8_t *row, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint32_t value = (uint32_t)split[i] << 24 | (uint32_t)split[count + i] << 16 |
                         (uint32_t)split[2 * count + i] << 8 | split[3 * count + i];
        memcpy(row + 4 * i, &value, sizeof value);
    }
}

static void
undo_float(const struct tiff_page *page, uint8_t *row, uint64_t size, uint32_t step, uint8_t *split)
{
    unsigned bytes = page->bits / 8;
    memcpy(split, row, size);
    tiff_sum_of(8)(split, size, step);
    if (bytes == 4)
        join_words(split, row, size / 4);
    else
        join_bytes(split, row, size / bytes, bytes);
}

int32_t
tiff_predict_undo(struct mim_job *job, const struct tiff_page *page, void *rows, uint32_t count, uint32_t width)
{
    if (!tiff_predict_is_ours(page))
        return MIM_OK;
    struct tiff_reading_worker *worker = job->worker;
    uint32_t step = tiff_page_planes(page) > 1 ? 1 : page->samples;
    uint64_t stride = tiff_page_row_bytes(page, width);
    bool is_float = page->predictor == PREDICTOR_FLOATINGPOINT;
    uint8_t *split = is_float ? tiff_scratch_get(&worker->split, job, stride) : NULL;
    if (is_float && !split)
        return job->host->fail(job, MIM_NOMEM, page->offset, "no memory for a row of %llu bytes",
                               (unsigned long long)stride);

    for (uint32_t y = 0; y < count; y++) {
        uint8_t *row = (uint8_t *)rows + y * stride;
        if (is_float)
            undo_float(page, row, stride, step, split);
        else
            tiff_sum_of(page->bits)(row, (uint64_t)width * step, step);
    }
    return MIM_OK;
}
