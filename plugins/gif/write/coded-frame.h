/* SPDX-License-Identifier: MIT */
/* Layout of a coded frame. */
#ifndef MIM_GIF_CODED_FRAME_H
#define MIM_GIF_CODED_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets in the output of gif_encode_frame(), which always has a local colour table. */
enum {
    GIF_FRAME_DISPOSAL = 3,
    GIF_FRAME_DELAY = 4,   /* hundredths of a second */
    GIF_FRAME_FLAGS = 17, /* flags of the image descriptor */
    GIF_FRAME_TABLE = 18,
    GIF_TABLE_BITS = 7, /* mask of the table size in the flags: log2 of the entries, minus 1 */
    GIF_TABLE_MAX = 768,
    GIF_DELAY_MAX = 65535
};

static inline uint32_t
gif_table_size(const uint8_t *frame)
{
    return 6U << (frame[GIF_FRAME_FLAGS] & GIF_TABLE_BITS);
}

/* Does the frame clear the canvas when it is disposed of? */
static inline bool
gif_frame_clears(const uint8_t *frame)
{
    return frame[GIF_FRAME_DISPOSAL] >> 2 == 2;
}

#endif
