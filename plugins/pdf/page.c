/* SPDX-License-Identifier: MIT */
/* How many pixels a page becomes: known before anything is drawn. */
#include <inttypes.h>
#include <math.h>

#include "pdf.h"

/* As pdftocairo counts: the parts of a pixel are a pixel. */
static bool
to_pixels(double points, double scale, uint32_t *pixels)
{
    double count = ceil(points * scale);
    bool fits = count >= 1 && count <= UINT32_MAX;
    *pixels = fits ? (uint32_t)count : 0;
    return fits;
}

int32_t
pdf_page_measure(struct pdf_page *page, struct mim_job *job, const struct pdf_choices *choices, struct mim_frame_info *info)
{
    struct mim_size size = choices->size;
    page->x_scale = size.width ? size.width / page->width : choices->dpi / 72;
    page->y_scale = size.height ? size.height / page->height : choices->dpi / 72;
    if (size.width && !size.height)
        page->y_scale = page->x_scale;
    if (size.height && !size.width)
        page->x_scale = page->y_scale;

    bool fits = size.width || to_pixels(page->width, page->x_scale, &info->width);
    fits = fits && (size.height || to_pixels(page->height, page->y_scale, &info->height));
    if (!fits)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "page %" PRIu64 " of %g x %g points has no size in pixels",
                               page->index + 1, page->width, page->height);
    if (size.width)
        info->width = size.width;
    if (size.height)
        info->height = size.height;
    return MIM_OK;
}
