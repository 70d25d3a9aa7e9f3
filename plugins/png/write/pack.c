/* SPDX-License-Identifier: MIT */
/*
 * libdeflate takes its input whole and ends its output with a last block. So pictures up to some size are filtered
 * whole and packed at once; larger ones go in parts through zlib, whose output can be joined, a row at a time.
 */
#include "write/pack.h"

enum {
    WHOLE_MAX = 16 << 20, /* three times this, and frames, fit the least working memory that the core gives */
    PART_BYTES = 4 << 20,
    SAMPLE_ROWS = 12,
    SAMPLE_LEAST = 24 << 10,
    SAMPLE_MOST = 96 << 10,
    SAMPLE_SHARE = 32, /* of all bytes one in so many is tried with every filter */
    DRAWING = 12,      /* what packs to less than one byte in so many gets a second try: it packs fast, and by what */
    SECOND_SHARE = 8,  /* stands some rows above, so that one row in so many is looked at, in long groups */
    POLL_BYTES = 1 << 20,
};

enum { BEST_OF_ROW = PNGX_FILTER_AUTO, MODES };

uint32_t
pngx_pack_parts(const struct pngx_rows *rows)
{
    uint64_t bytes = pngx_rows_bytes(rows, 0, rows->count);

    if (bytes <= WHOLE_MAX)
        return 1;
    uint64_t parts = bytes / PART_BYTES, most = rows->count < 1 << 20 ? rows->count : 1 << 20;
    return (uint32_t)(parts < most ? parts : most);
}

uint64_t
pngx_pack_first_row(const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    uint64_t more = rows->count % parts;

    return rows->count / parts * part + (part < more ? part : more);
}

/* Rows [first, end), filtered one after another. */
struct run {
    struct mim_job *job;
    struct pngx_packer *packer;
    const struct pngx_rows *rows;
    uint64_t first, end;
    uint64_t longest;          /* bytes of a row and its filter byte, at most */
    int mode;                  /* PNGX_FILTER_* or BEST_OF_ROW */
    bool runs;                 /* look for runs only */
    uint8_t *spare[2], *trial; /* made rows, and a filtered one */
    uint64_t unpolled;
};

static int32_t
open_run(struct run *run)
{
    run->longest = (uint64_t)run->rows->width * run->rows->pixel + 1;
    if (run->longest > INT32_MAX)
        return run->job->host->fail(run->job, MIM_UNSUPPORTED, MIM_UNKNOWN, "a row of more than %d bytes", INT32_MAX);
    int32_t status = shared_bytes_reserve(run->job, &run->packer->scratch, 3 * run->longest);
    if (status != MIM_OK)
        return status;
    run->spare[0] = run->packer->scratch.data;
    run->spare[1] = run->spare[0] + run->longest;
    run->trial = run->spare[1] + run->longest;
    return MIM_OK;
}

/* Row `r` into `out`, which has room for it and its filter byte. `*above` is the row before; NULL: it is fetched. */
static int32_t
filter_next(struct run *run, uint64_t r, const uint8_t **above, uint8_t *out)
{
    const struct pngx_rows *rows = run->rows;
    uint64_t size = pngx_rows_size(rows, r);

    if (pngx_rows_starts(rows, r))
        *above = NULL;
    else if (!*above)
        *above = pngx_rows_get(rows, r - 1, run->spare[(r + 1) % 2]);
    const uint8_t *row = pngx_rows_get(rows, r, run->spare[r % 2]);
    if (run->mode == BEST_OF_ROW)
        shared_filter_row_best(row, *above, size, rows->pixel, SHARED_FILTER_PAETH, out, run->trial);
    else
        shared_filter_row(run->mode, row, *above, size, rows->pixel, out);
    *above = row;
    run->unpolled += size;
    if (run->unpolled < POLL_BYTES)
        return MIM_OK;
    run->unpolled = 0;
    return run->job->host->poll(run->job);
}

static int32_t
filter_rows(struct run *run, uint64_t first, uint64_t end, uint8_t *out)
{
    const uint8_t *above = NULL;
    int32_t status = MIM_OK;

    for (uint64_t r = first; r < end && status == MIM_OK; r++) {
        status = filter_next(run, r, &above, out);
        out += 1 + pngx_rows_size(run->rows, r);
    }
    return status;
}

/* How many groups of rows, spread evenly, stand for all. */
static uint64_t
sample_groups(const struct run *run)
{
    uint64_t bytes = pngx_rows_bytes(run->rows, run->first, run->end), wanted = bytes / SAMPLE_SHARE;
    uint64_t rows = run->end - run->first;

    wanted = wanted < SAMPLE_LEAST ? SAMPLE_LEAST : wanted > SAMPLE_MOST ? SAMPLE_MOST : wanted;
    return (wanted >= bytes ? rows : rows * wanted / bytes) / SAMPLE_ROWS + 1;
}

static int32_t
filter_sample(struct run *run, uint64_t groups, uint64_t length, uint64_t *size)
{
    uint64_t rows = run->end - run->first;
    int32_t status = MIM_OK;

    *size = 0;
    for (uint64_t g = 0; g < groups && status == MIM_OK; g++) {
        uint64_t from = run->first + rows * g / groups, to = from + length;
        uint64_t next = run->first + rows * (g + 1) / groups;
        to = to < next ? to : next;
        status = filter_rows(run, from, to, run->packer->filtered.data + *size);
        *size += pngx_rows_bytes(run->rows, from, to);
    }
    return status;
}

/* What packed best so far. */
struct choice {
    int mode;
    bool runs;
    uint64_t least, size;
    uint64_t packed[MODES]; /* the better way */
};

static bool
is_drawing(const struct choice *best)
{
    return best->least < best->size / DRAWING;
}

/* The rows that stand for all, filtered in the run's mode, are packed with libdeflate, and where that may be better by
 * runs. */
static int32_t
try_mode(struct run *run, uint64_t groups, uint64_t length, struct choice *best)
{
    struct pngx_packer *packer = run->packer;
    bool is_candidate = run->mode == BEST_OF_ROW || run->mode == SHARED_FILTER_PAETH || run->mode == SHARED_FILTER_SUB;
    bool may_run = is_candidate && !is_drawing(best);
    uint64_t packed[2] = { 0 };

    int32_t status = filter_sample(run, groups, length, &best->size);
    if (status == MIM_OK)
        status = pngx_deflate_try(run->job, &packer->deflater, packer->filtered.data, best->size, &packed[0]);
    if (status == MIM_OK && may_run)
        status = pngx_deflate_try_runs(run->job, &packer->deflater, packer->filtered.data, best->size, &packed[1]);
    for (int runs = 0; runs <= may_run && status == MIM_OK; runs++)
        if (packed[runs] < best->least) {
            best->least = packed[runs];
            best->mode = run->mode;
            best->runs = runs;
        }
    best->packed[run->mode] = may_run && packed[1] < packed[0] ? packed[1] : packed[0];
    return status;
}

/* All of them, or what came near the best before. */
static int32_t
try_modes(struct run *run, uint64_t groups, uint64_t length, struct choice *best)
{
    uint64_t rows = run->end - run->first, most = groups * length, limit = best->least + best->least / 6;

    best->least = UINT64_MAX;
    int32_t status = shared_bytes_reserve(run->job, &run->packer->filtered, (most < rows ? most : rows) * run->longest);
    for (run->mode = 0; run->mode < MODES && status == MIM_OK; run->mode++)
        if (best->packed[run->mode] <= limit)
            status = try_mode(run, groups, length, best);
    return status;
}

/* Try every filter on some of the rows; what packs best is taken for all. */
static int32_t
choose(struct run *run)
{
    struct choice best = { 0 };
    uint64_t groups = sample_groups(run);

    int32_t status = try_modes(run, groups, SAMPLE_ROWS, &best);
    uint64_t longer = (run->end - run->first) / SECOND_SHARE / groups;
    if (status == MIM_OK && is_drawing(&best) && longer > SAMPLE_ROWS)
        status = try_modes(run, groups, longer, &best);
    run->mode = best.mode;
    run->runs = best.runs;
    return status;
}

static int32_t
stream_rows(struct run *run, bool is_last)
{
    struct mim_job *job = run->job;
    struct pngx_packer *packer = run->packer;
    struct shared_stream stream;
    const uint8_t *above = NULL;

    int32_t status = shared_bytes_reserve(job, &packer->filtered, run->longest);
    if (status == MIM_OK)
        status = pngx_deflate_open_stream(job, &packer->deflater, &stream, run->runs);
    if (status != MIM_OK)
        return status;
    for (uint64_t r = run->first; r < run->end && status == MIM_OK; r++) {
        int flush = r + 1 < run->end ? Z_NO_FLUSH : is_last ? Z_FINISH : Z_SYNC_FLUSH;
        status = filter_next(run, r, &above, packer->filtered.data);
        if (status == MIM_OK)
            status = shared_stream_add(job, &stream, packer->filtered.data, 1 + pngx_rows_size(run->rows, r), flush);
    }
    shared_stream_close(&stream);
    return status == MIM_OK ? shared_emit_sum(job, stream.sum) : status;
}

static int32_t
pack_at_once(struct run *run)
{
    struct pngx_packer *packer = run->packer;
    uint64_t bytes = pngx_rows_bytes(run->rows, run->first, run->end);

    int32_t status = shared_bytes_reserve(run->job, &packer->filtered, bytes);
    if (status == MIM_OK)
        status = filter_rows(run, run->first, run->end, packer->filtered.data);
    return status == MIM_OK ? pngx_deflate(run->job, &packer->deflater, packer->filtered.data, bytes) : status;
}

int32_t
pngx_pack(struct mim_job *job, struct pngx_packer *packer, const struct pngx_packing *packing,
          const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    static const uint8_t head[2] = { 0x78, 0x01 };
    struct run run = { .job = job,
                       .packer = packer,
                       .rows = rows,
                       .first = pngx_pack_first_row(rows, part, parts),
                       .end = pngx_pack_first_row(rows, part + 1, parts),
                       .mode = packing->filter };

    int32_t status = open_run(&run);
    if (status == MIM_OK)
        status = pngx_deflater_open(job, &packer->deflater, packing->level);
    if (status == MIM_OK && packing->filter == PNGX_FILTER_AUTO && packing->level)
        status = choose(&run);
    else if (packing->filter == PNGX_FILTER_AUTO)
        run.mode = SHARED_FILTER_NONE;
    if (status != MIM_OK)
        return status;
    if (parts == 1 && !run.runs)
        return pack_at_once(&run);
    if (parts == 1)
        status = job->host->emit(job, head, sizeof head);
    return status == MIM_OK ? stream_rows(&run, part + 1 == parts) : status;
}

void
pngx_packer_close(struct mim_job *job, struct pngx_packer *packer)
{
    pngx_deflater_close(job, &packer->deflater);
    shared_bytes_close(job, &packer->filtered);
    shared_bytes_close(job, &packer->scratch);
}
