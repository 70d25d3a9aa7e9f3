/* SPDX-License-Identifier: MIT */
/* Compares a frame with the previous one, pixel by pixel. */
#include "write/overlay.h"

enum { ROWS_PER_POLL = 64 };

static const uint8_t *
row_of(const struct mim_raster *raster, const struct mim_rect *rect, uint32_t y)
{
    return raster->data + (rect->y + y) * raster->stride + (uint64_t)rect->x * raster->channels;
}

static bool
is_same(const uint8_t *one, const uint8_t *other, uint32_t channels)
{
    return one[0] == other[0] && one[1] == other[1] && one[2] == other[2] && (channels == 3 || one[3] == other[3]);
}

/* Count pixels that stay the same. false: a change is not opaque, and an overlay would show what is below. */
static bool
count_same(const uint8_t *row, const uint8_t *before, uint32_t width, uint32_t channels, uint64_t *count)
{
    for (; width; width--, row += channels, before += channels) {
        bool stays = is_same(row, before, channels);
        if (!stays && channels == 4 && row[3] != 255)
            return false;
        *count += stays;
    }
    return true;
}

int32_t
webp_overlay_count(struct mim_job *job, const struct mim_raster *raster, const struct mim_raster *before,
                   const struct mim_rect *rect, uint64_t *count)
{
    *count = 0;
    for (uint32_t y = 0; y < rect->height; y++) {
        int32_t status = y % ROWS_PER_POLL ? MIM_OK : job->host->poll(job);
        if (status != MIM_OK)
            return status;
        if (!count_same(row_of(raster, rect, y), row_of(before, rect, y), rect->width, raster->channels, count)) {
            *count = 0;
            return MIM_OK;
        }
    }
    return MIM_OK;
}

void
webp_overlay_clear(const struct mim_raster *raster, const struct mim_raster *before, const struct mim_rect *rect,
                   uint32_t *argb, uint64_t stride)
{
    for (uint32_t y = 0; y < rect->height; y++, argb += stride) {
        const uint8_t *row = row_of(raster, rect, y), *other = row_of(before, rect, y);
        for (uint32_t x = 0; x < rect->width; x++, row += raster->channels, other += raster->channels)
            argb[x] = is_same(row, other, raster->channels) ? 0 : argb[x];
    }
}
