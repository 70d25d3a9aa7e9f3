/* SPDX-License-Identifier: MIT */
/* The frames of an animation: where they stand and when they are shown. */
#ifndef MIM_PNG_MOVIE_H
#define MIM_PNG_MOVIE_H

#include "chunk/control.h"

struct pngx_mark {
    uint64_t offset; /**< of the fcTL */
    int64_t pts;     /**< in the movie's time base */
};

/** Zeroed = none. */
struct pngx_animation {
    struct pngx_mark *marks;  /**< the host's memory */
    uint64_t count, capacity; /**< frames that are whole */
    uint32_t time_den;        /**< ticks per second */
    bool is_opaque;           /**< nothing can show through */
    struct pngx_fault fault;  /**< what ends it, if not well */
};

/** Walk the chunks of a whole animation, without a look at pixels. What is wrong with the file becomes the movie's
 * fault; other failures are returned. */
int32_t pngx_animation_read(struct mim_job *job, struct pngx_window *window, const struct pngx_header *header,
                            struct pngx_animation *animation);
void pngx_animation_close(struct mim_job *job, struct pngx_animation *animation);

#endif
