/* SPDX-License-Identifier: MIT */
/* Colours by the names of docs/metadata.md, which are FFmpeg's, and luminance in cd/m². */
#include "chunk/display.h"

#include <math.h>
#include <string.h>

#include <mim/kit/bytes.h>
#include <mim/kit/numbers.h>

#include "chunk/chunk.h"
#include "chunk/emit.h"

enum { UNKNOWN = 2, FIXED = 100000, CHROMATICITY = 50000, LUMINANCE = 10000, DISPLAY_NUMBERS = 10 };

struct code_point {
    const char *name; /* NULL: none */
    bool is_ordinary; /* usual displays show it like sRGB, which files without a chunk imply */
};

static const struct code_point transfers[] = {
    [1] = { "bt709", true },
    [4] = { "bt470m", true },
    [5] = { "bt470bg", true },
    [6] = { "smpte170m", true },
    [7] = { "smpte240m", true },
    [8] = { "linear", false },
    [9] = { "log100", false },
    [10] = { "log316", false },
    [11] = { "iec61966-2-4", false },
    [12] = { "bt1361e", false },
    [13] = { "iec61966-2-1", true },
    [14] = { "bt2020-10", true },
    [15] = { "bt2020-12", true },
    [16] = { "smpte2084", false },
    [17] = { "smpte428", false },
    [18] = { "arib-std-b67", false },
};
static const struct code_point primaries[] = {
    [1] = { "bt709", true },     [4] = { "bt470m", false },   [5] = { "bt470bg", true },
    [6] = { "smpte170m", true }, [7] = { "smpte240m", false }, [8] = { "film", false },
    [9] = { "bt2020", false },   [10] = { "smpte428", false }, [11] = { "smpte431", false },
    [12] = { "smpte432", false }, [22] = { "ebu3213", false },
};
enum { TRANSFERS = sizeof transfers / sizeof *transfers, PRIMARIES = sizeof primaries / sizeof *primaries };

/* --- reading ------------------------------------------------------------------------------------------------------ */

static int32_t
report_point(struct mim_job *job, const char *key, const struct code_point *points, uint8_t count, uint8_t number)
{
    const struct code_point *point = number < count ? &points[number] : NULL;
    if (!point || !point->name)
        return MIM_OK;
    return job->host->meta(job, key, MIM_META_TEXT | (point->is_ordinary ? MIM_META_IMPLIED : 0), point->name,
                           strlen(point->name));
}

static int32_t
report_gamma(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    double gamma = size == 4 ? (double)mim_load_be32(data) / FIXED : 0;
    return gamma > 0 ? job->host->meta(job, "gamma", MIM_META_REAL, &gamma, sizeof gamma) : MIM_CORRUPT;
}

static int32_t
report_chromaticities(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    double values[8];
    if (size != 32)
        return MIM_CORRUPT;
    for (int i = 0; i < 8; i++)
        values[i] = (double)mim_load_be32(data + 4 * i) / FIXED;
    return job->host->meta(job, "chromaticities", MIM_META_REALS, values, sizeof values);
}

static int32_t
report_colours(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    if (size != PNGX_CICP_SIZE || data[2] || data[3] > 1) /* samples are RGB, of full or of narrow range */
        return MIM_CORRUPT;
    int32_t status = report_point(job, "primaries", primaries, PRIMARIES, data[0]);
    if (status == MIM_OK)
        status = report_point(job, "transfer", transfers, TRANSFERS, data[1]);
    if (status == MIM_OK && !data[3])
        status = job->host->meta(job, "range", MIM_META_TEXT, "tv", 2);
    return status;
}

static int32_t
report_mastering(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    struct mim_rational values[DISPLAY_NUMBERS];
    if (size != PNGX_MDCV_SIZE)
        return MIM_CORRUPT;
    for (int i = 0; i < 8; i++)
        values[i] = (struct mim_rational){ mim_load_be16(data + 2 * i), CHROMATICITY };
    values[8] = (struct mim_rational){ mim_load_be32(data + 20), LUMINANCE };
    values[9] = (struct mim_rational){ mim_load_be32(data + 16), LUMINANCE };
    return job->host->meta(job, "mastering_display", MIM_META_RATIONALS, values, sizeof values);
}

static int32_t
report_light(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    int64_t values[2];
    if (size != PNGX_CLLI_SIZE)
        return MIM_CORRUPT;
    for (int i = 0; i < 2; i++)
        values[i] = ((int64_t)mim_load_be32(data + 4 * i) + LUMINANCE / 2) / LUMINANCE;
    return values[0] || values[1] ? job->host->meta(job, "content_light", MIM_META_INTS, values, sizeof values) : MIM_OK;
}

int32_t
pngx_display_report(struct mim_job *job, uint32_t type, const uint8_t *data, uint64_t size)
{
    static const struct {
        uint32_t type;
        int32_t (*report)(struct mim_job *, const uint8_t *data, uint64_t size);
    } handlers[] = { { PNGX_TYPE('g', 'A', 'M', 'A'), report_gamma },
                     { PNGX_TYPE('c', 'H', 'R', 'M'), report_chromaticities },
                     { PNGX_TYPE('c', 'I', 'C', 'P'), report_colours },
                     { PNGX_TYPE('m', 'D', 'C', 'V'), report_mastering },
                     { PNGX_TYPE('c', 'L', 'L', 'I'), report_light } };
    for (unsigned i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].type == type)
            return handlers[i].report(job, data, size);
    return MIM_OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static uint8_t
find_point(const struct code_point *points, uint8_t count, const char *name, uint64_t size)
{
    for (uint8_t i = 0; i < count; i++)
        if (points[i].name && strlen(points[i].name) == size && !memcmp(points[i].name, name, size))
            return i;
    return 0;
}

static bool
retain_transfer(struct pngx_display *display, int32_t type, const void *value, uint64_t size)
{
    display->transfer = type == MIM_META_TEXT ? find_point(transfers, TRANSFERS, value, size) : 0;
    return display->transfer;
}

static bool
retain_primaries(struct pngx_display *display, int32_t type, const void *value, uint64_t size)
{
    display->primaries = type == MIM_META_TEXT ? find_point(primaries, PRIMARIES, value, size) : 0;
    return display->primaries;
}

/* Stores the numbers of the value that `order` lists as integers of `bytes` bytes. */
static bool
store_numbers(uint8_t *out, int32_t type, const void *value, const uint8_t *order, uint32_t count, uint32_t unit,
              uint32_t bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        double number = round(mim_number_at(type, value, order[i]) * unit);
        if (!(number >= 0 && number <= (bytes == 2 ? UINT16_MAX : UINT32_MAX)))
            return false;
        out = bytes == 2 ? mim_store_be16(out, (uint16_t)number) : mim_store_be32(out, (uint32_t)number);
    }
    return true;
}

static bool
retain_mastering(struct pngx_display *display, int32_t type, const void *value, uint64_t size)
{
    static const uint8_t points[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, luminances[] = { 9, 8 };
    display->has_mdcv = mim_numbers_count(type, size) == DISPLAY_NUMBERS &&
                        store_numbers(display->mdcv, type, value, points, 8, CHROMATICITY, 2) &&
                        store_numbers(display->mdcv + 16, type, value, luminances, 2, LUMINANCE, 4);
    return display->has_mdcv;
}

static bool
retain_light(struct pngx_display *display, int32_t type, const void *value, uint64_t size)
{
    static const uint8_t order[] = { 0, 1 };
    display->has_clli =
        mim_numbers_count(type, size) == 2 && store_numbers(display->clli, type, value, order, 2, LUMINANCE, 4);
    return display->has_clli;
}

int32_t
pngx_display_retain(struct pngx_display *display, const char *key, int32_t type, const void *value, uint64_t size)
{
    static const struct {
        const char *key;
        bool (*retain)(struct pngx_display *, int32_t type, const void *value, uint64_t size);
    } known[] = { { "transfer", retain_transfer },
                  { "primaries", retain_primaries },
                  { "mastering_display", retain_mastering },
                  { "content_light", retain_light } };
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].key, key))
            return known[i].retain(display, type, value, size) ? MIM_OK : MIM_UNSUPPORTED;
    return MIM_UNSUPPORTED;
}

/* A file without the chunk implies ordinary colours. */
static int32_t
emit_colours(struct mim_job *job, const struct pngx_display *display)
{
    const uint8_t data[PNGX_CICP_SIZE] = { display->primaries ? display->primaries : UNKNOWN,
                                           display->transfer ? display->transfer : UNKNOWN, 0, 1 };
    bool is_ordinary = (!display->primaries || primaries[display->primaries].is_ordinary) &&
                       (!display->transfer || transfers[display->transfer].is_ordinary);
    return is_ordinary ? MIM_OK : pngx_emit_chunk(job, PNGX_TYPE('c', 'I', 'C', 'P'), NULL, 0, data, sizeof data);
}

int32_t
pngx_display_emit(struct mim_job *job, const struct pngx_display *display)
{
    int32_t status = emit_colours(job, display);
    if (status == MIM_OK && display->has_mdcv)
        status = pngx_emit_chunk(job, PNGX_TYPE('m', 'D', 'C', 'V'), NULL, 0, display->mdcv, sizeof display->mdcv);
    if (status == MIM_OK && display->has_clli)
        status = pngx_emit_chunk(job, PNGX_TYPE('c', 'L', 'L', 'I'), NULL, 0, display->clli, sizeof display->clli);
    return status;
}
