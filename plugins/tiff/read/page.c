/* SPDX-License-Identifier: MIT */
/* The facts of a page, from its tags. */
#include "read/page.h"

#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"

/* Tags with one number, and the value without the tag. */
static const struct {
    uint16_t tag;
    uint16_t field;
    uint32_t initial;
} facts[] = {
    { TIFFTAG_SUBFILETYPE, offsetof(struct tiff_page, subfile), 0 },
    { TIFFTAG_IMAGEWIDTH, offsetof(struct tiff_page, width), 0 },
    { TIFFTAG_IMAGELENGTH, offsetof(struct tiff_page, height), 0 },
    { TIFFTAG_COMPRESSION, offsetof(struct tiff_page, compression), COMPRESSION_NONE },
    { TIFFTAG_PHOTOMETRIC, offsetof(struct tiff_page, photometric), UINT32_MAX },
    { TIFFTAG_FILLORDER, offsetof(struct tiff_page, fill_order), FILLORDER_MSB2LSB },
    { TIFFTAG_ORIENTATION, offsetof(struct tiff_page, orientation), ORIENTATION_TOPLEFT },
    { TIFFTAG_SAMPLESPERPIXEL, offsetof(struct tiff_page, samples), 0 },
    { TIFFTAG_ROWSPERSTRIP, offsetof(struct tiff_page, rows_per_strip), UINT32_MAX },
    { TIFFTAG_PLANARCONFIG, offsetof(struct tiff_page, planar), PLANARCONFIG_CONTIG },
    { TIFFTAG_PREDICTOR, offsetof(struct tiff_page, predictor), PREDICTOR_NONE },
    { TIFFTAG_TILEWIDTH, offsetof(struct tiff_page, tile_width), 0 },
    { TIFFTAG_TILELENGTH, offsetof(struct tiff_page, tile_height), 0 },
    { TIFFTAG_INKSET, offsetof(struct tiff_page, ink_set), INKSET_CMYK },
};
#define FACT_COUNT (sizeof facts / sizeof *facts)

static uint32_t *
fact_of(struct tiff_page *page, uint64_t i)
{
    return (uint32_t *)((char *)page + facts[i].field);
}

/* Without these tags the samples cannot be placed: check_page() finds what is missing. */
static bool
places_samples(uint16_t tag)
{
    static const uint16_t tags[] = {
        TIFFTAG_IMAGEWIDTH,   TIFFTAG_IMAGELENGTH,  TIFFTAG_COMPRESSION, TIFFTAG_SAMPLESPERPIXEL,
        TIFFTAG_ROWSPERSTRIP, TIFFTAG_PLANARCONFIG, TIFFTAG_TILEWIDTH,   TIFFTAG_TILELENGTH,
    };
    return tiff_is_among(tag, tags, sizeof tags / sizeof *tags);
}

static int32_t
read_fact(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_entry *entry)
{
    for (uint64_t i = 0; i < FACT_COUNT; i++) {
        uint64_t value = 0;
        if (facts[i].tag != entry->tag)
            continue;
        int32_t status = tiff_directory_uint(directory, entry, 0, &value);
        if (status == MIM_OK)
            *fact_of(page, i) = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
        return status;
    }
    return MIM_OK;
}

/* A value of each sample; all must be equal. The list may have another length than the samples. */
static int32_t
read_common(const struct tiff_page *page, struct tiff_directory *directory, const struct tiff_entry *entry,
            uint32_t *common)
{
    uint64_t first = 0, value = 0;
    int32_t status = entry->count ? tiff_directory_uint(directory, entry, 0, &first) : MIM_OK;
    for (uint64_t i = 1; i < entry->count && i < page->samples && status == MIM_OK; i++) {
        status = tiff_directory_uint(directory, entry, i, &value);
        if (status == MIM_OK && value != first)
            return directory->job->host->fail(directory->job, MIM_UNSUPPORTED, directory->offset,
                                              "samples of different kinds in one page (tag %u: %llu and %llu)",
                                              (unsigned)entry->tag, (unsigned long long)first,
                                              (unsigned long long)value);
    }
    if (entry->count && status == MIM_OK)
        *common = first > UINT32_MAX ? UINT32_MAX : (uint32_t)first;
    return status;
}

static bool
is_bad_value(int32_t status)
{
    return status == MIM_CORRUPT || status == MIM_TRUNCATED;
}

static int32_t
fail_tag(const struct tiff_directory *directory, int32_t status, const struct tiff_entry *entry)
{
    return directory->job->host->fail(directory->job, status, directory->offset,
                                      "cannot read tag %u, of type %u with %llu values", (unsigned)entry->tag,
                                      (unsigned)entry->type, (unsigned long long)entry->count);
}

static int32_t
read_sample_kinds(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_strips *strips)
{
    int32_t status = read_common(page, directory, &strips->bits, &page->bits);
    if (status != MIM_OK)
        return fail_tag(directory, status, &strips->bits);
    status = read_common(page, directory, &strips->formats, &page->format);
    return is_bad_value(status) ? tiff_directory_drop(directory, &strips->formats, "its value cannot be read") : status;
}

static int32_t
read_pair(struct tiff_directory *directory, const struct tiff_entry *entry, uint32_t *x, uint32_t *y)
{
    uint64_t a = 0, b = 0;
    int32_t status = tiff_directory_uint(directory, entry, 0, &a);
    if (status == MIM_OK)
        status = tiff_directory_uint(directory, entry, 1, &b);
    if (status == MIM_OK)
        *x = (uint32_t)a, *y = (uint32_t)b;
    return status;
}

static int32_t
read_entry(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_entry *entry,
           struct tiff_strips *strips)
{
    uint64_t extra = 0;
    int32_t status;

    switch (entry->tag) {
    case TIFFTAG_BITSPERSAMPLE:
        strips->bits = *entry;
        return MIM_OK;
    case TIFFTAG_SAMPLEFORMAT:
        strips->formats = *entry;
        return MIM_OK;
    case TIFFTAG_EXTRASAMPLES:
        status = tiff_directory_uint(directory, entry, 0, &extra);
        if (status != MIM_OK)
            return status;
        page->extra = (uint32_t)extra;
        page->extra_count = entry->count > UINT16_MAX ? UINT16_MAX : (uint32_t)entry->count;
        return MIM_OK;
    case TIFFTAG_YCBCRSUBSAMPLING:
        return read_pair(directory, entry, &page->subsample_x, &page->subsample_y);
    case TIFFTAG_STRIPOFFSETS:
    case TIFFTAG_TILEOFFSETS:
        strips->offsets = *entry;
        return MIM_OK;
    case TIFFTAG_STRIPBYTECOUNTS:
    case TIFFTAG_TILEBYTECOUNTS:
        strips->sizes = *entry;
        return MIM_OK;
    default:
        return read_fact(page, directory, entry);
    }
}

static bool
is_fax(uint32_t compression)
{
    return compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW ||
           compression == COMPRESSION_CCITTFAX3 || compression == COMPRESSION_CCITTFAX4;
}

/* Replace missing tags by the values that libtiff assumes. In fax codes a white run comes first, so 0 is white. */
static void
fill_gaps(struct tiff_page *page)
{
    bool is_old_jpeg = page->compression == COMPRESSION_OJPEG;
    if (page->photometric == UINT32_MAX && is_fax(page->compression))
        page->photometric = PHOTOMETRIC_MINISWHITE;
    if (page->photometric == UINT32_MAX && is_old_jpeg)
        page->photometric = PHOTOMETRIC_YCBCR;
    if (page->samples == 0)
        page->samples =
            is_old_jpeg && page->photometric >= PHOTOMETRIC_RGB && page->photometric != PHOTOMETRIC_MASK ? 3 : 1;
    if (page->photometric == UINT32_MAX)
        page->photometric =
            page->samples - page->extra_count == 3 ? PHOTOMETRIC_RGB : (uint32_t)PHOTOMETRIC_MINISBLACK;
    if (page->bits == 0)
        page->bits = is_old_jpeg ? 8 : 1;
    if (page->orientation < 1 || page->orientation > 8)
        page->orientation = ORIENTATION_TOPLEFT;
    if (page->rows_per_strip > page->height)
        page->rows_per_strip = page->height ? page->height : 1;
    page->planes = page->planar == PLANARCONFIG_SEPARATE ? page->samples : 1;
    page->is_tiled = page->tile_width != 0 || page->tile_height != 0;
}

static int32_t
check_page(const struct tiff_page *page, struct tiff_directory *directory)
{
    struct mim_job *job = directory->job;
    if (page->width == 0 || page->height == 0)
        return job->host->fail(job, MIM_CORRUPT, page->offset, "a page of %u x %u pixels", page->width, page->height);
    if (page->samples > UINT16_MAX || page->bits == 0 || page->bits > UINT16_MAX)
        return job->host->fail(job, MIM_CORRUPT, page->offset, "a page of %u samples with %u bits", page->samples,
                               page->bits);
    if (page->is_tiled ? page->tile_width == 0 || page->tile_height == 0 : page->rows_per_strip == 0)
        return job->host->fail(job, MIM_CORRUPT, page->offset, "a page with %s of size 0",
                               page->is_tiled ? "tiles" : "strips");
    if (page->is_tiled && (page->tile_width > INT32_MAX || page->tile_height > INT32_MAX))
        return job->host->fail(job, MIM_CORRUPT, page->offset, "tiles of %u x %u pixels", page->tile_width,
                               page->tile_height);
    if (page->planar != PLANARCONFIG_CONTIG && page->planar != PLANARCONFIG_SEPARATE)
        return job->host->fail(job, MIM_CORRUPT, page->offset, "planar configuration %u", page->planar);
    return MIM_OK;
}

int32_t
tiff_page_read(struct tiff_page *page, struct tiff_directory *directory, struct tiff_strips *strips)
{
    struct mim_job *job = directory->job;
    uint64_t seen[(UINT16_MAX + 1) / 64 / 16] = { 0 }; /* tags below 4096: the first of two equal ones counts */

    *page = (struct tiff_page){ .offset = directory->offset, .order = directory->order, .format = SAMPLEFORMAT_UINT,
                                .subsample_x = 2, .subsample_y = 2 };
    *strips = (struct tiff_strips){ 0 };
    for (uint64_t i = 0; i < FACT_COUNT; i++)
        *fact_of(page, i) = facts[i].initial;

    int32_t status = tiff_directory_open(directory);
    for (uint64_t i = 0; i < directory->count && status == MIM_OK; i++) {
        struct tiff_entry entry;
        status = tiff_directory_entry(directory, i, &entry);
        if (status != MIM_OK || entry.tag >= sizeof seen * 8)
            continue;
        uint64_t bit = 1ull << entry.tag % 64;
        if (!(seen[entry.tag / 64] & bit))
            status = read_entry(page, directory, &entry, strips);
        if (is_bad_value(status) && !places_samples(entry.tag))
            status = tiff_directory_drop(directory, &entry, "its value cannot be read");
        if (status != MIM_OK && status != MIM_CORRUPT)
            return fail_tag(directory, status, &entry);
        status = MIM_OK;
        seen[entry.tag / 64] |= bit;
    }
    if (status != MIM_OK)
        return job->host->fail(job, status, directory->offset, "cannot read the tags of this page");

    page->has_uneven_strips = strips->offsets.count != strips->sizes.count;
    status = read_sample_kinds(page, directory, strips);
    if (status != MIM_OK)
        return status;
    fill_gaps(page);
    return check_page(page, directory);
}

uint64_t
tiff_page_row_bytes(const struct tiff_page *page, uint32_t width)
{
    /* check_page() limits samples and bits to 2^16, so that the result is below 2^61 */
    uint64_t samples = (uint64_t)width * (page->samples / page->planes), bits;
    if (__builtin_mul_overflow(samples, page->bits, &bits))
        return UINT64_MAX / 16;
    return bits / 8 + (bits % 8 != 0);
}
