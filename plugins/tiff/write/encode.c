/* SPDX-License-Identifier: MIT */
/* Encodes one strip or tile. */
#include "write/encode.h"

#include <string.h>

#include <libdeflate.h>
#include <tiff.h>

#include "codec/lzw-encoder.h"
#include "codec/packbits.h"
#include "codec/predictor.h"

enum { DEFLATE_LEVEL = 4 }; /* compresses as well as zlib's 6 */

/* Samples of 1 bit are inverted together with the unused bits of the row. */
static void
invert_gray(uint8_t *data, const struct tiff_layout *layout, uint32_t pixels)
{
    unsigned size = layout->bits / 8;
    for (uint64_t i = 0; layout->bits == 1 && i < tiff_layout_bytes(layout, pixels); i++)
        data[i] ^= 0xff;
    for (uint64_t i = 0; layout->bits > 1 && i < pixels; i++)
        for (unsigned b = 0; b < size; b++)
            data[i * layout->channels * size + b] ^= 0xff;
}

static void
repeat_last_pixel(const struct tiff_layout *layout, uint8_t *row, uint32_t width)
{
    uint64_t pixel = (uint64_t)layout->channels * (layout->bits / 8);
    uint8_t last = row[(width - 1) / 8] >> (7 - (width - 1) % 8) & 1;
    for (uint32_t i = width; i < layout->piece_width; i++)
        if (pixel)
            memcpy(row + i * pixel, row + (i - 1) * pixel, pixel);
        else
            row[i / 8] = (uint8_t)((row[i / 8] & ~(0x80 >> i % 8)) | last << (7 - i % 8));
}

/* A row of a strip or tile as the codec needs it. A tile repeats the last pixel beyond the edge of the frame, which
 * compresses well. `lines` holds two rows. */
static void
pack_row(const struct tiff_layout *layout, const uint8_t *from, uint32_t width, uint8_t *to, uint8_t *lines)
{
    uint64_t size = layout->row_bytes;
    if (width < layout->piece_width || layout->is_inverted) {
        memcpy(lines, from, tiff_layout_bytes(layout, width));
        repeat_last_pixel(layout, lines, width);
        if (layout->is_inverted)
            invert_gray(lines, layout, layout->piece_width);
        from = lines;
    }
    if (layout->predictor == PREDICTOR_HORIZONTAL)
        tiff_predict(layout->bits, to, from, size, layout->channels);
    else if (layout->predictor == PREDICTOR_FLOATINGPOINT)
        tiff_predict_floats(layout->bits, to, from, size, layout->channels, lines + size);
    else
        memcpy(to, from, size);
}

/* The packed rows of a strip or tile. A tile repeats the last row below the frame. */
static int32_t
pack_rows(struct mim_job *job, const struct tiff_layout *layout, const struct mim_raster *raster, uint32_t x,
          uint32_t y, uint32_t rows, uint8_t **data)
{
    struct tiff_write_worker *worker = job->worker;
    uint64_t size = rows * layout->row_bytes;
    uint32_t width = layout->width - x < layout->piece_width ? layout->width - x : layout->piece_width;
    uint8_t *packed = mim_scratch_get(job, &worker->packed, size + 2 * layout->row_bytes);
    if (!packed)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for %llu bytes of samples",
                               (unsigned long long)size);

    uint32_t there = layout->height - y < rows ? layout->height - y : rows;
    for (uint32_t i = 0; i < there; i++)
        pack_row(layout, raster->data + (y + i) * raster->stride + tiff_layout_bytes(layout, x), width, packed + i * layout->row_bytes,
                 packed + size);
    for (uint32_t i = there; i < rows; i++)
        memcpy(packed + i * layout->row_bytes, packed + (there - 1) * layout->row_bytes, layout->row_bytes);
    *data = packed;
    return MIM_OK;
}

static int32_t
fail_no_memory(struct mim_job *job, uint64_t size)
{
    return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress %llu bytes", (unsigned long long)size);
}

static int32_t
code_lzw(struct mim_job *job, const struct tiff_layout *layout, const uint8_t *data, uint64_t size)
{
    struct tiff_write_worker *worker = job->worker;
    struct tiff_lzw_table *table = mim_scratch_get(job, &worker->table, sizeof *table);
    uint8_t *coded = mim_scratch_get(job, &worker->coded, tiff_lzw_bound(size));
    (void)layout;
    if (!table || !coded)
        return fail_no_memory(job, size);
    return job->host->emit(job, coded, tiff_lzw_encode(table, data, size, coded));
}

static int32_t
code_packbits(struct mim_job *job, const struct tiff_layout *layout, const uint8_t *data, uint64_t size)
{
    struct tiff_write_worker *worker = job->worker;
    uint8_t *coded = mim_scratch_get(job, &worker->coded, tiff_packbits_bound(size, layout->row_bytes));
    if (!coded)
        return fail_no_memory(job, size);
    return job->host->emit(job, coded, tiff_packbits_encode(data, size, layout->row_bytes, coded));
}

static void
close_deflate(struct mim_job *job)
{
    struct tiff_write_worker *worker = job->worker;
    if (worker->deflate)
        libdeflate_free_compressor(worker->deflate);
    if (worker->deflate_size)
        job->host->reserve(job, -worker->deflate_size);
    worker->deflate = NULL;
    worker->deflate_size = 0;
}

/* libdeflate does not allocate from the host: reserve the most that it uses. */
static int32_t
open_deflate(struct mim_job *job, int64_t level)
{
    struct tiff_write_worker *worker = job->worker;
    if (worker->deflate && worker->deflate_level == level)
        return MIM_OK;
    close_deflate(job);

    int64_t size = level >= 10 ? 10 << 20 : 1 << 20;
    if (job->host->reserve(job, size) != MIM_OK)
        return fail_no_memory(job, (uint64_t)size);
    worker->deflate_size = size;
    worker->deflate_level = level;
    worker->deflate = libdeflate_alloc_compressor((int)level);
    return worker->deflate ? MIM_OK : fail_no_memory(job, (uint64_t)size);
}

static int32_t
code_deflate(struct mim_job *job, const struct tiff_layout *layout, const uint8_t *data, uint64_t size)
{
    struct tiff_write_worker *worker = job->worker;
    int32_t status = open_deflate(job, layout->level < 0 ? DEFLATE_LEVEL : layout->level);
    if (status != MIM_OK)
        return status;
    uint64_t capacity = libdeflate_zlib_compress_bound(worker->deflate, size);
    uint8_t *coded = mim_scratch_get(job, &worker->coded, capacity);
    if (!coded)
        return fail_no_memory(job, size);
    return job->host->emit(job, coded, libdeflate_zlib_compress(worker->deflate, data, size, coded, capacity));
}

int32_t
tiff_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
            const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    struct tiff_write_worker *worker = job->worker;
    const struct tiff_layout *layout = packet;
    uint32_t x = part % layout->across * layout->piece_width, y = part / layout->across * layout->piece_height;
    uint32_t rows =
        layout->is_tiled || layout->height - y > layout->piece_height ? layout->piece_height : layout->height - y;
    uint64_t size = rows * layout->row_bytes;
    uint8_t *data = raster->data + y * raster->stride;
    (void)info, (void)neighbours;

    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (layout->is_tiled || layout->is_inverted || layout->predictor != PREDICTOR_NONE ||
        raster->stride != layout->row_bytes)
        status = pack_rows(job, layout, raster, x, y, rows, &data);
    if (status != MIM_OK)
        return status;
    switch (layout->codec->scheme) {
    case COMPRESSION_NONE:
        return job->host->emit(job, data, size);
    case COMPRESSION_LZW:
        return code_lzw(job, layout, data, size);
    case COMPRESSION_PACKBITS:
        return code_packbits(job, layout, data, size);
    case COMPRESSION_ADOBE_DEFLATE:
        return code_deflate(job, layout, data, size);
    default:
        return tiff_libtiff_encode(&worker->libtiff, job, layout, part, data, size);
    }
}

void
tiff_encode_close(struct mim_job *job)
{
    struct tiff_write_worker *worker = job->worker;
    close_deflate(job);
    tiff_libtiff_encoder_close(&worker->libtiff);
    mim_scratch_clear(job, &worker->packed);
    mim_scratch_clear(job, &worker->table);
    mim_scratch_clear(job, &worker->coded);
}
