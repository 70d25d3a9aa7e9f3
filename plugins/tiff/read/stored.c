/* SPDX-License-Identifier: MIT */
/* Uncompressed samples that are stored row after row, whatever the strips. */
#include "read/stored.h"

#include <tiff.h>

#include "read/plan.h"

static uint64_t
strips_per_plane(const struct tiff_page *page)
{
    return (page->height - 1) / page->rows_per_strip + 1;
}

static uint64_t
rows_of_strip(const struct tiff_page *page, uint64_t strip)
{
    uint64_t left = page->height - strip % strips_per_plane(page) * page->rows_per_strip;
    return left < page->rows_per_strip ? left : page->rows_per_strip;
}

/* Are the strips adjacent? Sets `*start` to 0 if they are not. */
static int32_t
check_offsets(const struct tiff_page *page, struct tiff_directory *directory, const struct tiff_entry *offsets,
              uint64_t *start)
{
    uint64_t count = strips_per_plane(page) * page->planes, row = tiff_page_row_bytes(page, page->width), at = 0;
    if (offsets->count < count)
        return MIM_OK;

    int32_t status = tiff_directory_uint(directory, offsets, 0, start);
    uint64_t expected = *start;
    for (uint64_t i = 1; i < count && status == MIM_OK && *start; i++) {
        expected += row * rows_of_strip(page, i - 1);
        status = tiff_directory_uint(directory, offsets, i, &at);
        if (at != expected)
            *start = 0;
    }
    return status;
}

/* Does each strip hold its rows? The size of a single strip is ignored, as many writers get it wrong. */
static int32_t
check_sizes(const struct tiff_page *page, struct tiff_directory *directory, const struct tiff_entry *sizes,
            uint64_t *start)
{
    uint64_t count = strips_per_plane(page) * page->planes, row = tiff_page_row_bytes(page, page->width), size = 0;
    int32_t status = MIM_OK;
    for (uint64_t i = 0; count > 1 && i < count && i < sizes->count && status == MIM_OK && *start; i++) {
        status = tiff_directory_uint(directory, sizes, i, &size);
        if (size < row * rows_of_strip(page, i))
            *start = 0;
    }
    return status;
}

int32_t
tiff_page_find_stored(struct tiff_page *page, struct tiff_directory *directory, const struct tiff_strips *strips)
{
    struct mim_job *job = directory->job;
    page->stored_at = 0;
    if (page->compression != COMPRESSION_NONE || page->route != TIFF_ROUTE_SAMPLES || page->is_tiled)
        return MIM_OK;

    uint64_t start = 0;
    int32_t status = check_offsets(page, directory, &strips->offsets, &start);
    if (status == MIM_OK)
        status = check_sizes(page, directory, &strips->sizes, &start);
    if (status == MIM_OK)
        page->stored_at = start;
    else if (status != MIM_CORRUPT) /* libtiff reports the error, or copes */
        return job->host->fail(job, status, page->offset, "cannot read the offsets of the strips");
    return MIM_OK;
}

bool
tiff_page_is_raw(const struct tiff_page *page)
{
    return page->stored_at && page->planes == 1 && tiff_page_has_plain_samples(page) &&
           page->fill_order == FILLORDER_MSB2LSB && page->colour == TIFF_COLOUR_KEEP && !page->is_turned &&
           !page->is_premultiplied && (page->photometric != PHOTOMETRIC_YCBCR || page->samples == 3);
}
