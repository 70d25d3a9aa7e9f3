/* SPDX-License-Identifier: MIT */
/* A page drawn by poppler and cairo, in tiles when it is too large for one surface. */
#include <stdlib.h>
#include <string.h>

#include "pdf.h"

#define MOST_SIDE 32000u           /* of a cairo surface: its coordinates have 16 bits */
#define MOST_TILE_BYTES 60000000u  /* poppler reads the page once more for every tile */
#define MOST_KEPT_BYTES 16000000u  /* of memory that a worker keeps from page to page */

struct tile {
    uint32_t x, y, width, height;
};

struct pen {
    struct mim_job *job;
    cairo_surface_t *surface; /* that pixels end up in */
    int32_t status;
};

/* After every drawing operation: a finished surface makes nothing of all that follow. */
static void
look_up(cairo_surface_t *observer, cairo_surface_t *target, void *data)
{
    struct pen *pen = data;
    (void)observer, (void)target;
    if (pen->status != MIM_OK)
        return;
    pen->status = pen->job->host->poll(pen->job);
    if (pen->status != MIM_OK)
        cairo_surface_finish(pen->surface);
}

static cairo_surface_t *
watch(cairo_surface_t *surface, struct pen *pen)
{
    cairo_surface_t *observer = cairo_surface_create_observer(surface, CAIRO_SURFACE_OBSERVER_NORMAL);
    cairo_surface_observer_add_paint_callback(observer, look_up, pen);
    cairo_surface_observer_add_mask_callback(observer, look_up, pen);
    cairo_surface_observer_add_fill_callback(observer, look_up, pen);
    cairo_surface_observer_add_stroke_callback(observer, look_up, pen);
    cairo_surface_observer_add_glyphs_callback(observer, look_up, pen);
    return observer;
}

static int32_t
explain(struct mim_job *job, cairo_status_t status)
{
    if (status == CAIRO_STATUS_NO_MEMORY)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to draw the page");
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "cairo cannot draw the page: %s", cairo_status_to_string(status));
}

/* Draw the tile into `pixels`. */
static int32_t
draw(struct mim_job *job, PopplerPage *page, const struct pdf_page *facts, const struct tile *tile, uint8_t *pixels,
     uint64_t stride)
{
    for (uint32_t y = 0; y < tile->height; y++)
        memset(pixels + y * stride, 0, (size_t)tile->width * 4);

    cairo_surface_t *surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_ARGB32, (int)tile->width,
                                                                   (int)tile->height, (int)stride);
    struct pen pen = { .job = job, .surface = surface };
    cairo_surface_t *observer = watch(surface, &pen);
    /* not by the matrix: poppler fits pictures to pixels by it, and they must fit alike in all tiles */
    cairo_surface_set_device_offset(observer, -(double)tile->x, -(double)tile->y);
    cairo_t *cairo = cairo_create(observer);
    cairo_scale(cairo, facts->x_scale, facts->y_scale);
    poppler_page_render(page, cairo);

    cairo_status_t code = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_destroy(observer);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (pen.status != MIM_OK)
        return pen.status;
    return code == CAIRO_STATUS_SUCCESS ? MIM_OK : explain(job, code);
}

static void
blend(struct mim_job *job, const struct mim_raster *raster, const struct tile *tile, const uint8_t *pixels, uint64_t stride)
{
    const struct pdf_reader *reader = job->state;
    const uint8_t *background = reader->choices.background;
    for (uint32_t y = 0; y < tile->height; y++) {
        const uint32_t *from = (const uint32_t *)(const void *)(pixels + y * stride);
        uint8_t *to = raster->data + (tile->y + y) * raster->stride + (uint64_t)tile->x * raster->channels;
        if (raster->channels == 1)
            pdf_blend_gray(from, to, tile->width, background);
        else if (raster->channels == 3)
            pdf_blend_rgb(from, to, tile->width, background);
        else
            pdf_blend_rgba(from, to, tile->width, background);
    }
}

/* Tiles are bands, unless not even a row fits. Frames of four channels are drawn in place. */
static void
cut(const struct mim_frame_info *info, struct tile *first)
{
    uint64_t width = info->width < MOST_SIDE ? info->width : MOST_SIDE, height = info->height;
    uint64_t rows = info->channels == 4 ? height : MOST_TILE_BYTES / info->channels / (width * 4);
    if (info->channels == 3)
        rows = MOST_TILE_BYTES / (width * 4);
    if (rows > MOST_SIDE)
        rows = MOST_SIDE;
    uint64_t bands = (height + rows - 1) / rows;
    *first = (struct tile){ .width = (uint32_t)width, .height = (uint32_t)((height + bands - 1) / bands) };
}

uint64_t
pdf_render_size(const struct mim_frame_info *info)
{
    struct tile tile;
    cut(info, &tile);
    return info->channels == 4 ? 0 : (uint64_t)tile.width * tile.height * 4;
}

static uint8_t *
canvas_get(struct pdf_canvas *canvas, size_t size)
{
    if (canvas->size >= size)
        return canvas->data;
    pdf_canvas_close(canvas);
    canvas->data = malloc(size);
    canvas->size = canvas->data ? size : 0;
    return canvas->data;
}

void
pdf_canvas_close(struct pdf_canvas *canvas)
{
    free(canvas->data);
    *canvas = (struct pdf_canvas){ 0 };
}

static int32_t
render_tile(struct mim_job *job, struct pdf_canvas *canvas, PopplerPage *page, const struct pdf_page *facts,
            const struct mim_raster *raster, const struct tile *tile)
{
    uint64_t stride = (uint64_t)tile->width * 4;
    uint8_t *pixels = NULL;
    if (raster->channels == 4) {
        stride = raster->stride;
        pixels = raster->data + tile->y * stride + (uint64_t)tile->x * 4;
    } else {
        pixels = canvas_get(canvas, (size_t)stride * tile->height);
    }
    if (!pixels)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to draw the page");

    int32_t status = draw(job, page, facts, tile, pixels, stride);
    if (status == MIM_OK)
        blend(job, raster, tile, pixels, stride);
    return status;
}

int32_t
pdf_render(struct mim_job *job, struct pdf_canvas *canvas, PopplerPage *page, const struct pdf_page *facts,
           const struct mim_raster *raster)
{
    struct mim_frame_info info = { .width = raster->width, .height = raster->height, .channels = raster->channels };
    struct tile first;
    int32_t status = MIM_OK;
    cut(&info, &first);
    for (uint32_t y = 0; y < raster->height && status == MIM_OK; y += first.height) {
        for (uint32_t x = 0; x < raster->width && status == MIM_OK; x += first.width) {
            struct tile tile = { .x = x, .y = y, .width = first.width, .height = first.height };
            if (tile.width > raster->width - x)
                tile.width = raster->width - x;
            if (tile.height > raster->height - y)
                tile.height = raster->height - y;
            status = render_tile(job, canvas, page, facts, raster, &tile);
        }
    }
    if (canvas->size > MOST_KEPT_BYTES)
        pdf_canvas_close(canvas);
    return status;
}
