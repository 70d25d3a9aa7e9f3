/* SPDX-License-Identifier: MIT */
/* The canvas that an animation's rectangles are composed on, in horizontal bands. */
#ifndef MIM_CORE_FRAME_CANVAS_H
#define MIM_CORE_FRAME_CANVAS_H

#include <stdbool.h>

#include <mim/error.h>
#include <mim/plugin.h>

#define MIM_MAX_BANDS 32

/* What the canvas is like before a frame is drawn. */
enum mim_canvas_start {
    MIM_CANVAS_AFTER,  /* as the frame before leaves it, with its disposal */
    MIM_CANVAS_BARE,   /* cleared to the background */
    MIM_CANVAS_COVERED /* the frame covers all of it: whatever is there does not matter */
};

struct mim_placement {
    int32_t x, y, dispose, blend;
    uint32_t width, height;
};

struct mim_canvas {
    struct mim_raster raster; /* 1 to 4 channels of u8 or u16 */
    uint8_t bare[8];          /* one pixel of background */
    uint8_t *saved;           /* what MIM_DISPOSE_PREVIOUS brings back; made when first needed */
    uint32_t bands, band_rows;
    struct mim_buffer *buffer, *saved_buffer;
};

/* Shape and background, no memory yet. CORRUPT: no such canvas. `bands` are wished for. */
enum mim_status mim_canvas_init(struct mim_canvas *canvas, const struct mim_sequence *sequence, uint32_t bands,
                                struct mim_error *err);
void mim_canvas_clear(struct mim_canvas *canvas);
/* Bytes of the canvas's pixels. */
uint64_t mim_canvas_bytes(const struct mim_canvas *canvas);
/* Make what is missing: the canvas, and room for what `dispose` saves. false: no memory. */
bool mim_canvas_ready(struct mim_canvas *canvas, int32_t dispose);
/* Bytes held so far, and those that mim_canvas_ready() would take. */
uint64_t mim_canvas_held(const struct mim_canvas *canvas);
uint64_t mim_canvas_missing(const struct mim_canvas *canvas, int32_t dispose);

/* Draw the frame's rows of one band: bands of one frame on any threads, frames of one band in order. `before` is where the
 * last frame was, for MIM_CANVAS_AFTER. */
void mim_canvas_compose(struct mim_canvas *canvas, uint32_t band, enum mim_canvas_start start,
                        const struct mim_placement *before, const struct mim_placement *now,
                        const struct mim_raster *pixels);
/* First row and number of rows of a band. */
uint32_t mim_canvas_band(const struct mim_canvas *canvas, uint32_t band, uint32_t *rows);

#endif
