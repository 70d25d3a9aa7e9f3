/* SPDX-License-Identifier: MIT */
/* What the reader's operations share. */
#ifndef MIM_PNG_READER_STATE_H
#define MIM_PNG_READER_STATE_H

#include "read/animation.h"
#include "read/single-frame.h"

struct pngx_reader {
    int32_t raw, palette; /**< options */
    bool is_whole;        /**< of a still picture: IEND has been found */
    bool is_stream;       /**< metadata behind the pixels is not waited for */
    struct pngx_window window;
    struct pngx_header header;
    struct pngx_animation animation;
};

struct pngx_packet {
    struct pngx_frame frame;
    struct pngx_control control; /**< of an animation's frame */
};

struct pngx_worker {
    struct pngx_window window;
};

/** Is the palette option in force? It counts for pictures that have one. */
static inline bool
pngx_gives_indices(const struct pngx_reader *reader)
{
    return reader->palette && reader->header.colour == PNGX_PALETTE;
}

#endif
