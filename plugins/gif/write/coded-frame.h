/* SPDX-License-Identifier: MIT */
/* Layout of a coded frame. */
#ifndef MIM_GIF_CODED_FRAME_H
#define MIM_GIF_CODED_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets in the output of gif_encode_frame(), which always has a control block and a local colour table. */
enum {
    GIF_FRAME_CONTROL = 3, /* flags of the control block */
    GIF_FRAME_DELAY = 4,   /* hundredths of a second */
    GIF_FRAME_TRANSPARENT = 6,
    GIF_FRAME_DESCRIPTOR = 8,
    GIF_FRAME_FLAGS = 17, /* flags of the image descriptor */
    GIF_FRAME_TABLE = 18,
    GIF_HAS_TRANSPARENT = 1, /* in the flags of the control block */
    GIF_TABLE_BITS = 7,      /* mask of the table size in the flags: log2 of the entries, minus 1 */
    GIF_TABLE_MAX = 768,
    GIF_DELAY_MAX = 65535
};

/* Log2 of the number of entries. */
static inline uint32_t
gif_frame_bits(const uint8_t *frame)
{
    return (frame[GIF_FRAME_FLAGS] & GIF_TABLE_BITS) + 1U;
}

static inline uint32_t
gif_table_size(const uint8_t *frame)
{
    return 3U << gif_frame_bits(frame);
}

static inline bool
gif_frame_has_transparent(const uint8_t *frame)
{
    return frame[GIF_FRAME_CONTROL] & GIF_HAS_TRANSPARENT;
}

/* Does the frame clear the canvas when it is disposed of? */
static inline bool
gif_frame_clears(const uint8_t *frame)
{
    return frame[GIF_FRAME_CONTROL] >> 2 == 2;
}

/* Does the control block tell more than its absence does? */
static inline bool
gif_frame_needs_control(const uint8_t *frame)
{
    return gif_frame_has_transparent(frame) || gif_frame_clears(frame) || frame[GIF_FRAME_DELAY] ||
           frame[GIF_FRAME_DELAY + 1];
}

#endif
