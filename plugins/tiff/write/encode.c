/* SPDX-License-Identifier: MIT */
/* One strip or tile into coded bytes. */
#include "write/encode.h"

#include <string.h>

#include <libdeflate.h>
#include <tiff.h>

#include "codec/lzw-encoder.h"
#include "codec/packbits.h"
#include "codec/predictor.h"

enum { DEFLATE_LEVEL = 4 }; /* packs as tight as zlib with its 6 */

static void
turn_gray(uint8_t *data, const struct tiff_sheet *sheet, uint64_t pixels)
{
    unsigned size = sheet->bits / 8;
    for (uint64_t i = 0; i < pixels; i++)
        for (unsigned b = 0; b < size; b++)
            data[i * sheet->channels * size + b] ^= 0xff;
}

/* A row of the piece as the codec gets it. Beyond the frame it repeats its last pixel: that compresses well. `lines` has room
 * for two rows. */
static void
lay_row(const struct tiff_sheet *sheet, const uint8_t *from, uint32_t width, uint8_t *to, uint8_t *lines)
{
    uint64_t pixel = (uint64_t)sheet->channels * (sheet->bits / 8), size = sheet->row_bytes;
    if (width < sheet->piece_width || sheet->is_inverted) {
        memcpy(lines, from, width * pixel);
        for (uint32_t i = width; i < sheet->piece_width; i++)
            memcpy(lines + i * pixel, lines + (i - 1) * pixel, pixel);
        if (sheet->is_inverted)
            turn_gray(lines, sheet, sheet->piece_width);
        from = lines;
    }
    if (sheet->predictor == PREDICTOR_HORIZONTAL)
        tiff_difference(sheet->bits, to, from, size, sheet->channels);
    else if (sheet->predictor == PREDICTOR_FLOATINGPOINT)
        tiff_difference_floats(sheet->bits, to, from, size, sheet->channels, lines + size);
    else
        memcpy(to, from, size);
}

/* The rows of the piece, packed; below the frame a tile repeats the last one. */
static int32_t
lay_out(struct mim_job *job, const struct tiff_sheet *sheet, const struct mim_raster *raster, uint32_t x, uint32_t y,
        uint32_t rows, uint8_t **data)
{
    struct tiff_writing_worker *worker = job->worker;
    uint64_t pixel = (uint64_t)sheet->channels * (sheet->bits / 8), size = rows * sheet->row_bytes;
    uint32_t width = sheet->width - x < sheet->piece_width ? sheet->width - x : sheet->piece_width;
    uint8_t *packed = tiff_scratch_get(&worker->packed, job, size + 2 * sheet->row_bytes);
    if (!packed)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for %llu bytes to be coded", (unsigned long long)size);

    uint32_t there = sheet->height - y < rows ? sheet->height - y : rows;
    for (uint32_t i = 0; i < there; i++)
        lay_row(sheet, raster->data + (y + i) * raster->stride + x * pixel, width, packed + i * sheet->row_bytes,
                packed + size);
    for (uint32_t i = there; i < rows; i++)
        memcpy(packed + i * sheet->row_bytes, packed + (there - 1) * sheet->row_bytes, sheet->row_bytes);
    *data = packed;
    return MIM_OK;
}

static int32_t
refuse_memory(struct mim_job *job, uint64_t size)
{
    return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress %llu bytes", (unsigned long long)size);
}

static int32_t
code_lzw(struct mim_job *job, const struct tiff_sheet *sheet, const uint8_t *data, uint64_t size)
{
    struct tiff_writing_worker *worker = job->worker;
    struct tiff_lzw_table *table = (void *)tiff_scratch_get(&worker->table, job, sizeof *table);
    uint8_t *coded = tiff_scratch_get(&worker->coded, job, tiff_lzw_bound(size));
    (void)sheet;
    if (!table || !coded)
        return refuse_memory(job, size);
    return job->host->emit(job, coded, tiff_lzw_pack(table, data, size, coded));
}

static int32_t
code_packbits(struct mim_job *job, const struct tiff_sheet *sheet, const uint8_t *data, uint64_t size)
{
    struct tiff_writing_worker *worker = job->worker;
    uint8_t *coded = tiff_scratch_get(&worker->coded, job, tiff_packbits_bound(size, sheet->row_bytes));
    if (!coded)
        return refuse_memory(job, size);
    return job->host->emit(job, coded, tiff_packbits_pack(data, size, sheet->row_bytes, coded));
}

static void
close_deflate(struct mim_job *job)
{
    struct tiff_writing_worker *worker = job->worker;
    if (worker->deflate)
        libdeflate_free_compressor(worker->deflate);
    if (worker->deflate_size)
        job->host->reserve(job, -worker->deflate_size);
    worker->deflate = NULL;
    worker->deflate_size = 0;
}

/* libdeflate takes its memory past the host; so much it is at most. */
static int32_t
open_deflate(struct mim_job *job, int64_t level)
{
    struct tiff_writing_worker *worker = job->worker;
    if (worker->deflate && worker->deflate_level == level)
        return MIM_OK;
    close_deflate(job);

    int64_t size = level >= 10 ? 10 << 20 : 1 << 20;
    if (job->host->reserve(job, size) != MIM_OK)
        return refuse_memory(job, (uint64_t)size);
    worker->deflate_size = size;
    worker->deflate_level = level;
    worker->deflate = libdeflate_alloc_compressor((int)level);
    return worker->deflate ? MIM_OK : refuse_memory(job, (uint64_t)size);
}

static int32_t
code_deflate(struct mim_job *job, const struct tiff_sheet *sheet, const uint8_t *data, uint64_t size)
{
    struct tiff_writing_worker *worker = job->worker;
    int32_t status = open_deflate(job, sheet->level < 0 ? DEFLATE_LEVEL : sheet->level);
    if (status != MIM_OK)
        return status;
    uint64_t room = libdeflate_zlib_compress_bound(worker->deflate, size);
    uint8_t *coded = tiff_scratch_get(&worker->coded, job, room);
    if (!coded)
        return refuse_memory(job, size);
    return job->host->emit(job, coded, libdeflate_zlib_compress(worker->deflate, data, size, coded, room));
}

int32_t
tiff_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
            const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    struct tiff_writing_worker *worker = job->worker;
    const struct tiff_sheet *sheet = packet;
    uint32_t x = part % sheet->across * sheet->piece_width, y = part / sheet->across * sheet->piece_height;
    uint32_t rows = sheet->is_tiled || sheet->height - y > sheet->piece_height ? sheet->piece_height : sheet->height - y;
    uint64_t size = rows * sheet->row_bytes;
    uint8_t *data = raster->data + y * raster->stride;
    (void)info, (void)beside;

    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (sheet->is_tiled || sheet->is_inverted || sheet->predictor != PREDICTOR_NONE || raster->stride != sheet->row_bytes)
        status = lay_out(job, sheet, raster, x, y, rows, &data);
    if (status != MIM_OK)
        return status;
    switch (sheet->codec->scheme) {
    case COMPRESSION_NONE:
        return job->host->emit(job, data, size);
    case COMPRESSION_LZW:
        return code_lzw(job, sheet, data, size);
    case COMPRESSION_PACKBITS:
        return code_packbits(job, sheet, data, size);
    case COMPRESSION_ADOBE_DEFLATE:
        return code_deflate(job, sheet, data, size);
    default:
        return tiff_coder_run(&worker->libtiff, job, sheet, part, data, size);
    }
}

void
tiff_encode_close(struct mim_job *job)
{
    struct tiff_writing_worker *worker = job->worker;
    close_deflate(job);
    tiff_coder_close(&worker->libtiff);
    tiff_scratch_close(&worker->packed, job);
    tiff_scratch_close(&worker->table, job);
    tiff_scratch_close(&worker->coded, job);
}
