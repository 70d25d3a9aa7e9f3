/* SPDX-License-Identifier: MIT */
/* Decodes one frame, on any thread: in bands, or with libpng, which also reports all errors. */
#include "read/pixels.h"

#include <setjmp.h>
#include <stdio.h>

#include <mim/kit/orientation.h>
#include <png.h>

#include "shared/memory.h"
#include "read/bands.h"
#include "read/reader-state.h"

enum { PIXELS_PER_POLL = 1 << 18, CHUNKS_MAX = 1000, BUFFER_SIZE = 32 * 1024 };

struct decoding {
    struct mim_job *job;
    png_structp png;
    png_infop info;
    struct shared_memory memory;
    struct pngx_single_frame file;
    const struct pngx_packet *packet;
    uint32_t rows;  /* complete ones */
    int32_t status; /* of a failed host call */
    char text[96];  /* message of libpng */
};

static void
on_error(png_structp png, png_const_charp text)
{
    struct decoding *decoding = png_get_error_ptr(png);

    snprintf(decoding->text, sizeof decoding->text, "%s", text);
    png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
    struct decoding *decoding = png_get_error_ptr(png);
    char line[120];

    snprintf(line, sizeof line, "libpng: %s", text);
    decoding->job->host->log(decoding->job, MIM_LOG_WARNING, line);
}

static png_voidp
on_malloc(png_structp png, png_alloc_size_t size)
{
    return shared_memory_alloc(png_get_mem_ptr(png), size);
}

static void
on_free(png_structp png, png_voidp data)
{
    shared_memory_free(png_get_mem_ptr(png), data);
}

static void
on_read(png_structp png, png_bytep data, size_t size)
{
    struct decoding *decoding = png_get_io_ptr(png);

    if (pngx_single_frame_read(&decoding->file, data, size) != MIM_OK)
        png_error(png, "no more data");
}

/* Limits libpng to the size of this frame, and other chunks to that of a palette. */
static void
set_limits(const struct decoding *decoding)
{
    png_set_user_limits(decoding->png, decoding->packet->frame.width, decoding->packet->frame.height);
    png_set_chunk_cache_max(decoding->png, CHUNKS_MAX);
    png_set_chunk_malloc_max(decoding->png, PNGX_SINGLE_FRAME_HEAD_MAX);
    png_set_crc_action(decoding->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
    png_set_compression_buffer_size(decoding->png, BUFFER_SIZE);
}

static void
set_transforms(const struct decoding *decoding, const struct pngx_reader *reader)
{
    png_structp png = decoding->png;

    if (reader->packed)
        return;
    if (pngx_gives_indices(reader)) {
        png_set_packing(png);
        return;
    }
    png_set_expand(png);
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(png);
}

static void
read_rows(struct decoding *decoding, const struct mim_raster *raster)
{
    int passes = png_set_interlace_handling(decoding->png);

    png_read_update_info(decoding->png, decoding->info);
    for (uint32_t y = 0; passes > 1 && y < raster->height; y++) /* a damaged file may set some pixels of a row */
        memset(raster->data + y * raster->stride, 0, png_get_rowbytes(decoding->png, decoding->info));
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < raster->height; y++) {
            if ((uint64_t)y * raster->width % PIXELS_PER_POLL < raster->width)
                decoding->status = decoding->job->host->poll(decoding->job);
            if (decoding->status != MIM_OK)
                png_error(decoding->png, "stopped");
            png_read_row(decoding->png, raster->data + y * raster->stride, NULL);
            decoding->rows = pass + 1 == passes ? y + 1 : 0;
        }
}

static bool
decode_frame(struct decoding *decoding, const struct pngx_reader *reader, const struct mim_raster *raster)
{
    if (setjmp(png_jmpbuf(decoding->png)))
        return false;
    set_limits(decoding);
    png_read_info(decoding->png, decoding->info);
    set_transforms(decoding, reader);
    read_rows(decoding, raster);
    return true;
}

static int32_t
report_failure(const struct decoding *decoding)
{
    const struct mim_host *host = decoding->job->host;

    if (decoding->status != MIM_OK)
        return decoding->status;
    if (decoding->file.data.fault.status != MIM_OK)
        return pngx_fault_raise(decoding->job, &decoding->file.data.fault);
    if (decoding->memory.is_short)
        return MIM_NOMEM;
    return host->fail(decoding->job, MIM_CORRUPT, decoding->packet->frame.pixels, "libpng: %s", decoding->text);
}

/* `rows`: how many are complete. */
static int32_t
read_by_libpng(struct mim_job *job, const struct pngx_packet *packet, const struct mim_raster *raster, uint32_t *rows)
{
    const struct pngx_reader *reader = job->state;
    struct pngx_worker *worker = job->worker;
    struct decoding decoding = { .job = job, .memory = { .job = job }, .packet = packet };

    decoding.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &decoding, on_error, on_warning, &decoding.memory,
                                            on_malloc, on_free);
    decoding.info = decoding.png ? png_create_info_struct(decoding.png) : NULL;
    if (!decoding.info) {
        png_destroy_read_struct(&decoding.png, NULL, NULL);
        return MIM_NOMEM;
    }
    pngx_single_frame_open(&decoding.file, job, &worker->window, &reader->header, &decoding.packet->frame);
    png_set_read_fn(decoding.png, &decoding, on_read);
    int32_t status = decode_frame(&decoding, reader, raster) ? MIM_OK : report_failure(&decoding);
    *rows = decoding.rows;
    png_destroy_read_struct(&decoding.png, &decoding.info, NULL);
    return status;
}

/* Rows of an interlaced picture keep the pixels that are there. */
static int32_t
keep_rows(struct mim_job *job, const struct pngx_packet *coded, uint32_t rows, struct mim_raster *raster)
{
    const struct pngx_reader *reader = job->state;
    const struct mim_rect none = { 0 };

    int32_t status = job->host->keep_damaged(job, NULL, &none);
    if (status != MIM_OK)
        return status;
    uint32_t more = pngx_bands_salvage(job, &coded->frame, raster);
    rows = rows > more ? rows : more;
    const struct mim_rect lost = { 0, rows, raster->width, raster->height - rows };
    return job->host->keep_damaged(job, reader->header.interlace ? NULL : raster, &lost);
}

static int32_t
read_stored(struct mim_job *job, const struct pngx_packet *coded, struct mim_raster *raster)
{
    const struct pngx_worker *worker = job->worker;
    uint32_t rows = 0;

    if (!worker->uses_libpng_only && pngx_bands_read(job, &coded->frame, raster))
        return MIM_OK;
    int32_t status = read_by_libpng(job, coded, raster, &rows);
    return status == MIM_TRUNCATED || status == MIM_CORRUPT ? keep_rows(job, coded, rows, raster) : status;
}

static int32_t
read_turned(struct mim_job *job, const struct pngx_packet *coded, struct mim_raster *raster)
{
    const struct pngx_reader *reader = job->state;
    uint32_t pixel = reader->packed ? 0 : raster->channels * (raster->sample == MIM_SAMPLE_U16 ? 2 : 1);
    struct mim_raster stored = *raster;

    stored.width = coded->frame.width;
    stored.height = coded->frame.height;
    stored.stride = reader->packed ? stored.width / 8 + (stored.width % 8 > 0) : (uint64_t)stored.width * pixel;
    uint64_t size = stored.stride * stored.height;
    stored.data = job->host->resize(job, NULL, 0, size);
    if (!stored.data)
        return MIM_NOMEM;
    int32_t status = read_stored(job, coded, &stored);
    for (uint32_t row = 0; row < stored.height && status == MIM_OK; row++)
        mim_orientation_place_row(mim_orientation_get(reader->orientation), stored.data + row * stored.stride, row, stored.width,
                                  pixel, raster);
    job->host->resize(job, stored.data, size, 0);
    return status;
}

/* libpng leaves the unused bits of a row as they are: clear them. */
static void
finish_bits(const struct mim_raster *raster, uint8_t inversion)
{
    uint32_t last = (raster->width - 1) / 8, unused = 7 - (raster->width - 1) % 8;

    for (uint32_t y = 0; y < raster->height; y++) {
        uint8_t *row = raster->data + y * raster->stride;
        for (uint32_t i = 0; i <= last && inversion; i++)
            row[i] ^= inversion;
        row[last] &= (uint8_t)(0xff << unused);
    }
}

int32_t
pngx_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
            struct mim_raster *raster)
{
    const struct pngx_reader *reader = job->state;
    (void)info, (void)part;

    int32_t status = (reader->orientation > 1 ? read_turned : read_stored)(job, packet, raster);
    if (status == MIM_OK && reader->packed)
        finish_bits(raster, reader->packed == PNGX_PACKED_INVERTED ? 0xff : 0);
    return status;
}
