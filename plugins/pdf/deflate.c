/* SPDX-License-Identifier: MIT */
/* Compresses the rows of a plane: small planes whole with libdeflate, large ones in parts with zlib. */
#include "deflate.h"

#include <string.h>

#include "pack.h"
#include "shared/deflate.h"
#include "shared/png-filters.h"

#define LEVEL 6
#define QUICK_LEVEL 1
#define MEMORY_LEVEL 8
#define SAMPLE_BYTES (64u << 10) /* sample that is compressed with and without filters */
#define LARGE_SHARE 8u           /* scratch memory above 1/8 of the limit is freed after each page */

/* The rows of a plane, and buffers for converting them. */
struct row_source {
    const struct pdf_plane *plane;
    const struct pdf_layout *layout;
    const struct mim_raster *raster;
    uint64_t size; /* bytes of a row */
    uint32_t step; /* bytes of a pixel */
    uint8_t *row, *above, *spare;
};

static void
load_row(struct row_source *row_source, uint32_t y)
{
    pdf_pack_row(row_source->plane, row_source->layout, row_source->raster->data + y * row_source->raster->stride,
                 row_source->row);
}

/* Writes `count` rows from `y` on to `to`. Filtered rows are a byte longer. */
static uint64_t
fill_rows(struct row_source *row_source, uint32_t y, uint64_t count, bool is_filtered, uint8_t *to)
{
    uint8_t *start = to;
    if (is_filtered && y > 0) {
        load_row(row_source, y - 1);
        memcpy(row_source->above, row_source->row, row_source->size);
    } else {
        memset(row_source->above, 0, row_source->size);
    }
    for (uint64_t i = 0; i < count; i++, to += row_source->size + is_filtered) {
        load_row(row_source, y + (uint32_t)i);
        if (is_filtered)
            shared_filter_row_best(row_source->row, row_source->above, row_source->size, row_source->step,
                                   SHARED_FILTER_AVERAGE, to, row_source->spare);
        else
            memcpy(to, row_source->row, row_source->size);
        uint8_t *row = row_source->above;
        row_source->above = row_source->row;
        row_source->row = row;
    }
    return (uint64_t)(to - start);
}

/* Compares the sizes of some rows from the middle with and without filters. */
static bool
filters_help(struct pdf_writing_worker *worker, struct row_source *row_source, uint64_t rows)
{
    uint64_t count = SAMPLE_BYTES / row_source->size;
    count = count < 4 ? 4 : count;
    count = count > rows ? rows : count;
    uint32_t first = (uint32_t)((rows - count) / 2);
    size_t sizes[2];
    for (unsigned filtered = 0; filtered < 2; filtered++) {
        uint64_t size = fill_rows(row_source, first, count, filtered, worker->rows.data);
        sizes[filtered] = libdeflate_deflate_compress(worker->quick.libdeflate, worker->rows.data, size,
                                                      worker->coded.data, worker->coded.capacity);
    }
    return sizes[1] < sizes[0];
}

static int32_t
prepare_worker(struct pdf_writing_worker *worker, struct mim_job *job, uint64_t rows, uint64_t coded)
{
    bool has_all = shared_compressor_open(job, &worker->compressor, LEVEL) == MIM_OK &&
                   shared_compressor_open(job, &worker->quick, QUICK_LEVEL) == MIM_OK &&
                   mim_scratch_get(job, &worker->rows, rows) && mim_scratch_get(job, &worker->coded, coded);
    return has_all ? MIM_OK : job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress a page");
}

static int32_t
deflate_whole(struct mim_job *job, struct pdf_plane *plane, struct row_source *row_source)
{
    struct pdf_writing_worker *worker = job->worker;
    plane->is_filtered = filters_help(worker, row_source, row_source->layout->height);
    uint64_t size = fill_rows(row_source, 0, row_source->layout->height, plane->is_filtered, worker->rows.data);
    size_t coded = libdeflate_deflate_compress(worker->compressor.libdeflate, worker->rows.data, size,
                                               worker->coded.data, worker->coded.capacity);
    int32_t status = job->host->emit(job, worker->coded.data, coded);
    return status == MIM_OK ? shared_emit_sum(job, libdeflate_adler32(1, worker->rows.data, size)) : status;
}

static int32_t
deflate_part(struct mim_job *job, const struct pdf_plane *plane, struct row_source *row_source, uint32_t part)
{
    static const struct shared_settings settings = { LEVEL, MAX_WBITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY };
    struct pdf_writing_worker *worker = job->worker;
    uint32_t y = part * plane->rows_per_part, rows = row_source->layout->height - y;
    bool is_last = part + 1 == plane->parts;
    struct shared_stream stream;
    if (shared_stream_open(job, &stream, &settings, worker->coded.data) != MIM_OK)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to compress a page");

    rows = rows > plane->rows_per_part ? plane->rows_per_part : rows;
    int32_t status = MIM_OK;
    for (uint32_t i = 0; i < rows && status == MIM_OK; i++) {
        uint64_t size = fill_rows(row_source, y + i, 1, plane->is_filtered, worker->rows.data);
        status = job->host->poll(job);
        if (status == MIM_OK)
            status = shared_stream_add(job, &stream, worker->rows.data, size, Z_NO_FLUSH);
    }
    if (status == MIM_OK)
        status = shared_stream_add(job, &stream, NULL, 0, is_last ? Z_FINISH : Z_SYNC_FLUSH);
    shared_stream_close(&stream);
    return status == MIM_OK ? shared_emit_sum(job, stream.sum) : status;
}

/* Keeps the memory for the next page unless it is a large share of the limit. */
static void
release_scratch(struct pdf_writing_worker *worker, struct mim_job *job)
{
    uint64_t retained = worker->rows.capacity + worker->coded.capacity;
    if (retained > job->host->limit(job, MIM_LIMIT_WORKING) / LARGE_SHARE) {
        mim_scratch_clear(job, &worker->rows);
        mim_scratch_clear(job, &worker->coded);
    }
}

int32_t
pdf_deflate(struct mim_job *job, struct pdf_plane *plane, const struct pdf_layout *layout, uint32_t part,
            const struct mim_raster *raster)
{
    struct pdf_writing_worker *worker = job->worker;
    uint64_t size = plane->row_bytes, line = size + 1, rows = plane->parts == 1 ? line * layout->height : line;
    uint64_t coded = plane->parts == 1 ? libdeflate_deflate_compress_bound(NULL, rows) : SHARED_PIECE_BYTES;

    int32_t status = prepare_worker(worker, job, rows + 3 * size + 1, coded);
    if (status != MIM_OK)
        return status;
    uint8_t *lines = worker->rows.data + rows;
    struct row_source row_source = { .plane = plane,
                                     .layout = layout,
                                     .raster = raster,
                                     .size = size,
                                     .step = layout->bits == 1 ? 1 : plane->channels * (layout->bits / 8),
                                     .row = lines,
                                     .above = lines + size,
                                     .spare = lines + 2 * size };
    status = plane->parts == 1 ? deflate_whole(job, plane, &row_source) : deflate_part(job, plane, &row_source, part);
    release_scratch(worker, job);
    return status;
}

void
pdf_deflate_close(struct pdf_writing_worker *worker, struct mim_job *job)
{
    shared_compressor_close(job, &worker->compressor);
    shared_compressor_close(job, &worker->quick);
    mim_scratch_clear(job, &worker->rows);
    mim_scratch_clear(job, &worker->coded);
}
