/* SPDX-License-Identifier: MIT */
/* The state that the writers of pictures and animations share. */
#ifndef MIM_PNG_WRITER_STATE_H
#define MIM_PNG_WRITER_STATE_H

#include "write/pack.h"
#include "write/retain.h"

struct pngx_writer {
    int64_t level; /* options */
    int32_t filter, interlace, apng;
    struct mim_list dpi;
    struct mim_pairs text;
    bool is_animation, is_started;
    uint32_t width, height, channels;
    uint32_t plays;
    uint64_t frames;     /* accepted */
    uint64_t control_at; /* offset of acTL in the sink */
    uint32_t sequence;   /* of the next fcTL or fdAT */
    struct pngx_packing packing;
    struct pngx_retained retained;
};

/* The rectangle of a frame that is stored. In the packet. */
struct pngx_layout {
    uint32_t x, y, width, height;
    bool is_over;
};

struct pngx_writing_worker {
    struct pngx_packer packer;
};

#endif
