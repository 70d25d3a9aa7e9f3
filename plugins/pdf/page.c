/* SPDX-License-Identifier: MIT */
/* Computes the size of a page in pixels before anything is drawn. */
#include "page.h"

#include <inttypes.h>
#include <math.h>

/* Rounds up as pdftocairo does, in the same order of operations. */
static bool
to_pixels(double points, double dpi, uint32_t *pixels)
{
    double count = ceil(points * dpi / 72);
    bool fits = count >= 1 && count <= UINT32_MAX;
    *pixels = fits ? (uint32_t)count : 0;
    return fits;
}

int32_t
pdf_page_measure(struct pdf_page *page, struct mim_job *job, const struct pdf_choices *choices,
                 struct mim_frame_info *info)
{
    const struct mim_size *size = &choices->size;
    page->width *= page->unit;
    page->height *= page->unit;
    bool fits = page->width > 0 && page->height > 0;
    page->x_scale = page->y_scale = choices->dpi / 72;
    if (fits && size->width) {
        page->x_scale = size->width / page->width;
        page->y_scale = size->height / page->height;
        info->width = size->width;
        info->height = size->height;
    } else if (fits) {
        fits =
            to_pixels(page->width, choices->dpi, &info->width) && to_pixels(page->height, choices->dpi, &info->height);
    }
    if (fits)
        return MIM_OK;
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "page %" PRIu64 " of %g x %g points has no size in pixels",
                           page->index + 1, page->width, page->height);
}
