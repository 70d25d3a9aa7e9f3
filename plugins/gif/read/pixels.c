/* SPDX-License-Identifier: MIT */
/* Unpacks a frame and places its rows. Uses only the packet, so it runs on any thread. */
#include "read/pixels.h"

#include <string.h>

enum { STEP = 1 << 20 }; /* pixels between two polls for cancellation */

/* The image row stored k-th in an interlaced file. */
static uint32_t
interlaced_row(uint32_t k, uint32_t height)
{
    static const struct {
        uint32_t first, step;
    } passes[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };

    for (unsigned pass = 0;; pass++) {
        uint32_t first = passes[pass].first, step = passes[pass].step;
        uint32_t rows = height > first ? (height - first + step - 1) / step : 0;
        if (k < rows)
            return first + k * step;
        k -= rows;
    }
}

void
gif_worker_close(struct mim_job *job)
{
    struct gif_worker *worker = job->worker;

    if (worker->codes)
        job->host->resize(job, worker->codes, worker->capacity, 0);
}

static bool
reserve_codes(struct mim_job *job, struct gif_worker *worker, uint64_t size)
{
    if (size <= worker->capacity)
        return true;
    uint8_t *codes = job->host->resize(job, worker->codes, worker->capacity, size);
    if (!codes)
        return false;
    worker->codes = codes;
    worker->capacity = size;
    return true;
}

/* Join sub-blocks in place by removing their lengths. Returns the size of the codes. */
static size_t
join_sub_blocks(uint8_t *bytes, size_t size)
{
    size_t done = 0;

    for (size_t at = 0; at < size && bytes[at];) {
        size_t length = bytes[at++];
        if (length > size - at)
            length = size - at;
        memmove(bytes + done, bytes + at, length);
        done += length;
        at += length;
    }
    return done;
}

/* `rows`: how many are complete, in the order of the file. */
static int32_t
unpack_codes(struct mim_job *job, const struct gif_frame *frame, const uint8_t *codes, size_t size, uint8_t *out,
             uint32_t *rows)
{
    struct gif_worker *worker = job->worker;
    struct gif_unlzw *decoder = &worker->decoder;
    uint64_t offset = frame->extensions.end;
    enum gif_unlzw_verdict verdict;

    gif_unlzw_start(decoder, frame->code_size, codes, size, out, (size_t)frame->width * frame->height);
    while ((verdict = gif_unlzw_run(decoder, STEP)) == GIF_UNLZW_MORE) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
    }
    *rows = (uint32_t)((size_t)(decoder->at.out - out) / frame->width);
    if (verdict == GIF_UNLZW_DONE)
        return MIM_OK;

    size_t row = *rows + (size_t)1;
    if (verdict == GIF_UNLZW_SHORT)
        return job->host->fail(job, MIM_TRUNCATED, offset, "the data of frame %llu ends in row %zu of %u",
                               (unsigned long long)frame->mark.frame, row, frame->height);
    return job->host->fail(job, MIM_CORRUPT, offset, "frame %llu has an undefined code in row %zu of %u",
                           (unsigned long long)frame->mark.frame, row, frame->height);
}

static int32_t
unpack_frame(struct mim_job *job, const struct gif_packet *packet, uint8_t *out, uint32_t *rows)
{
    const struct gif_frame *frame = &packet->frame;
    struct gif_worker *worker = job->worker;
    if (!reserve_codes(job, worker, frame->codes_size))
        return MIM_NOMEM;

    int64_t got = job->host->read_at(job, worker->codes, frame->codes_size, frame->codes);
    if (got < 0)
        return (int32_t)-got;
    return unpack_codes(job, frame, worker->codes, join_sub_blocks(worker->codes, got), out, rows);
}

/* Indices past the end of the table are black, since programs disagree. Without a table they are grays, as in
 * Pillow. */
static void
fill_palette(const struct gif_packet *packet, uint8_t (*rgba)[4])
{
    for (uint32_t i = 0; i < GIF_PALETTE_SIZE; i++) {
        const GifColorType *colour = &packet->palette[i];
        uint8_t gray = packet->palette_size ? 0 : i;
        bool is_in_table = i < packet->palette_size;
        rgba[i][0] = is_in_table ? colour->Red : gray;
        rgba[i][1] = is_in_table ? colour->Green : gray;
        rgba[i][2] = is_in_table ? colour->Blue : gray;
        rgba[i][3] = (int32_t)i == packet->frame.transparent ? 0 : 255;
    }
}

static void
colour_row(const uint8_t *indices, const uint8_t (*palette)[4], const struct mim_raster *raster, uint8_t *out)
{
    for (uint32_t x = 0; x < raster->width; x++)
        memcpy(out + x * raster->channels, palette[indices[x]], raster->channels);
}

/* The row of the raster that is stored k-th. */
static uint32_t
place_of_row(const struct gif_packet *packet, uint32_t k, uint32_t height)
{
    return packet->frame.is_interlaced ? interlaced_row(k, height) : k;
}

/* Convert packed rows in file order to rows of the raster. */
static int32_t
place_rows(struct mim_job *job, const struct gif_packet *packet, const uint8_t *indices, uint32_t rows,
           struct mim_raster *raster)
{
    uint8_t palette[GIF_PALETTE_SIZE][4];

    fill_palette(packet, palette);
    for (uint32_t k = 0; k < rows; k++) {
        int32_t status = (uint64_t)k * raster->width % STEP < raster->width ? job->host->poll(job) : MIM_OK;
        if (status != MIM_OK)
            return status;
        uint32_t y = place_of_row(packet, k, raster->height);
        const uint8_t *row = indices + (size_t)k * raster->width;
        uint8_t *out = raster->data + y * raster->stride;
        if (raster->channels == 1)
            memcpy(out, row, raster->width);
        else
            colour_row(row, palette, raster, out);
    }
    return MIM_OK;
}

static bool
is_damage(int32_t status)
{
    return status == MIM_TRUNCATED || status == MIM_CORRUPT;
}

/* Without the rows from `rows` on, which are transparent where the frame has a transparent index. */
static int32_t
keep_rows(struct mim_job *job, const struct gif_packet *packet, uint32_t rows, struct mim_raster *raster)
{
    int32_t status = MIM_OK, transparent = packet->frame.transparent;
    for (uint32_t k = rows; k < raster->height && status == MIM_OK; k++) {
        const struct mim_rect row = { 0, place_of_row(packet, k, raster->height), raster->width, 1 };
        status = job->host->keep_damaged(job, raster, &row);
        if (status == MIM_OK && raster->palette && transparent >= 0)
            memset(raster->data + row.y * raster->stride, transparent, row.width);
    }
    return status;
}

static int32_t
unpack_aside(struct mim_job *job, const struct gif_packet *packet, struct mim_raster *raster)
{
    uint64_t size = (uint64_t)raster->width * raster->height;
    uint8_t *indices = job->host->resize(job, NULL, 0, size);
    if (!indices)
        return MIM_NOMEM;

    uint32_t rows = 0;
    int32_t status = unpack_frame(job, packet, indices, &rows);
    if (status == MIM_OK)
        status = place_rows(job, packet, indices, raster->height, raster);
    else if (is_damage(status) && (status = keep_rows(job, packet, rows, raster)) == MIM_OK)
        status = place_rows(job, packet, indices, rows, raster);
    job->host->resize(job, indices, size, 0);
    return status;
}

int32_t
gif_pixels(struct mim_job *job, const void *data, const struct mim_frame_info *info, uint32_t part,
           struct mim_raster *raster)
{
    const struct gif_packet *packet = data;
    (void)info, (void)part;

    if (raster->palette) {
        fill_palette(packet, (uint8_t(*)[4])raster->palette);
        raster->palette_size = packet->palette_size ? packet->palette_size : GIF_PALETTE_SIZE;
    }
    bool is_packed = raster->stride == raster->width && raster->channels == 1;
    if (!is_packed || packet->frame.is_interlaced)
        return unpack_aside(job, packet, raster);

    uint32_t rows = 0;
    int32_t status = unpack_frame(job, packet, raster->data, &rows);
    return is_damage(status) ? keep_rows(job, packet, rows, raster) : status;
}
