/* SPDX-License-Identifier: MIT */
/* Converts the rows of a raster to those of PNG. */
#include "write/rows.h"

#include <string.h>

/* PNG specification (third edition), 8.2. */
static const struct {
    uint32_t x, y, step_x, step_y;
} passes[PNGX_PASSES] = {
    { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 }, { 2, 0, 4, 4 }, { 0, 2, 2, 4 }, { 1, 0, 2, 2 }, { 0, 1, 1, 2 },
};

/* Number of places below `length`, starting from `first` in steps. */
static uint32_t
count_places(uint32_t length, uint32_t first, uint32_t step)
{
    return length > first ? (length - first - 1) / step + 1 : 0;
}

static uint32_t
pass_width(const struct pngx_rows *rows, int pass)
{
    return count_places(rows->width, passes[pass].x, passes[pass].step_x);
}

/* A pass without columns has no rows. */
static uint32_t
pass_height(const struct pngx_rows *rows, int pass)
{
    return pass_width(rows, pass) ? count_places(rows->height, passes[pass].y, passes[pass].step_y) : 0;
}

void
pngx_rows_open(struct pngx_rows *rows)
{
    rows->count = rows->is_interlaced ? 0 : rows->height;
    for (int pass = 0; rows->is_interlaced && pass < PNGX_PASSES; pass++)
        rows->count += pass_height(rows, pass);
}

/* Finds the pass of row `*r`, which becomes relative to that pass. */
static int
find_pass(const struct pngx_rows *rows, uint64_t *r)
{
    int pass = 0;

    for (; pass < PNGX_PASSES - 1 && *r >= pass_height(rows, pass); pass++)
        *r -= pass_height(rows, pass);
    return pass;
}

uint64_t
pngx_rows_size(const struct pngx_rows *rows, uint64_t r)
{
    uint32_t width = rows->is_interlaced ? pass_width(rows, find_pass(rows, &r)) : rows->width;

    return pngx_rows_width_size(rows, width);
}

uint64_t
pngx_rows_bytes(const struct pngx_rows *rows, uint64_t first, uint64_t end)
{
    uint64_t sum = 0;

    if (!rows->is_interlaced)
        return (end - first) * (1 + pngx_rows_size(rows, 0));
    for (uint64_t r = first; r < end; r++)
        sum += 1 + pngx_rows_size(rows, r);
    return sum;
}

bool
pngx_rows_starts_pass(const struct pngx_rows *rows, uint64_t r)
{
    if (rows->is_interlaced)
        find_pass(rows, &r);
    return r == 0;
}

static void
copy_every_bit(const uint8_t *from, uint32_t first, uint32_t step, uint32_t count, uint8_t *to)
{
    memset(to, 0, ((size_t)count + 7) / 8);
    for (uint32_t i = 0, x = first; i < count; i++, x += step)
        to[i / 8] |= (uint8_t)((from[x / 8] >> (7 - x % 8) & 1) << (7 - i % 8));
}

static void
copy_every(const uint8_t *from, uint32_t first, uint32_t step, uint32_t count, uint32_t pixel, uint8_t *to)
{
    from += (size_t)first * pixel;
    if (step == 1) {
        memcpy(to, from, (size_t)count * pixel);
        return;
    }
    for (uint32_t i = 0; i < count; i++, to += pixel, from += (size_t)step * pixel)
        memcpy(to, from, pixel);
}

static void
clear_equal(const uint8_t *below, uint32_t first, uint32_t step, uint32_t count, uint32_t pixel, uint8_t *row)
{
    below += (size_t)first * pixel;
    for (uint32_t i = 0; i < count; i++, row += pixel, below += (size_t)step * pixel)
        if (!memcmp(row, below, pixel))
            memset(row, 0, pixel);
}

static void
swap_bytes(uint8_t *row, uint64_t size)
{
    for (uint64_t i = 0; i + 1 < size; i += 2) {
        uint8_t high = row[i + 1];
        row[i + 1] = row[i];
        row[i] = high;
    }
}

static const uint8_t *
row_start(const struct pngx_rows *rows, const struct mim_raster *raster, uint64_t y)
{
    return raster->data + (rows->y + y) * raster->stride + (size_t)rows->x * rows->pixel;
}

const uint8_t *
pngx_rows_get(const struct pngx_rows *rows, uint64_t r, uint8_t *scratch)
{
    bool is_wide = rows->raster->sample == MIM_SAMPLE_U16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    uint32_t first = 0, step = 1, count = rows->width;

    if (rows->is_interlaced) {
        int pass = find_pass(rows, &r);
        first = passes[pass].x;
        step = passes[pass].step_x;
        count = pass_width(rows, pass);
        r = passes[pass].y + r * passes[pass].step_y;
    } else if (!is_wide && !rows->below) {
        return row_start(rows, rows->raster, r);
    }
    if (rows->is_packed)
        copy_every_bit(row_start(rows, rows->raster, r), first, step, count, scratch);
    else
        copy_every(row_start(rows, rows->raster, r), first, step, count, rows->pixel, scratch);
    if (rows->below)
        clear_equal(row_start(rows, rows->below, r), first, step, count, rows->pixel, scratch);
    if (is_wide)
        swap_bytes(scratch, (uint64_t)count * rows->pixel);
    return scratch;
}
