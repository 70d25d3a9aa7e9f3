/* SPDX-License-Identifier: MIT */
/* The state that the reader's operations share. */
#ifndef MIM_PNG_READER_STATE_H
#define MIM_PNG_READER_STATE_H

#include <mim/kit/array.h>

#include "read/animation.h"
#include "read/single-frame.h"

/* How the samples of a black and white picture stay packed. */
enum pngx_packing_kind {
    PNGX_PACKED_NOT,
    PNGX_PACKED,         /* as in the file */
    PNGX_PACKED_INVERTED /* the palette begins with white */
};

struct pngx_reader {
    int32_t raw, palette, orient; /* options */
    enum pngx_packing_kind packed;
    unsigned orientation; /* applied to a still picture: 2 to 8, else 0 or 1 */
    bool is_whole;        /* the IEND of a still picture was found */
    bool is_stream;       /* do not wait for metadata after the pixels */
    struct mim_window window;
    struct pngx_header header;
    struct pngx_animation animation;
};

struct pngx_packet {
    struct pngx_frame frame;
    struct pngx_control control; /* of a frame of an animation */
};

struct pngx_worker {
    struct mim_window window;
    struct mim_bytes bands; /* memory of read/bands */
    bool uses_libpng_only;  /* for comparison by tests */
};

/* Whether frames are palette indices: the option applies to pictures with a palette only. */
static inline bool
pngx_gives_indices(const struct pngx_reader *reader)
{
    return reader->palette && reader->header.colour == PNGX_PALETTE;
}

#endif
