/* SPDX-License-Identifier: MIT */
/* Draws a page with poppler and cairo, in tiles if it is too large for one surface. */
#include "render.h"

#include <stdlib.h>
#include <string.h>

#include "blend.h"
#include "sharp.h"

#define MAX_SIDE 32000u              /* side of a cairo surface, whose coordinates have 16 bits */
#define MAX_STEP (INT32_MAX - 4096)  /* leaves space for the padding of rows */
#define MAX_TILE_BYTES 60000000u     /* poppler reads the page again for every tile */
#define MAX_RETAINED_BYTES 16000000u /* memory that a worker keeps for the next page */

/* A part of a page that is drawn at once. */
struct tile {
    uint32_t x, y, width, height; /* in pixels of the frame */
    uint32_t side;                /* points per pixel in each direction */
};

/* The memory of a tile. */
struct canvas {
    uint8_t *data;
    uint64_t stride;
};

static int32_t
fail_by_cairo(struct mim_job *job, cairo_status_t status)
{
    if (status == CAIRO_STATUS_NO_MEMORY)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to draw the page");
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "cairo cannot draw the page: %s",
                           cairo_status_to_string(status));
}

static int32_t
draw_tile(const struct pdf_rendering *rendering, const struct tile *tile, const struct canvas *canvas)
{
    int width = (int)(tile->width * tile->side), height = (int)(tile->height * tile->side);
    for (int y = 0; y < height; y++)
        memset(canvas->data + (uint64_t)y * canvas->stride, 0, (size_t)width * 4);

    cairo_surface_t *surface =
        cairo_image_surface_create_for_data(canvas->data, CAIRO_FORMAT_ARGB32, width, height, (int)canvas->stride);
    /* the matrix must be the same for all tiles, since poppler snaps pictures and thin lines to pixels by it */
    cairo_surface_set_device_scale(surface, tile->side, tile->side);
    cairo_surface_set_device_offset(surface, -(double)tile->x * tile->side, -(double)tile->y * tile->side);
    cairo_t *cairo = cairo_create(surface);
    const struct pdf_page *facts = rendering->facts;
    cairo_scale(cairo, facts->x_scale * facts->unit, facts->y_scale * facts->unit);
    poppler_page_render(rendering->page, cairo);

    cairo_status_t code = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (rendering->source->status != MIM_OK)
        return rendering->source->status;
    return code == CAIRO_STATUS_SUCCESS ? MIM_OK : fail_by_cairo(rendering->source->job, code);
}

static void
blend_tile(const struct pdf_choices *choices, const struct mim_raster *raster, const struct tile *tile,
           const struct canvas *canvas)
{
    static void (*const blends[])(const uint32_t *, uint8_t *, uint32_t, const uint8_t *) = {
        [1] = pdf_blend_gray, [3] = pdf_blend_rgb, [4] = pdf_blend_rgba
    };
    for (uint32_t y = 0; y < tile->height; y++) {
        uint32_t *from = (uint32_t *)(void *)(canvas->data + (uint64_t)y * tile->side * canvas->stride);
        uint8_t *to = raster->data + (tile->y + y) * raster->stride + (uint64_t)tile->x * raster->channels;
        if (tile->side > 1)
            pdf_sharpen(from, canvas->stride / 4, from, tile->width);
        blends[raster->channels](from, to, tile->width, choices->background);
    }
}

/* Frames of four channels are drawn in the raster, unless its stride is too long for cairo. */
static bool
is_in_place(const struct pdf_choices *choices, uint32_t width, uint32_t channels)
{
    return channels == 4 && choices->is_antialiased && width < MAX_STEP / 4;
}

/* The first tile. Tiles are bands unless a row is too long. */
static struct tile
first_tile(const struct pdf_choices *choices, uint32_t width, uint32_t height, uint32_t channels)
{
    uint32_t side = choices->is_antialiased ? 1 : PDF_SHARP_SIDE, max = MAX_SIDE / side;
    uint64_t columns = width < max ? width : max, rows = max;
    /* gray frames are small, and limits on working memory follow the size of frames */
    uint64_t bytes = channels == 1 ? MAX_TILE_BYTES / 2 : MAX_TILE_BYTES, row = columns * side * side * 4;
    if (!is_in_place(choices, width, channels) && bytes / row < rows)
        rows = bytes / row ? bytes / row : 1;
    uint64_t bands = (height + rows - 1) / rows;
    return (
        struct tile){ .width = (uint32_t)columns, .height = (uint32_t)((height + bands - 1) / bands), .side = side };
}

uint64_t
pdf_render_size(const struct pdf_choices *choices, const struct mim_frame_info *info)
{
    struct tile tile = first_tile(choices, info->width, info->height, info->channels);
    return is_in_place(choices, info->width, info->channels)
               ? 0
               : (uint64_t)tile.width * tile.height * tile.side * tile.side * 4;
}

static uint8_t *
grow_memory(struct pdf_memory *memory, size_t size)
{
    if (memory->size >= size)
        return memory->data;
    pdf_memory_close(memory);
    memory->data = malloc(size);
    memory->size = memory->data ? size : 0;
    return memory->data;
}

void
pdf_memory_close(struct pdf_memory *memory)
{
    free(memory->data);
    *memory = (struct pdf_memory){ 0 };
}

static int32_t
render_tile(const struct pdf_rendering *rendering, const struct mim_raster *raster, const struct tile *tile)
{
    struct mim_job *job = rendering->source->job;
    struct canvas canvas = { .stride = (uint64_t)tile->width * tile->side * 4 };
    if (is_in_place(rendering->choices, raster->width, raster->channels)) {
        canvas.stride = raster->stride;
        canvas.data = raster->data + tile->y * raster->stride + (uint64_t)tile->x * 4;
    } else {
        canvas.data = grow_memory(rendering->memory, (size_t)canvas.stride * tile->height * tile->side);
    }
    if (!canvas.data)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to draw the page");

    int32_t status = draw_tile(rendering, tile, &canvas);
    if (status == MIM_OK)
        blend_tile(rendering->choices, raster, tile, &canvas);
    return status;
}

int32_t
pdf_render(const struct pdf_rendering *rendering, const struct mim_raster *raster)
{
    struct tile first = first_tile(rendering->choices, raster->width, raster->height, raster->channels);
    int32_t status = MIM_OK;
    for (uint32_t y = 0; y < raster->height && status == MIM_OK; y += first.height) {
        for (uint32_t x = 0; x < raster->width && status == MIM_OK; x += first.width) {
            struct tile tile = first;
            tile.x = x;
            tile.y = y;
            if (tile.width > raster->width - x)
                tile.width = raster->width - x;
            if (tile.height > raster->height - y)
                tile.height = raster->height - y;
            status = render_tile(rendering, raster, &tile);
        }
    }
    if (rendering->memory->size > MAX_RETAINED_BYTES)
        pdf_memory_close(rendering->memory);
    return status;
}
