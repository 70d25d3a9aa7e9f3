/* SPDX-License-Identifier: MIT */
/* The frames of an animation: their offsets and times. */
#ifndef MIM_PNG_ANIMATION_H
#define MIM_PNG_ANIMATION_H

#include "chunk/control.h"

struct pngx_mark {
    uint64_t offset; /* of the fcTL */
    int64_t pts;     /* in ticks of 1 / time_den seconds */
};

/* Zeroed = none. */
struct pngx_animation {
    struct pngx_mark *marks;  /* host memory */
    uint64_t count, capacity; /* complete frames */
    uint32_t time_den;        /* ticks per second */
    bool is_opaque;           /* no frame leaves a pixel transparent */
    bool lacks_end;           /* all frames are there, IEND is not */
    struct pngx_fault fault;  /* the error that ends the list */
};

/*
 * Scan the chunks of the whole file without decoding pixels. Errors in the file are stored in `fault`; other failures
 * are returned.
 */
int32_t pngx_animation_read(struct mim_job *job, struct mim_window *window, const struct pngx_header *header,
                            struct pngx_animation *animation);
void pngx_animation_close(struct mim_job *job, struct pngx_animation *animation);

#endif
