/* SPDX-License-Identifier: MIT */
/* The bytes of a coded frame. */
#ifndef MIM_GIF_CODED_FRAME_H
#define MIM_GIF_CODED_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* Places in what gif_encode_frame() emits: the colour table is the image's own there. */
enum {
    GIF_FRAME_DISPOSAL = 3,
    GIF_FRAME_DELAY = 4,
    GIF_FRAME_FLAGS = 17, /**< of the image descriptor */
    GIF_FRAME_TABLE = 18,
    GIF_TABLE_BITS = 7, /**< of the flags: how many entries, as an exponent less one */
    GIF_TABLE_MAX = 768
};

static inline uint32_t
gif_table_size(const uint8_t *frame)
{
    return 6U << (frame[GIF_FRAME_FLAGS] & GIF_TABLE_BITS);
}

/** Does it take the canvas away after its time? */
static inline bool
gif_frame_clears(const uint8_t *frame)
{
    return frame[GIF_FRAME_DISPOSAL] >> 2 == 2;
}

#endif
