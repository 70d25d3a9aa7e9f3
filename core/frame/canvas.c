/* SPDX-License-Identifier: MIT */
/* Composes rectangles with disposal and blending. */
#include "frame/canvas.h"

#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "frame/draw.h"
#include "frame/frame.h"

#define SMALLEST_BAND 16 /* rows; thinner bands cost more to schedule than to draw */

enum mim_status
mim_canvas_init(struct mim_canvas *canvas, const struct mim_sequence *sequence, uint32_t bands, struct mim_error *err)
{
    uint32_t colours = sequence->canvas_channels ? sequence->canvas_channels : 3;
    enum mim_sample sample = sequence->canvas_sample ? (enum mim_sample)sequence->canvas_sample : MIM_SAMPLE_U8;
    if ((colours != 1 && colours != 3) || (sample != MIM_SAMPLE_U8 && sample != MIM_SAMPLE_U16) ||
        !sequence->canvas_height)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin asks for a canvas of %ux%u with %u channels of %s",
                        sequence->canvas_width, sequence->canvas_height, colours, mim_sample_name(sample));

    *canvas = (struct mim_canvas){
        .raster = { .struct_size = sizeof canvas->raster,
                    .sample = sample,
                    .width = sequence->canvas_width,
                    .height = sequence->canvas_height,
                    .channels = sequence->opaque == 1 ? colours : colours + 1 },
    };
    uint64_t row = 0;
    mim_row_bytes(canvas->raster.width, canvas->raster.channels, sample, &row); /* 2^32 * 4 * 2 fits */
    canvas->raster.stride = mim_aligned_stride(row, sequence->canvas_height);

    size_t size = mim_sample_size(sample);
    for (uint32_t k = 0; k < canvas->raster.channels; k++) {
        bool alpha = k == colours;
        uint8_t value = sequence->background[alpha ? 3 : k];
        memset(canvas->bare + k * size, value, size); /* 8 bits become 16 by * 257, the byte repeated */
    }

    uint32_t height = canvas->raster.height, max = mim_divide_up(height, SMALLEST_BAND);
    bands = bands < 1 ? 1 : bands > MIM_MAX_BANDS ? MIM_MAX_BANDS : bands;
    bands = bands > max ? max : bands;
    canvas->band_rows = mim_divide_up(height, bands);
    canvas->bands = mim_divide_up(height, canvas->band_rows);
    return MIM_OK;
}

void
mim_canvas_clear(struct mim_canvas *canvas)
{
    mim_buffer_release(canvas->buffer);
    mim_buffer_release(canvas->saved_buffer);
    *canvas = (struct mim_canvas){ 0 };
}

uint64_t
mim_canvas_bytes(const struct mim_canvas *canvas)
{
    uint64_t size = 0;
    mim_picture_bytes(canvas->raster.height, canvas->raster.stride, &size);
    return size;
}

bool
mim_canvas_ready(struct mim_canvas *canvas, int32_t dispose)
{
    if (!canvas->buffer) {
        canvas->buffer = mim_buffer_get(NULL, mim_canvas_bytes(canvas));
        if (!canvas->buffer)
            return false;
        canvas->raster.data = mim_buffer_data(canvas->buffer);
    }
    if (dispose == MIM_DISPOSE_PREVIOUS && !canvas->saved_buffer) {
        canvas->saved_buffer = mim_buffer_get(NULL, mim_canvas_bytes(canvas));
        if (!canvas->saved_buffer)
            return false;
        canvas->saved = mim_buffer_data(canvas->saved_buffer);
    }
    return true;
}

uint64_t
mim_canvas_held(const struct mim_canvas *canvas)
{
    return mim_canvas_bytes(canvas) * ((canvas->buffer != NULL) + (canvas->saved_buffer != NULL));
}

uint64_t
mim_canvas_missing(const struct mim_canvas *canvas, int32_t dispose)
{
    bool saves = dispose == MIM_DISPOSE_PREVIOUS && !canvas->saved_buffer;
    uint64_t missing = 0;
    mim_size_mul(mim_canvas_bytes(canvas), (canvas->buffer == NULL) + saves, &missing);
    return missing;
}

uint32_t
mim_canvas_band(const struct mim_canvas *canvas, uint32_t band, uint32_t *rows)
{
    uint32_t first = band * canvas->band_rows, left = canvas->raster.height - first;
    *rows = left < canvas->band_rows ? left : canvas->band_rows;
    return first;
}

static bool
cut_out(const struct mim_canvas *canvas, const struct mim_placement *place, uint32_t first, uint32_t rows,
        struct mim_cut *cut)
{
    int64_t left = place->x > 0 ? place->x : 0, top = place->y > (int64_t)first ? place->y : (int64_t)first;
    int64_t right = (int64_t)place->x + place->width, bottom = (int64_t)place->y + place->height;
    if (right > canvas->raster.width)
        right = canvas->raster.width;
    if (bottom > (int64_t)first + rows)
        bottom = (int64_t)first + rows;
    if (left >= right || top >= bottom)
        return false;

    *cut = (struct mim_cut){ (uint32_t)left,
                             (uint32_t)top,
                             (uint32_t)(right - left),
                             (uint32_t)(bottom - top),
                             (uint32_t)(left - place->x),
                             (uint32_t)(top - place->y) };
    return true;
}

static size_t
pixel_size(const struct mim_canvas *canvas)
{
    return canvas->raster.channels * mim_sample_size((enum mim_sample)canvas->raster.sample);
}

static uint8_t *
pixel_at(const struct mim_canvas *canvas, uint32_t x, uint32_t y)
{
    return canvas->raster.data + y * canvas->raster.stride + x * pixel_size(canvas);
}

static void
clear_cut(struct mim_canvas *canvas, const struct mim_cut *cut)
{
    size_t size = pixel_size(canvas);
    for (uint32_t y = cut->y; y < cut->y + cut->height; y++) {
        uint8_t *row = pixel_at(canvas, cut->x, y);
        if (y == cut->y)
            for (uint32_t x = 0; x < cut->width; x++)
                memcpy(row + x * size, canvas->bare, size);
        else
            memcpy(row, pixel_at(canvas, cut->x, cut->y), cut->width * size);
    }
}

static void
copy_cut(struct mim_canvas *canvas, const struct mim_cut *cut, bool save)
{
    size_t bytes = cut->width * pixel_size(canvas);
    for (uint32_t y = cut->y; y < cut->y + cut->height; y++) {
        uint8_t *row = pixel_at(canvas, cut->x, y), *kept = canvas->saved + (row - canvas->raster.data);
        memcpy(save ? kept : row, save ? row : kept, bytes);
    }
}

/* What the previous frame leaves to the next one. */
static void
dispose_of(struct mim_canvas *canvas, uint32_t band, const struct mim_placement *before)
{
    uint32_t rows, first = mim_canvas_band(canvas, band, &rows);
    struct mim_cut cut;
    if (before->dispose == MIM_DISPOSE_KEEP || !cut_out(canvas, before, first, rows, &cut))
        return;
    if (before->dispose == MIM_DISPOSE_BACKGROUND)
        clear_cut(canvas, &cut);
    else
        copy_cut(canvas, &cut, false);
}

void
mim_canvas_compose(struct mim_canvas *canvas, uint32_t band, enum mim_canvas_start start,
                   const struct mim_placement *before, const struct mim_placement *now, const struct mim_raster *pixels)
{
    uint32_t rows, first = mim_canvas_band(canvas, band, &rows);
    struct mim_cut cut;

    if (start == MIM_CANVAS_BARE)
        clear_cut(canvas, &(struct mim_cut){ .y = first, .width = canvas->raster.width, .height = rows });
    else if (start == MIM_CANVAS_AFTER)
        dispose_of(canvas, band, before);

    if (!cut_out(canvas, now, first, rows, &cut))
        return;
    if (now->dispose == MIM_DISPOSE_PREVIOUS)
        copy_cut(canvas, &cut, true);
    mim_draw_cut(&canvas->raster, &cut, pixels, now->blend == MIM_BLEND_OVER);
}

static uint64_t
band_bytes(const struct mim_canvas *canvas, uint32_t band, uint64_t *offset)
{
    uint32_t rows, first = mim_canvas_band(canvas, band, &rows);
    *offset = first * canvas->raster.stride;
    return rows * canvas->raster.stride;
}

void
mim_canvas_save(const struct mim_canvas *canvas, uint32_t band, const struct mim_placement *last, uint8_t *to)
{
    uint64_t offset, size = band_bytes(canvas, band, &offset);
    struct mim_canvas copy = *canvas;
    copy.raster.data = to;
    memcpy(to + offset, canvas->raster.data + offset, size);
    dispose_of(&copy, band, last);
}

void
mim_canvas_restore(struct mim_canvas *canvas, uint32_t band, const uint8_t *from)
{
    uint64_t offset, size = band_bytes(canvas, band, &offset);
    memcpy(canvas->raster.data + offset, from + offset, size);
}
