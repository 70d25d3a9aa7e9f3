/* SPDX-License-Identifier: MIT */
/* Copies of the canvas at which composing may start again, on the way back through an animation. */
#ifndef MIM_CORE_PIPELINE_CHECKPOINTS_H
#define MIM_CORE_PIPELINE_CHECKPOINTS_H

#include <stddef.h>
#include <stdint.h>

struct mim_buffer;

struct mim_checkpoint {
    uint64_t index; /* of the frame for which the canvas is ready */
    struct mim_buffer *canvas;
};

/* Zeroed: empty. Ascending. */
struct mim_checkpoints {
    struct mim_checkpoint *items;
    size_t count, size;
};

/* Takes ownership of the canvas. Without memory it is dropped, which only makes going back slower. */
void mim_checkpoints_add(struct mim_checkpoints *checkpoints, uint64_t index, struct mim_buffer *canvas);
/* The last one up to `index`, inclusive; NULL: none. */
const struct mim_checkpoint *mim_checkpoints_before(const struct mim_checkpoints *checkpoints, uint64_t index);
/* Drop those after `index`. */
void mim_checkpoints_drop_after(struct mim_checkpoints *checkpoints, uint64_t index);
void mim_checkpoints_clear(struct mim_checkpoints *checkpoints);

#endif
