/* SPDX-License-Identifier: MIT */
/*
 * libdeflate takes its input whole and ends its output with a last block. So pictures up to some size are filtered whole and
 * packed by it; larger ones go in parts through zlib, whose output can be joined, a row at a time.
 */
#include "pack.h"

#include <string.h>

#include <zlib.h>

enum {
    WHOLE_MAX = 16 << 20,      /* three times this, and frames, fit the least working memory that the core gives */
    PART_BYTES = 4 << 20,
    COMPRESSOR_BYTES = 1 << 20, /* about; 9 times this above level 9 */
    PIECE = 64 * 1024,         /* handed on at once */
    SAMPLE_ROWS = 8,
    SAMPLE_LEAST = 32 << 10,
    SAMPLE_MOST = 192 << 10,
    SAMPLE_SHARE = 24,         /* of all bytes one in so many is tried with every filter */
    POLL_BYTES = 1 << 20,
};

enum { BEST_OF_ROW = PNGX_FILTER_AUTO, MODES };

uint32_t
pngx_pack_parts(const struct pngx_rows *rows)
{
    uint64_t bytes = pngx_rows_bytes(rows, 0, rows->count);

    if (bytes <= WHOLE_MAX)
        return 1;
    uint64_t parts = bytes / PART_BYTES;
    return (uint32_t)(parts < rows->count ? parts : rows->count);
}

uint64_t
pngx_pack_first_row(const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    return rows->count / parts * part + (part < rows->count % parts ? part : rows->count % parts);
}

static int32_t
open_compressor(struct mim_job *job, struct pngx_packer *packer, int32_t level)
{
    uint64_t size = level > 9 ? 9 * (uint64_t)COMPRESSOR_BYTES : COMPRESSOR_BYTES;

    if (packer->compressor)
        return MIM_OK;
    int32_t status = job->host->reserve(job, (int64_t)size);
    if (status != MIM_OK)
        return status;
    packer->reserved = size;
    packer->compressor = libdeflate_alloc_compressor(level);
    return packer->compressor ? MIM_OK : MIM_NOMEM;
}

/* Filters rows one after another. */
struct run {
    struct mim_job *job;
    struct pngx_packer *packer;
    const struct pngx_rows *rows;
    int mode;
    uint8_t *spare[2], *trial; /* made rows, and a filtered one */
    uint64_t unpolled;
};

static int32_t
open_run(struct run *run)
{
    uint64_t longest = (uint64_t)run->rows->width * run->rows->pixel + 1;

    int32_t status = pngx_bytes_reserve(run->job, &run->packer->scratch, 3 * longest);
    if (status != MIM_OK)
        return status;
    run->spare[0] = run->packer->scratch.data;
    run->spare[1] = run->spare[0] + longest;
    run->trial = run->spare[1] + longest;
    return MIM_OK;
}

/* Row `r` into `out`, which has room for it and its filter byte. */
static int32_t
filter_next(struct run *run, uint64_t r, uint64_t first, const uint8_t **above, uint8_t *out)
{
    const struct pngx_rows *rows = run->rows;
    uint64_t size = pngx_rows_size(rows, r);

    if (pngx_rows_starts(rows, r))
        *above = NULL;
    else if (r == first)
        *above = pngx_rows_get(rows, r - 1, run->spare[(r + 1) % 2]);
    const uint8_t *row = pngx_rows_get(rows, r, run->spare[r % 2]);
    if (run->mode == BEST_OF_ROW)
        pngx_filter_row_best(row, *above, size, rows->pixel, out, run->trial);
    else
        pngx_filter_row(run->mode, row, *above, size, rows->pixel, out);
    *above = row;
    run->unpolled += size;
    if (run->unpolled < POLL_BYTES)
        return MIM_OK;
    run->unpolled = 0;
    return run->job->host->poll(run->job);
}

/* Rows [first, end) into `out`. */
static int32_t
filter_rows(struct run *run, uint64_t first, uint64_t end, uint8_t *out)
{
    const uint8_t *above = NULL;
    int32_t status = MIM_OK;

    for (uint64_t r = first; r < end && status == MIM_OK; r++) {
        status = filter_next(run, r, first, &above, out);
        out += 1 + pngx_rows_size(run->rows, r);
    }
    return status;
}

/* Groups of rows, spread evenly, so many that about `budget` bytes are looked at. */
static int32_t
filter_sample(struct run *run, uint64_t first, uint64_t end, uint64_t groups, uint64_t *size)
{
    int32_t status = MIM_OK;

    *size = 0;
    for (uint64_t g = 0; g < groups && status == MIM_OK; g++) {
        uint64_t from = first + (end - first) * g / groups, to = from + SAMPLE_ROWS;
        uint64_t next = first + (end - first) * (g + 1) / groups;
        to = to < next ? to : next;
        status = filter_rows(run, from, to, run->packer->filtered.data + *size);
        *size += pngx_rows_bytes(run->rows, from, to);
    }
    return status;
}

static uint64_t
sample_groups(const struct pngx_rows *rows, uint64_t first, uint64_t end)
{
    uint64_t bytes = pngx_rows_bytes(rows, first, end), wanted = bytes / SAMPLE_SHARE;

    wanted = wanted < SAMPLE_LEAST ? SAMPLE_LEAST : wanted > SAMPLE_MOST ? SAMPLE_MOST : wanted;
    uint64_t count = wanted >= bytes ? end - first : (end - first) * wanted / bytes;
    return count / SAMPLE_ROWS + 1;
}

/* Try every filter on some of the rows; what packs best is taken for all. */
static int32_t
choose_mode(struct run *run, const struct pngx_packing *packing, uint64_t first, uint64_t end)
{
    struct pngx_packer *packer = run->packer;
    uint64_t groups = sample_groups(run->rows, first, end), least = UINT64_MAX, size, longest = run->rows->width;
    int best = PNGX_FILTER_NONE;

    longest = longest * run->rows->pixel + 1;
    run->mode = packing->filter;
    if (packing->filter != PNGX_FILTER_AUTO)
        return MIM_OK;
    int32_t status = open_compressor(run->job, packer, packing->level);
    uint64_t most = groups * SAMPLE_ROWS < end - first ? groups * SAMPLE_ROWS : end - first;
    if (status == MIM_OK)
        status = pngx_bytes_reserve(run->job, &packer->filtered, most * longest);
    for (int mode = 0; mode < MODES && status == MIM_OK; mode++) {
        run->mode = mode;
        status = filter_sample(run, first, end, groups, &size);
        if (status == MIM_OK)
            status = pngx_bytes_reserve(run->job, &packer->packed, libdeflate_deflate_compress_bound(packer->compressor, size));
        if (status != MIM_OK)
            break;
        uint64_t packed = libdeflate_deflate_compress(packer->compressor, packer->filtered.data, size, packer->packed.data,
                                                      packer->packed.room);
        if (packed < least) {
            least = packed;
            best = mode;
        }
    }
    run->mode = best;
    return status;
}

static int32_t
emit_pieces(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    int32_t status = MIM_OK;

    for (uint64_t done = 0; done < size && status == MIM_OK; done += PIECE)
        status = job->host->emit(job, data + done, size - done < PIECE ? size - done : PIECE);
    return status;
}

static int32_t
pack_whole(struct run *run, const struct pngx_packing *packing)
{
    struct pngx_packer *packer = run->packer;
    struct mim_job *job = run->job;
    uint64_t bytes = pngx_rows_bytes(run->rows, 0, run->rows->count);

    int32_t status = open_compressor(job, packer, packing->level);
    if (status == MIM_OK)
        status = pngx_bytes_reserve(job, &packer->filtered, bytes);
    if (status == MIM_OK)
        status = filter_rows(run, 0, run->rows->count, packer->filtered.data);
    if (status == MIM_OK)
        status = pngx_bytes_reserve(job, &packer->packed, libdeflate_zlib_compress_bound(packer->compressor, bytes));
    if (status == MIM_OK)
        status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    uint64_t size = libdeflate_zlib_compress(packer->compressor, packer->filtered.data, bytes, packer->packed.data,
                                             packer->packed.room);
    return size ? emit_pieces(job, packer->packed.data, size) : MIM_NOMEM;
}

/* Feed what is in the stream's input, and emit what comes out. */
static int32_t
deflate_on(struct mim_job *job, z_stream *stream, int flush, uint8_t *out)
{
    int32_t status = MIM_OK;

    do {
        stream->next_out = out;
        stream->avail_out = PIECE;
        if (deflate(stream, flush) == Z_STREAM_ERROR)
            return MIM_NOMEM;
        status = job->host->emit(job, out, PIECE - stream->avail_out);
    } while (status == MIM_OK && !stream->avail_out);
    return status;
}

static int32_t
stream_rows(struct run *run, z_stream *stream, uint64_t first, uint64_t end, bool is_last)
{
    struct pngx_packer *packer = run->packer;
    struct mim_job *job = run->job;
    const uint8_t *above = NULL;
    uint32_t sum = libdeflate_adler32(1, NULL, 0);
    uint8_t tail[4];
    int32_t status = MIM_OK;

    for (uint64_t r = first; r < end && status == MIM_OK; r++) {
        uint64_t size = 1 + pngx_rows_size(run->rows, r);
        status = filter_next(run, r, first, &above, packer->filtered.data);
        sum = libdeflate_adler32(sum, packer->filtered.data, size);
        stream->next_in = packer->filtered.data;
        stream->avail_in = (unsigned)size;
        int flush = r + 1 < end ? Z_NO_FLUSH : is_last ? Z_FINISH : Z_SYNC_FLUSH;
        if (status == MIM_OK)
            status = deflate_on(job, stream, flush, packer->packed.data);
    }
    for (int i = 0; i < 4; i++)
        tail[i] = (uint8_t)(sum >> (24 - 8 * i));
    return status == MIM_OK ? job->host->emit(job, tail, sizeof tail) : status;
}

static int32_t
pack_part(struct run *run, const struct pngx_packing *packing, uint64_t first, uint64_t end, bool is_last)
{
    struct pngx_packer *packer = run->packer;
    struct pngx_memory memory = { .job = run->job };
    z_stream stream = { .zalloc = pngx_memory_zlib_get, .zfree = pngx_memory_zlib_give, .opaque = &memory };
    uint64_t longest = (uint64_t)run->rows->width * run->rows->pixel + 1;

    if (longest > UINT32_MAX)
        return run->job->host->fail(run->job, MIM_UNSUPPORTED, MIM_UNKNOWN, "a row of more than 4294967295 bytes");
    int32_t status = pngx_bytes_reserve(run->job, &packer->filtered, longest);
    if (status == MIM_OK)
        status = pngx_bytes_reserve(run->job, &packer->packed, PIECE);
    if (status != MIM_OK)
        return status;
    int level = packing->level > 9 ? 9 : packing->level;
    if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return MIM_NOMEM;
    status = stream_rows(run, &stream, first, end, is_last);
    deflateEnd(&stream);
    return status;
}

int32_t
pngx_pack(struct mim_job *job, struct pngx_packer *packer, const struct pngx_packing *packing,
          const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    struct run run = { .job = job, .packer = packer, .rows = rows };
    uint64_t first = pngx_pack_first_row(rows, part, parts), end = pngx_pack_first_row(rows, part + 1, parts);

    int32_t status = open_run(&run);
    if (status == MIM_OK)
        status = choose_mode(&run, packing, first, end);
    if (status != MIM_OK)
        return status;
    return parts == 1 ? pack_whole(&run, packing) : pack_part(&run, packing, first, end, part + 1 == parts);
}

void
pngx_packer_close(struct mim_job *job, struct pngx_packer *packer)
{
    libdeflate_free_compressor(packer->compressor);
    if (packer->reserved)
        job->host->reserve(job, -(int64_t)packer->reserved);
    pngx_bytes_close(job, &packer->filtered);
    pngx_bytes_close(job, &packer->packed);
    pngx_bytes_close(job, &packer->scratch);
    *packer = (struct pngx_packer){ 0 };
}
