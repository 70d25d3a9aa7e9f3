/* SPDX-License-Identifier: MIT */
/* Reads strips and tiles, undoes predictors and unpacks samples. */
#include "read/chunk.h"

#include <string.h>

#include "codec/predictor.h"
#include "file/sample.h"
#include "read/plan.h"
#include "read/rgba.h"
#include "read/salvage.h"
#include "read/strip.h"
#include "read/unpack.h"

int32_t
tiff_chunk_no_memory(struct tiff_decoding *d, uint64_t size)
{
    return d->job->host->fail(d->job, MIM_NOMEM, d->page->offset, "no memory for %llu bytes of decoded data",
                              (unsigned long long)size);
}

static uint8_t *
block_at(struct tiff_decoding *d, uint32_t row, uint32_t column, uint32_t plane)
{
    unsigned size = tiff_sample_size(d->page->sample);
    uint64_t at = d->page->is_packed ? column / 8 : ((uint64_t)column * d->page->samples + plane) * size;
    return d->block + row * d->block_stride + at;
}

/* Unpack coded rows into the block at (row, column). */
static void
unpack_rows(struct tiff_decoding *d, uint32_t row, uint32_t rows, uint32_t column, uint32_t coded_width, uint32_t plane)
{
    const struct tiff_page *page = d->page;
    uint64_t stride = tiff_page_row_bytes(page, coded_width);
    uint32_t width = page->width - column < coded_width ? page->width - column : coded_width;
    bool is_planar = page->planes > 1;
    uint64_t count = is_planar ? width : (uint64_t)width * page->samples;

    for (uint32_t y = 0; y < rows; y++)
        tiff_unpack(page, d->coded + y * stride, count, block_at(d, row + y, column, plane),
                    is_planar ? page->samples : 1);
}

/* In rows of one strip or tile. */
static int32_t
undo_predictor(struct tiff_decoding *d, uint8_t *rows, uint32_t count, uint32_t width)
{
    const struct tiff_page *page = d->page;
    if (!page->has_own_predictor)
        return MIM_OK;
    uint32_t step = page->planes > 1 ? 1 : page->samples;
    uint64_t stride = tiff_page_row_bytes(page, width);
    bool is_float = page->predictor == PREDICTOR_FLOATINGPOINT;
    uint8_t *split = is_float ? mim_scratch_get(d->job, &d->worker->split, stride) : NULL;
    if (is_float && !split)
        return tiff_chunk_no_memory(d, stride);

    for (uint8_t *row = rows; count > 0; count--, row += stride) {
        if (is_float)
            tiff_unpredict_floats(page->bits, row, stride, step, split);
        else
            tiff_unpredict(page->bits, row, stride, step);
    }
    return MIM_OK;
}

/* A whole strip or tile, decoded here or else by libtiff. */
static int32_t
read_piece(struct tiff_decoding *d, uint32_t index, uint8_t *to, uint64_t size)
{
    bool is_done = false;
    int32_t status = tiff_strip_read(d->job, d->page, index, 0, to, size, &is_done);
    if (status != MIM_OK || is_done)
        return status;

    struct tiff_handle *handle = &d->worker->handle;
    status = tiff_handle_refresh(handle, d->page);
    if (status != MIM_OK)
        return status;
    TIFF *tiff = handle->tiff;
    tmsize_t got = d->page->is_tiled ? TIFFReadEncodedTile(tiff, index, to, (tmsize_t)size)
                                     : TIFFReadEncodedStrip(tiff, index, to, (tmsize_t)size);
    bool is_enough = d->page->is_tiled ? got >= 0 : got >= (tmsize_t)size;
    return is_enough ? MIM_OK : tiff_handle_fail(handle);
}

/* Count pixels that are zeros for want of data. Returns MIM_OK if they are accepted. */
static int32_t
lose_pixels(struct tiff_decoding *d, uint32_t width, uint32_t height)
{
    const struct mim_rect lost = { 0, 0, width, height };
    return d->job->host->keep_damaged(d->job, NULL, &lost);
}

/* A strip or tile, of which damage leaves some rows if such frames are wanted. */
static int32_t
read_rows_of_piece(struct tiff_decoding *d, uint32_t index, uint8_t *to, uint64_t row, uint32_t rows)
{
    int32_t status = read_piece(d, index, to, row * rows);
    if (!tiff_is_damage(status))
        return status;
    status = lose_pixels(d, 0, 0);
    if (status != MIM_OK)
        return status;
    uint32_t good = tiff_salvage_piece(d->job, d->page, index, to, row, rows);
    return lose_pixels(d, d->page->is_tiled ? d->page->tile_width : d->page->width, rows - good);
}

static int32_t
read_row_of_tiles(struct tiff_decoding *d, uint32_t first_row, uint32_t rows, uint32_t plane)
{
    const struct tiff_page *page = d->page;
    for (uint32_t x = 0; x < page->width;) {
        uint32_t tile = TIFFComputeTile(d->worker->handle.tiff, x, first_row, 0, (uint16_t)plane);
        int32_t status =
            read_rows_of_piece(d, tile, d->coded, tiff_page_row_bytes(page, page->tile_width), page->tile_height);
        if (status == MIM_OK)
            status = undo_predictor(d, d->coded, rows, page->tile_width);
        if (status != MIM_OK)
            return status;
        unpack_rows(d, 0, rows, x, page->tile_width, plane);

        status = d->job->host->poll(d->job);
        if (status != MIM_OK)
            return status;
        if (page->width - x <= page->tile_width)
            return MIM_OK;
        x += page->tile_width;
    }
    return MIM_OK;
}

/* Do decoded samples have the layout of the block? */
static bool
is_plain_block(const struct tiff_decoding *d)
{
    return tiff_page_has_plain_samples(d->page) && d->page->planes == 1;
}

static int32_t
read_strip(struct tiff_decoding *d, uint32_t first_row, uint32_t rows, uint32_t plane)
{
    uint64_t row = tiff_page_row_bytes(d->page, d->page->width);
    uint32_t strip = TIFFComputeStrip(d->worker->handle.tiff, first_row, (uint16_t)plane);
    bool is_direct = is_plain_block(d) && d->block_stride == row;
    uint8_t *to = is_direct ? d->block : d->coded;
    int32_t status = read_rows_of_piece(d, strip, to, row, rows);
    if (status == MIM_OK)
        status = undo_predictor(d, to, rows, d->page->width);
    if (status != MIM_OK)
        return status;
    if (!is_direct)
        unpack_rows(d, 0, rows, 0, d->page->width, plane);
    return MIM_OK;
}

/* Uncompressed samples of as many rows as the strip has and the buffer holds; 0 rows: libtiff has to read them. */
static int32_t
read_stored_rows(struct tiff_decoding *d, uint32_t first_row, uint32_t y, uint32_t *rows, uint32_t plane)
{
    const struct tiff_page *page = d->page;
    uint64_t row = tiff_page_row_bytes(page, page->width), max_rows = d->coded_size / row;
    uint32_t strip = TIFFComputeStrip(d->worker->handle.tiff, first_row + y, (uint16_t)plane);
    uint32_t before = (first_row + y) % page->rows_per_strip;
    bool is_done = false;

    if (*rows > page->rows_per_strip - before)
        *rows = page->rows_per_strip - before;
    if (*rows > max_rows)
        *rows = (uint32_t)max_rows;
    int32_t status = tiff_strip_read(d->job, page, strip, before * row, d->coded, *rows * row, &is_done);
    if (status == MIM_OK && is_done)
        unpack_rows(d, y, *rows, 0, page->width, plane);
    else
        *rows = 0;
    return status;
}

/* After damage in row `y`: read on without libtiff, which wants all of a strip. */
static int32_t
keep_rows(struct tiff_decoding *d, uint32_t first_row, uint32_t y, uint32_t rows, uint32_t plane)
{
    const struct tiff_page *page = d->page;
    uint64_t row = tiff_page_row_bytes(page, page->width);
    int32_t status = lose_pixels(d, 0, 0);
    for (; y < rows && status == MIM_OK; y++) {
        uint32_t place = first_row + y, strip = TIFFComputeStrip(d->worker->handle.tiff, place, (uint16_t)plane);
        uint64_t skip = place % page->rows_per_strip * row;
        bool is_stored = page->compression == COMPRESSION_NONE && page->stack_offset == 0;
        if (!is_stored)
            memset(d->coded, 0, row);
        if (!is_stored || !tiff_salvage_stored_row(d->job, page, strip, skip, d->coded, row))
            status = lose_pixels(d, page->width, 1);
        unpack_rows(d, y, 1, 0, page->width, plane);
        if (status == MIM_OK && y % 64 == 63)
            status = d->job->host->poll(d->job);
    }
    tiff_handle_forget(&d->worker->handle);
    return status;
}

static int32_t
read_rows(struct tiff_decoding *d, uint32_t first_row, uint32_t rows, uint32_t plane)
{
    for (uint32_t y = 0, more; d->page->compression == COMPRESSION_NONE && y < rows; y += more) {
        more = rows - y;
        int32_t status = read_stored_rows(d, first_row, y, &more, plane);
        if (status != MIM_OK || (more && more == rows - y))
            return status;
        if (more == 0)
            break;
    }
    for (uint32_t y = 0; y < rows; y++) {
        if (TIFFReadScanline(d->worker->handle.tiff, d->coded, first_row + y, (uint16_t)plane) != 1) {
            int32_t status = tiff_handle_fail(&d->worker->handle);
            return tiff_is_damage(status) ? keep_rows(d, first_row, y, rows, plane) : status;
        }
        int32_t status = undo_predictor(d, d->coded, 1, d->page->width);
        if (status == MIM_OK && y % 64 == 63)
            status = d->job->host->poll(d->job);
        unpack_rows(d, y, 1, 0, d->page->width, plane);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

int32_t
tiff_chunk_read(struct tiff_decoding *d, uint32_t first_row, uint32_t rows)
{
    const struct tiff_page *page = d->page;
    if (page->route == TIFF_ROUTE_RGBA)
        return tiff_rgba_read(&d->worker->handle, page, first_row, rows, (uint32_t *)d->coded, d->block,
                              d->block_stride);

    int32_t status = MIM_OK;
    for (uint32_t plane = 0; plane < page->planes && status == MIM_OK; plane++) {
        if (page->is_tiled)
            status = read_row_of_tiles(d, first_row, rows, plane);
        else if (page->is_rowwise)
            status = read_rows(d, first_row, rows, plane);
        else
            status = read_strip(d, first_row, rows, plane);
        if (status == MIM_OK)
            status = d->job->host->poll(d->job);
    }
    return status;
}
