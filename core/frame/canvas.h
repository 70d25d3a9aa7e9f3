/* SPDX-License-Identifier: MIT */
/* The canvas on which the rectangles of an animation are composed, in horizontal bands. */
#ifndef MIM_CORE_FRAME_CANVAS_H
#define MIM_CORE_FRAME_CANVAS_H

#include <stdbool.h>

#include <mim/error.h>
#include <mim/plugin.h>

#define MIM_MAX_BANDS 32

/* The canvas before a frame is drawn. */
enum mim_canvas_start {
    MIM_CANVAS_AFTER,  /* as left by the previous frame and its disposal */
    MIM_CANVAS_BARE,   /* cleared to the background */
    MIM_CANVAS_KEPT,   /* as restored by mim_canvas_restore() */
    MIM_CANVAS_COVERED /* the frame covers it completely, so its content does not matter */
};

struct mim_placement {
    int32_t x, y, dispose, blend;
    uint32_t width, height;
};

struct mim_canvas {
    struct mim_raster raster; /* 1 to 4 channels of u8 or u16 */
    uint8_t bare[8];          /* one pixel of background */
    uint8_t *saved;           /* restored by MIM_DISPOSE_PREVIOUS; allocated when first needed */
    uint32_t bands, band_rows;
    struct mim_buffer *buffer, *saved_buffer;
};

/* Sets shape and background without allocating. CORRUPT: no such canvas. `bands` is the preferred number. */
enum mim_status mim_canvas_init(struct mim_canvas *canvas, const struct mim_sequence *sequence, uint32_t bands,
                                struct mim_error *err);
void mim_canvas_clear(struct mim_canvas *canvas);
/* Bytes of the canvas's pixels. */
uint64_t mim_canvas_bytes(const struct mim_canvas *canvas);
/* Allocates the canvas and what `dispose` saves, if missing. false: no memory. */
bool mim_canvas_ready(struct mim_canvas *canvas, int32_t dispose);
/* Bytes allocated so far, and those that mim_canvas_ready() would allocate. */
uint64_t mim_canvas_held(const struct mim_canvas *canvas);
uint64_t mim_canvas_missing(const struct mim_canvas *canvas, int32_t dispose);

/* Draws the frame's rows of one band. Bands of one frame may run on any threads; frames of one band come in order.
 * `before` is the previous frame's rectangle, for MIM_CANVAS_AFTER. */
void mim_canvas_compose(struct mim_canvas *canvas, uint32_t band, enum mim_canvas_start start,
                        const struct mim_placement *before, const struct mim_placement *now,
                        const struct mim_raster *pixels);
/* Copies one band as the frame after `last` finds it; `to` has mim_canvas_bytes(). */
void mim_canvas_save(const struct mim_canvas *canvas, uint32_t band, const struct mim_placement *last, uint8_t *to);
void mim_canvas_restore(struct mim_canvas *canvas, uint32_t band, const uint8_t *from);
/* First row and number of rows of a band. */
uint32_t mim_canvas_band(const struct mim_canvas *canvas, uint32_t band, uint32_t *rows);

#endif
