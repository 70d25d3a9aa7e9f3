/* SPDX-License-Identifier: MIT */
/*
 * A band of rows is decompressed, its filters are undone and its samples converted while it is in the cache, so memory
 * is small and constant. Errors are not told apart: libpng repeats the frame and reports them.
 */
#include "read/bands.h"

#include <libdeflate.h>
#include <zlib.h>

#include "read/expansion.h"
#include "read/inflater.h"
#include "read/unfilter.h"
#include "shared/memory.h"

enum { INPUT_SIZE = 32 * 1024, BAND_SIZE = 96 * 1024, ROW_MAX = 1 << 20, HEAD_SIZE = 2, SUM_SIZE = 4 };

/* The memory of a worker; the output and two rows follow. */
struct buffers {
    struct pngx_inflater inflater;
    struct pngx_expansion expansion;
    uint8_t input[INPUT_SIZE + PNGX_INPUT_PADDING];
    uint8_t output[];
};

struct bands {
    struct pngx_pixel_data data;
    struct pngx_inflater *inflater;
    struct buffers *buffers;
    const struct mim_raster *raster;
    uint64_t row, pixel;  /* bytes of a row without its filter, and of a pixel or 1 */
    uint64_t output_size; /* without the margin */
    uint32_t y;           /* the next row */
    uint32_t sum;         /* Adler-32 of the output so far */
    uint8_t *coded;       /* the first row in the output that is not decoded */
    uint8_t *summed;      /* the end of the output that `sum` includes */
    const uint8_t *above; /* the row above `y`, or zeros */
    bool is_salvage;      /* the input ends where the data does */
    uint8_t *rows[2];     /* rows before their conversion, in turns */
};

/* --- input -------------------------------------------------------------------------------------------------------- */

static bool
read_data(struct bands *bands, uint8_t *to, uint64_t space, uint64_t *size)
{
    uint32_t chunk_size = 0;
    bool is_end = false;

    for (*size = 0; *size < space && !is_end;) {
        const uint8_t *bytes = NULL;
        uint64_t some = 0;
        if (pngx_pixel_data_span(&bands->data, space - *size, &bytes, &some) != MIM_OK)
            is_end = true;
        else if (some)
            memcpy(to + *size, bytes, some);
        else if (pngx_pixel_data_chunk(&bands->data, &chunk_size, &is_end) != MIM_OK)
            is_end = true;
        if (bands->data.fault.status != MIM_OK && !bands->is_salvage)
            return false;
        *size += some;
    }
    bands->inflater->is_last = is_end;
    return true;
}

/* Moves the rest of the input to the start and fills up. */
static bool
fill_input(struct bands *bands)
{
    struct pngx_inflater *inflater = bands->inflater;
    uint8_t *input = bands->buffers->input;
    uint64_t left = (uint64_t)(inflater->in_end - inflater->in), size = 0;

    memmove(input, inflater->in, left);
    if (!read_data(bands, input + left, INPUT_SIZE - left, &size))
        return false;
    inflater->in = input;
    inflater->in_end = input + left + size;
    memset(input + left + size, 0, PNGX_INPUT_PADDING);
    return true;
}

/* RFC 1950: the head of a zlib stream. */
static bool
start_stream(struct bands *bands)
{
    struct pngx_inflater *inflater = bands->inflater;
    uint32_t size;
    bool is_end;

    if (pngx_pixel_data_chunk(&bands->data, &size, &is_end) != MIM_OK || is_end || !fill_input(bands) ||
        inflater->in_end - inflater->in < HEAD_SIZE)
        return false;
    uint32_t head = mim_load_be16(inflater->in);
    inflater->in += HEAD_SIZE;
    inflater->window = 1u << ((head >> 12) + 8);
    return head % 31 == 0 && (head >> 8 & 15) == 8 && !(head & 0x20) && inflater->window <= PNGX_HISTORY;
}

/* The stream must end with its checksum and the chunk with the stream. */
static bool
check_end(struct bands *bands)
{
    struct pngx_inflater *inflater = bands->inflater;

    if (!inflater->is_last && !fill_input(bands))
        return false;
    return inflater->is_last && inflater->in_end - inflater->in == SUM_SIZE &&
           mim_load_be32(inflater->in) == bands->sum && bands->y == bands->raster->height;
}

/* --- output ------------------------------------------------------------------------------------------------------- */

static bool
decode_row(struct bands *bands)
{
    const struct pngx_expansion *expansion = &bands->buffers->expansion;
    bool is_converted = expansion->kind != PNGX_EXPAND_NONE;
    uint8_t *out = bands->raster->data + bands->y * bands->raster->stride;
    uint8_t *row = is_converted ? bands->rows[bands->y & 1] : out;

    if (!pngx_unfilter_row(*bands->coded, bands->coded + 1, bands->above, bands->row, (uint32_t)bands->pixel, row))
        return false;
    if (is_converted)
        pngx_expand_row(expansion, row, bands->raster->width, out);
    bands->above = row;
    bands->coded += bands->row + 1;
    bands->y++;
    return true;
}

/* Decodes the complete rows of the output. Returns false for bytes after the last one. */
static bool
decode_rows(struct bands *bands)
{
    struct pngx_inflater *inflater = bands->inflater;

    bands->sum = libdeflate_adler32(bands->sum, bands->summed, (size_t)(inflater->out - bands->summed));
    bands->summed = inflater->out;
    while (bands->y < bands->raster->height && (uint64_t)(inflater->out - bands->coded) > bands->row)
        if (!decode_row(bands))
            return false;
    return bands->y < bands->raster->height || bands->coded == inflater->out;
}

/* Moves the end of the output, which matches and the next row need, to the start. */
static void
reuse_output(struct bands *bands)
{
    struct pngx_inflater *inflater = bands->inflater;
    uint8_t *output = bands->buffers->output;
    uint64_t rest = (uint64_t)(inflater->out - bands->coded), made = (uint64_t)(inflater->out - output);
    uint64_t kept = rest > PNGX_HISTORY ? rest : made < PNGX_HISTORY ? made : PNGX_HISTORY;

    memmove(output, inflater->out - kept, kept);
    inflater->out = bands->summed = output + kept;
    bands->coded = inflater->out - rest;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

/* Allocates the output for all of a small frame, else for a band or a row after the history. */
static bool
alloc_buffers(struct bands *bands, struct pngx_worker *worker, struct mim_job *job)
{
    uint64_t whole = (bands->row + 1) * bands->raster->height + 1;
    uint64_t band = PNGX_HISTORY + (bands->row < BAND_SIZE ? BAND_SIZE : bands->row + 1);

    bands->output_size = whole < band ? whole : band;
    uint64_t rows_at = bands->output_size + PNGX_OUTPUT_MARGIN;
    if (mim_bytes_reserve(job, &worker->bands, sizeof(struct buffers) + rows_at + 2 * bands->row) != MIM_OK)
        return false;
    bands->buffers = (struct buffers *)(void *)worker->bands.data;
    bands->inflater = &bands->buffers->inflater;
    bands->rows[0] = bands->buffers->output + rows_at;
    bands->rows[1] = bands->rows[0] + bands->row;
    return true;
}

static void
start_frame(struct bands *bands)
{
    struct buffers *buffers = bands->buffers;
    struct pngx_inflater *inflater = bands->inflater;

    memset(inflater, 0, offsetof(struct pngx_inflater, literals));
    inflater->in = inflater->in_end = buffers->input;
    inflater->history = inflater->out = bands->coded = bands->summed = buffers->output;
    inflater->out_end = buffers->output + bands->output_size;
    bands->sum = 1;
    bands->above = memset(bands->rows[1], 0, bands->row);
}

static bool
decode_frame(struct bands *bands, struct mim_job *job)
{
    enum pngx_inflate_result result = PNGX_INFLATE_INPUT;

    while (result != PNGX_INFLATE_DONE) {
        result = pngx_inflate_some(bands->inflater);
        if (result == PNGX_INFLATE_BROKEN || (result == PNGX_INFLATE_INPUT && !fill_input(bands)))
            return false;
        if (result == PNGX_INFLATE_INPUT)
            continue;
        if (job->host->poll(job) != MIM_OK || !decode_rows(bands))
            return false;
        if (result == PNGX_INFLATE_OUTPUT)
            reuse_output(bands);
    }
    return true;
}

static bool
open_bands(struct bands *bands, struct mim_job *job, const struct pngx_frame *frame)
{
    static const uint8_t samples[] = {
        [PNGX_GRAY] = 1, [PNGX_RGB] = 3, [PNGX_PALETTE] = 1, [PNGX_GRAY_ALPHA] = 2, [PNGX_RGBA] = 4
    };
    const struct pngx_reader *reader = job->state;
    const struct pngx_header *header = &reader->header;
    struct pngx_worker *worker = job->worker;
    uint64_t bits = (uint64_t)samples[header->colour] * header->depth;

    bands->row = (frame->width * bits + 7) / 8;
    bands->pixel = bits < 8 ? 1 : bits / 8;
    if (header->interlace || bands->row > ROW_MAX || !alloc_buffers(bands, worker, job))
        return false;
    pngx_expansion_init(&bands->buffers->expansion, header, pngx_gives_indices(reader));
    if (reader->packed)
        bands->buffers->expansion.kind = PNGX_EXPAND_NONE;
    if (bands->buffers->expansion.kind == PNGX_EXPAND_OTHER)
        return false;
    start_frame(bands);
    pngx_pixel_data_open(&bands->data, job, &worker->window, frame);
    return true;
}

bool
pngx_bands_read(struct mim_job *job, const struct pngx_frame *frame, const struct mim_raster *raster)
{
    struct bands bands = { .raster = raster };
    return open_bands(&bands, job, frame) && start_stream(&bands) && decode_frame(&bands, job) && check_end(&bands);
}

/* zlib ends exactly where the data do; the inflater may have decoded its padding. */
static void
decode_rest(struct bands *bands, struct mim_job *job, z_stream *stream)
{
    struct pngx_inflater *inflater = bands->inflater;
    for (int code = Z_OK; code == Z_OK && job->host->poll(job) == MIM_OK;) {
        if (inflater->in == inflater->in_end && !inflater->is_last)
            fill_input(bands);
        stream->next_in = (uint8_t *)(uintptr_t)inflater->in;
        stream->avail_in = (unsigned)(inflater->in_end - inflater->in);
        stream->next_out = inflater->out;
        stream->avail_out = (unsigned)(inflater->out_end - inflater->out);
        code = inflate(stream, Z_SYNC_FLUSH);
        inflater->in = stream->next_in;
        inflater->out = stream->next_out;
        if (!decode_rows(bands))
            return;
        reuse_output(bands);
    }
}

uint32_t
pngx_bands_salvage(struct mim_job *job, const struct pngx_frame *frame, const struct mim_raster *raster)
{
    struct bands bands = { .raster = raster, .is_salvage = true };
    struct shared_memory memory = { .job = job };
    z_stream stream = { .zalloc = shared_memory_zlib_alloc, .zfree = shared_memory_zlib_free, .opaque = &memory };
    uint32_t size;
    bool is_end;

    if (!open_bands(&bands, job, frame) || pngx_pixel_data_chunk(&bands.data, &size, &is_end) != MIM_OK || is_end ||
        inflateInit(&stream) != Z_OK)
        return 0;
    decode_rest(&bands, job, &stream);
    inflateEnd(&stream);
    return bands.y;
}
