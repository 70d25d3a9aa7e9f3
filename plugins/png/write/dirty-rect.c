/* SPDX-License-Identifier: MIT */
/*
 * Finds the smallest rectangle to store. Each frame is drawn over the previous one, so only the rectangle that differs
 * is needed; in it, equal pixels may be transparent if all others are opaque.
 */
#include "write/dirty-rect.h"

#include <string.h>

enum { PIXELS_PER_POLL = 1 << 20, EQUAL_SHARE_MIN = 16 };

static const uint8_t *
pixel_at(const struct mim_raster *raster, uint32_t pixel, uint32_t x, uint32_t y)
{
    return raster->data + y * raster->stride + (size_t)x * pixel;
}

static int32_t
poll_after(struct mim_job *job, uint32_t y, uint32_t width)
{
    return (uint64_t)y * width % PIXELS_PER_POLL < width ? job->host->poll(job) : MIM_OK;
}

/* APNG requires at least one pixel, also of a frame that is equal to the one before. */
static int32_t
find_rect(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *before,
          struct pngx_layout *layout)
{
    struct mim_rect rect;

    int32_t status = job->host->find_changes(job, frame, before, &rect);
    if (status != MIM_OK)
        return status;
    layout->x = rect.x;
    layout->y = rect.y;
    layout->width = rect.width ? rect.width : 1;
    layout->height = rect.height ? rect.height : 1;
    return MIM_OK;
}

/* Blends over the previous frame if all pixels that differ are opaque and enough others are equal. */
static int32_t
choose_blending(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *before, uint32_t pixel,
                struct pngx_layout *layout)
{
    uint32_t alpha = pixel / frame->channels * (frame->channels - 1), size = pixel - alpha;
    uint64_t equal = 0;

    for (uint32_t y = layout->y; y < layout->y + layout->height; y++) {
        const uint8_t *one = pixel_at(frame, pixel, layout->x, y), *other = pixel_at(before, pixel, layout->x, y);
        int32_t status = poll_after(job, y, layout->width);
        if (status != MIM_OK)
            return status;
        for (uint32_t x = 0; x < layout->width; x++, one += pixel, other += pixel) {
            if (!memcmp(one, other, pixel))
                equal++;
            else if (memcmp(one + alpha, "\xff\xff", size) != 0)
                return MIM_OK;
        }
    }
    layout->is_over = equal >= (uint64_t)layout->width * layout->height / EQUAL_SHARE_MIN + 1;
    return MIM_OK;
}

int32_t
pngx_dirty_rect_find(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *before,
                     struct pngx_layout *layout, struct pngx_rows *rows)
{
    int32_t status = MIM_OK;

    if (before)
        status = find_rect(job, frame, before, layout);
    if (status == MIM_OK && before && frame->channels % 2 == 0)
        status = choose_blending(job, frame, before, rows->pixel, layout);
    rows->below = layout->is_over ? before : NULL;
    rows->x = layout->x;
    rows->y = layout->y;
    rows->width = layout->width;
    rows->height = layout->height;
    return status;
}
