/* SPDX-License-Identifier: MIT */
/*
 * Filters and compresses rows. Pictures up to WHOLE_MAX are filtered whole for libdeflate; larger ones are compressed
 * row by row in parts by zlib, whose output can be joined.
 */
#include "write/pack.h"

enum {
    WHOLE_MAX = 16 << 20, /* three times this, and the frames, fit the smallest working memory of the core */
    PART_BYTES = 4 << 20,
    SAMPLE_ROWS = 12,
    SAMPLE_MIN = 24 << 10,
    SAMPLE_MAX = 96 << 10,
    SAMPLE_SHARE = 32, /* try every filter on 1/32 of the bytes */
    /*
     * What compresses below 1/12 of its size is a drawing. Drawings compress fast, and repeat rows from far above, so
     * 1/8 of the rows is tried again in longer groups.
     */
    DRAWING_RATIO = 12,
    SECOND_SHARE = 8,
    POLL_BYTES = 1 << 20,
};

enum { BEST_OF_ROW = PNGX_FILTER_AUTO, MODES };

uint32_t
pngx_pack_parts(const struct pngx_rows *rows)
{
    uint64_t bytes = pngx_rows_bytes(rows, 0, rows->count);

    if (bytes <= WHOLE_MAX)
        return 1;
    uint64_t parts = bytes / PART_BYTES, max = rows->count < 1 << 20 ? rows->count : 1 << 20;
    return (uint32_t)(parts < max ? parts : max);
}

uint64_t
pngx_pack_first_row(const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    uint64_t more = rows->count % parts;

    return rows->count / parts * part + (part < more ? part : more);
}

/* Rows [first, end), which are filtered in order. */
struct range {
    struct mim_job *job;
    struct pngx_packer *packer;
    const struct pngx_rows *rows;
    uint64_t first, end;
    uint64_t longest;          /* bytes of the longest row with its filter byte */
    int mode;                  /* SHARED_FILTER_* or BEST_OF_ROW */
    bool is_runs_only;         /* compress with run-length matches only */
    uint8_t *spare[2], *trial; /* converted rows, and a filtered one */
    uint64_t unpolled;
};

static int32_t
open_range(struct range *range)
{
    range->longest = pngx_rows_width_size(range->rows, range->rows->width) + 1;
    if (range->longest > INT32_MAX)
        return range->job->host->fail(range->job, MIM_UNSUPPORTED, MIM_UNKNOWN, "a row of more than %d bytes",
                                      INT32_MAX);
    int32_t status = mim_bytes_reserve(range->job, &range->packer->scratch, 3 * range->longest);
    if (status != MIM_OK)
        return status;
    range->spare[0] = range->packer->scratch.data;
    range->spare[1] = range->spare[0] + range->longest;
    range->trial = range->spare[1] + range->longest;
    return MIM_OK;
}

/* Filters row `r` into `out`. `*above` is the previous row; NULL: fetch it. */
static int32_t
filter_next(struct range *range, uint64_t r, const uint8_t **above, uint8_t *out)
{
    const struct pngx_rows *rows = range->rows;
    uint64_t size = pngx_rows_size(rows, r);

    if (pngx_rows_starts_pass(rows, r))
        *above = NULL;
    else if (!*above)
        *above = pngx_rows_get(rows, r - 1, range->spare[(r + 1) % 2]);
    const uint8_t *row = pngx_rows_get(rows, r, range->spare[r % 2]);
    if (range->mode == BEST_OF_ROW)
        shared_filter_row_best(row, *above, size, rows->pixel, SHARED_FILTER_PAETH, out, range->trial);
    else
        shared_filter_row(range->mode, row, *above, size, rows->pixel, out);
    *above = row;
    range->unpolled += size;
    if (range->unpolled < POLL_BYTES)
        return MIM_OK;
    range->unpolled = 0;
    return range->job->host->poll(range->job);
}

static int32_t
filter_rows(struct range *range, uint64_t first, uint64_t end, uint8_t *out)
{
    const uint8_t *above = NULL;
    int32_t status = MIM_OK;

    for (uint64_t r = first; r < end && status == MIM_OK; r++) {
        status = filter_next(range, r, &above, out);
        out += 1 + pngx_rows_size(range->rows, r);
    }
    return status;
}

/* Number of evenly spread groups of rows in a sample. */
static uint64_t
sample_groups(const struct range *range)
{
    uint64_t bytes = pngx_rows_bytes(range->rows, range->first, range->end), wanted = bytes / SAMPLE_SHARE;
    uint64_t rows = range->end - range->first;

    wanted = wanted < SAMPLE_MIN ? SAMPLE_MIN : wanted > SAMPLE_MAX ? SAMPLE_MAX : wanted;
    return (wanted >= bytes ? rows : rows * wanted / bytes) / SAMPLE_ROWS + 1;
}

static int32_t
filter_sample(struct range *range, uint64_t groups, uint64_t length, uint64_t *size)
{
    uint64_t rows = range->end - range->first;
    int32_t status = MIM_OK;

    *size = 0;
    for (uint64_t g = 0; g < groups && status == MIM_OK; g++) {
        uint64_t from = range->first + rows * g / groups, to = from + length;
        uint64_t next = range->first + rows * (g + 1) / groups;
        to = to < next ? to : next;
        status = filter_rows(range, from, to, range->packer->filtered.data + *size);
        *size += pngx_rows_bytes(range->rows, from, to);
    }
    return status;
}

/* The best result so far. */
struct choice {
    int mode;
    bool is_runs_only;
    uint64_t min, size;
    uint64_t packed[MODES]; /* the smaller of both ways */
};

static bool
is_drawing(const struct choice *best)
{
    return best->min < best->size / DRAWING_RATIO;
}

/*
 * Compresses a sample filtered in the mode of the range, with libdeflate and, where that may help, with run-length
 * matches.
 */
static int32_t
try_mode(struct range *range, uint64_t groups, uint64_t length, struct choice *best)
{
    struct pngx_packer *packer = range->packer;
    bool is_candidate =
        range->mode == BEST_OF_ROW || range->mode == SHARED_FILTER_PAETH || range->mode == SHARED_FILTER_SUB;
    bool may_run = is_candidate && !is_drawing(best);
    uint64_t packed[2] = { 0 };

    int32_t status = filter_sample(range, groups, length, &best->size);
    if (status == MIM_OK)
        status = pngx_deflate_try(range->job, &packer->deflater, packer->filtered.data, best->size, &packed[0]);
    if (status == MIM_OK && may_run)
        status = pngx_deflate_try_runs(range->job, &packer->deflater, packer->filtered.data, best->size, &packed[1]);
    for (int is_runs_only = 0; is_runs_only <= may_run && status == MIM_OK; is_runs_only++)
        if (packed[is_runs_only] < best->min) {
            best->min = packed[is_runs_only];
            best->mode = range->mode;
            best->is_runs_only = is_runs_only;
        }
    best->packed[range->mode] = may_run && packed[1] < packed[0] ? packed[1] : packed[0];
    return status;
}

/* Tries all modes, or in the second round those that came close to the best. */
static int32_t
try_modes(struct range *range, uint64_t groups, uint64_t length, struct choice *best)
{
    uint64_t rows = range->end - range->first, max = groups * length, limit = best->min + best->min / 6;

    best->min = UINT64_MAX;
    int32_t status =
        mim_bytes_reserve(range->job, &range->packer->filtered, (max < rows ? max : rows) * range->longest);
    for (range->mode = 0; range->mode < MODES && status == MIM_OK; range->mode++)
        if (best->packed[range->mode] <= limit)
            status = try_mode(range, groups, length, best);
    return status;
}

/* Tries every filter on a sample of rows and takes the best for all. */
static int32_t
choose_filter(struct range *range)
{
    struct choice best = { 0 };
    uint64_t groups = sample_groups(range);

    int32_t status = try_modes(range, groups, SAMPLE_ROWS, &best);
    uint64_t longer = (range->end - range->first) / SECOND_SHARE / groups;
    if (status == MIM_OK && is_drawing(&best) && longer > SAMPLE_ROWS)
        status = try_modes(range, groups, longer, &best);
    range->mode = best.mode;
    range->is_runs_only = best.is_runs_only;
    return status;
}

static int32_t
stream_rows(struct range *range, bool is_last)
{
    struct mim_job *job = range->job;
    struct pngx_packer *packer = range->packer;
    struct shared_stream stream;
    const uint8_t *above = NULL;

    int32_t status = mim_bytes_reserve(job, &packer->filtered, range->longest);
    if (status == MIM_OK)
        status = pngx_deflate_open_stream(job, &packer->deflater, &stream, range->is_runs_only);
    if (status != MIM_OK)
        return status;
    for (uint64_t r = range->first; r < range->end && status == MIM_OK; r++) {
        int flush = r + 1 < range->end ? Z_NO_FLUSH : is_last ? Z_FINISH : Z_SYNC_FLUSH;
        status = filter_next(range, r, &above, packer->filtered.data);
        if (status == MIM_OK)
            status = shared_stream_add(job, &stream, packer->filtered.data, 1 + pngx_rows_size(range->rows, r), flush);
    }
    shared_stream_close(&stream);
    return status == MIM_OK ? shared_emit_sum(job, stream.sum) : status;
}

static int32_t
pack_at_once(struct range *range)
{
    struct pngx_packer *packer = range->packer;
    uint64_t bytes = pngx_rows_bytes(range->rows, range->first, range->end);

    int32_t status = mim_bytes_reserve(range->job, &packer->filtered, bytes);
    if (status == MIM_OK)
        status = filter_rows(range, range->first, range->end, packer->filtered.data);
    return status == MIM_OK ? pngx_deflate(range->job, &packer->deflater, packer->filtered.data, bytes) : status;
}

int32_t
pngx_pack(struct mim_job *job, struct pngx_packer *packer, const struct pngx_packing *packing,
          const struct pngx_rows *rows, uint32_t part, uint32_t parts)
{
    static const uint8_t head[2] = { 0x78, 0x01 };
    struct range range = { .job = job,
                           .packer = packer,
                           .rows = rows,
                           .first = pngx_pack_first_row(rows, part, parts),
                           .end = pngx_pack_first_row(rows, part + 1, parts),
                           .mode = packing->filter };

    int32_t status = open_range(&range);
    if (status == MIM_OK)
        status = pngx_deflater_open(job, &packer->deflater, packing->level);
    if (status == MIM_OK && packing->filter == PNGX_FILTER_AUTO && packing->level)
        status = choose_filter(&range);
    else if (packing->filter == PNGX_FILTER_AUTO)
        range.mode = SHARED_FILTER_NONE;
    if (status != MIM_OK)
        return status;
    if (parts == 1 && !range.is_runs_only)
        return pack_at_once(&range);
    if (parts == 1)
        status = job->host->emit(job, head, sizeof head);
    return status == MIM_OK ? stream_rows(&range, part + 1 == parts) : status;
}

void
pngx_packer_close(struct mim_job *job, struct pngx_packer *packer)
{
    pngx_deflater_close(job, &packer->deflater);
    mim_bytes_clear(job, &packer->filtered);
    mim_bytes_clear(job, &packer->scratch);
}
