/* SPDX-License-Identifier: MIT */
/* Orientation: the place of a stored row in the frame. */
#include "read/orient.h"

#include <string.h>

#include <tiff.h>

/* By the value of the tag: is a stored row a column of the frame, and is it mirrored? */
static const struct {
    bool is_transposed, from_right, from_bottom;
} turns[] = {
    [ORIENTATION_TOPLEFT] = { false, false, false }, [ORIENTATION_TOPRIGHT] = { false, true, false },
    [ORIENTATION_BOTRIGHT] = { false, true, true },  [ORIENTATION_BOTLEFT] = { false, false, true },
    [ORIENTATION_LEFTTOP] = { true, false, false },  [ORIENTATION_RIGHTTOP] = { true, true, false },
    [ORIENTATION_RIGHTBOT] = { true, true, true },   [ORIENTATION_LEFTBOT] = { true, false, true },
};

void
tiff_oriented_size(const struct tiff_page *page, uint32_t *width, uint32_t *height)
{
    bool is_transposed = page->is_turned && turns[page->orientation].is_transposed;
    *width = is_transposed ? page->height : page->width;
    *height = is_transposed ? page->width : page->height;
}

struct tiff_path
tiff_oriented_row(const struct tiff_page *page, const struct mim_raster *raster, uint64_t pixel_size, uint32_t row)
{
    uint32_t turn = page->is_turned ? page->orientation : ORIENTATION_TOPLEFT;
    bool is_transposed = turns[turn].is_transposed;
    int64_t step = (int64_t)pixel_size, down = (int64_t)raster->stride;
    uint64_t x = is_transposed ? row : 0, y = is_transposed ? 0 : row;

    /* the place of the first pixel, before mirroring */
    if (turns[turn].from_right)
        x = raster->width - 1 - x;
    if (turns[turn].from_bottom)
        y = raster->height - 1 - y;
    bool is_backwards = is_transposed ? turns[turn].from_bottom : turns[turn].from_right;
    int64_t along = is_transposed ? down : step;
    return (struct tiff_path){ raster->data + y * raster->stride + x * pixel_size, is_backwards ? -along : along };
}

void
tiff_scatter_bits(const struct tiff_page *page, const struct mim_raster *raster, const uint8_t *from, uint32_t row)
{
    bool is_transposed = turns[page->orientation].is_transposed;
    for (uint32_t y = 0; row == 0 && y < raster->height; y++)
        memset(raster->data + y * raster->stride, 0, raster->width / 8 + (raster->width % 8 > 0));
    for (uint32_t column = 0; column < page->width; column++) {
        uint32_t x = is_transposed ? row : column, y = is_transposed ? column : row;
        x = turns[page->orientation].from_right ? raster->width - 1 - x : x;
        y = turns[page->orientation].from_bottom ? raster->height - 1 - y : y;
        unsigned value = from[column / 8] >> (7 - column % 8) & 1;
        raster->data[y * raster->stride + x / 8] |= (uint8_t)(value << (7 - x % 8));
    }
}

void
tiff_scatter(const uint8_t *from, uint32_t width, uint64_t pixel_size, struct tiff_path path)
{
    if (path.step == (int64_t)pixel_size) {
        memcpy(path.first, from, width * pixel_size);
        return;
    }
    uint8_t *to = path.first;
    for (uint32_t x = 0; x < width; x++, from += pixel_size, to += path.step)
        memcpy(to, from, pixel_size);
}
