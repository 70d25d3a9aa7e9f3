/* SPDX-License-Identifier: MIT */
/* Decodes one part of a page, chunk by chunk: converts colours and orients the rows. */
#include "read/decode.h"

#include <stdio.h>
#include <string.h>

#include "file/sample.h"
#include "read/chunk.h"
#include "read/colour.h"
#include "read/orient.h"

/* Can rows be unpacked into the raster? */
static bool
fits_raster(const struct tiff_page *page)
{
    bool keeps_size = page->colour == TIFF_COLOUR_KEEP || page->colour == TIFF_COLOUR_INVERT;
    return keeps_size && !page->is_turned;
}

/* Convert colours in place, or into a line if pixels change their size, then apply the orientation. */
static int32_t
place_rows(struct tiff_decoding *d, uint32_t first_row, uint32_t rows)
{
    const struct tiff_page *page = d->page;
    uint64_t pixel = (uint64_t)page->out_channels * tiff_sample_size(page->out_sample);
    bool is_rgba = page->route == TIFF_ROUTE_RGBA, is_in_place = fits_raster(page);
    bool keeps_size = page->colour == TIFF_COLOUR_KEEP || page->colour == TIFF_COLOUR_INVERT;
    uint8_t *line = keeps_size ? NULL : mim_scratch_get(d->job, &d->worker->line, page->width * pixel);
    if (!keeps_size && !line)
        return tiff_chunk_no_memory(d, page->width * pixel);

    bool is_done = is_in_place && page->colour == TIFF_COLOUR_KEEP && !page->is_premultiplied;
    for (uint32_t y = 0; y < rows && !is_done; y++) {
        uint8_t *row = d->block + y * d->block_stride, *coloured = line ? line : row;
        if (!is_rgba)
            tiff_colour_row(page, d->palette, row, page->width, coloured);
        if (page->is_packed && !is_in_place)
            tiff_scatter_bits(page, d->raster, row, first_row + y);
        else if (!is_in_place)
            tiff_scatter(coloured, page->width, pixel, tiff_oriented_row(page, d->raster, pixel, first_row + y));
    }
    return MIM_OK;
}

/* The colour map as three tables at the depth of the frame. */
static int32_t
load_palette(struct tiff_decoding *d)
{
    const struct tiff_page *page = d->page;
    uint64_t entries = 1u << page->bits, size = 3 * entries * sizeof(uint16_t);
    uint16_t *map[3] = { NULL, NULL, NULL };
    uint16_t *palette = mim_scratch_get(d->job, &d->worker->palette, size);
    if (!palette)
        return tiff_chunk_no_memory(d, size);
    if (!TIFFGetField(d->worker->handle.tiff, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]))
        return d->job->host->fail(d->job, MIM_CORRUPT, page->offset, "a palette page without a colour map");
    if (!map[0] || !map[1] || !map[2]) /* libtiff does not report that it could not copy one */
        return tiff_chunk_no_memory(d, size);

    unsigned shift = 0;
    for (uint64_t i = 0; i < 3 * entries && page->out_sample == MIM_SAMPLE_U8; i++)
        if (map[i / entries][i % entries] > 255)
            shift = 8;
    for (uint64_t i = 0; i < 3 * entries; i++)
        palette[i] = map[i / entries][i % entries] >> shift;
    d->palette = palette;
    return MIM_OK;
}

static int32_t
get_memory(struct tiff_decoding *d)
{
    const struct tiff_page *page = d->page;
    uint64_t row = tiff_page_row_bytes(page, page->is_tiled ? page->tile_width : page->width),
             rows = page->rows_per_chunk;
    bool is_rgba = page->route == TIFF_ROUTE_RGBA;
    if (is_rgba)
        row = (uint64_t)page->width * 4;
    else if (page->is_tiled)
        rows = page->tile_height;
    else if (page->is_rowwise && page->compression != COMPRESSION_NONE)
        rows = 1;
    if (__builtin_mul_overflow(row, rows, &d->coded_size) || d->coded_size > INTPTR_MAX)
        return tiff_chunk_no_memory(d, UINT64_MAX);
    d->coded = mim_scratch_get(d->job, &d->worker->coded, d->coded_size);
    if (!d->coded)
        return tiff_chunk_no_memory(d, d->coded_size);
    if (fits_raster(page))
        return MIM_OK;

    uint64_t pixel = is_rgba ? 3 : (uint64_t)page->samples * tiff_sample_size(page->sample), size;
    d->block_stride = page->is_packed ? row : page->width * pixel;
    if (__builtin_mul_overflow(d->block_stride, page->rows_per_chunk, &size))
        return tiff_chunk_no_memory(d, UINT64_MAX);
    d->block = mim_scratch_get(d->job, &d->worker->block, size);
    return d->block ? MIM_OK : tiff_chunk_no_memory(d, size);
}

static int32_t
report_bad_lines(struct tiff_decoding *d)
{
    uint32_t count = d->worker->handle.bad_lines;
    char text[100];
    if (!count)
        return MIM_OK;
    snprintf(text, sizeof text, "%u bad line%s of a fax page %s delivered as far as decoded", count, count == 1 ? "" : "s",
             count == 1 ? "is" : "are");
    return d->job->host->notice(d->job, MIM_NOTICE_DAMAGED, text);
}

int32_t
tiff_decode(struct mim_job *job, const struct tiff_page *page, uint32_t part, const struct mim_raster *raster)
{
    struct tiff_decoding d = { .job = job, .worker = job->worker, .page = page, .raster = raster };
    d.worker->handle.bad_lines = 0;
    int32_t status = tiff_handle_set_page(&d.worker->handle, job, page);
    if (status == MIM_OK)
        status = get_memory(&d);
    if (status == MIM_OK && page->colour == TIFF_COLOUR_PALETTE)
        status = load_palette(&d);
    if (status != MIM_OK)
        return status;

    uint64_t row = (uint64_t)part * page->rows_per_part, end = row + page->rows_per_part;
    if (end > page->height)
        end = page->height;
    for (uint32_t rows; row < end && status == MIM_OK; row += rows) {
        rows = (uint32_t)(end - row < page->rows_per_chunk ? end - row : page->rows_per_chunk);
        if (fits_raster(page)) {
            d.block = raster->data + row * raster->stride;
            d.block_stride = raster->stride;
        }
        status = tiff_chunk_read(&d, (uint32_t)row, rows);
        if (status == MIM_OK)
            status = tiff_handle_check(&d.worker->handle);
        if (status == MIM_OK)
            status = place_rows(&d, (uint32_t)row, rows);
    }
    if (d.worker->handle.status || d.worker->handle.memory_status) /* libtiff may have kept half of a strip */
        tiff_handle_close(&d.worker->handle);
    return status == MIM_OK ? report_bad_lines(&d) : status;
}
