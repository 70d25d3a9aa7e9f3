/* SPDX-License-Identifier: MIT */
/* fcTL chunks, which describe the frames of an animation. */
#ifndef MIM_PNG_CONTROL_H
#define MIM_PNG_CONTROL_H

#include "chunk/header.h"

enum { PNGX_FCTL_SIZE = 26 };
enum { PNGX_DISPOSE_NONE, PNGX_DISPOSE_BACKGROUND, PNGX_DISPOSE_PREVIOUS };
enum { PNGX_BLEND_SOURCE, PNGX_BLEND_OVER };

/* The fields of an fcTL chunk. */
struct pngx_control {
    uint32_t sequence, width, height, x, y;
    uint16_t delay_num, delay_den;
    uint8_t dispose, blend;
};

/* Load `chunk`, which must be an fcTL. Returns CORRUPT for a wrong size and for an unknown disposal or blending. */
int32_t pngx_control_load(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk,
                          struct pngx_control *control, struct pngx_fault *fault);

/* Load the fcTL at `offset`; `*pixels` becomes the offset of the first IDAT or fdAT after it. */
int32_t pngx_control_read(struct mim_job *job, struct mim_window *window, uint64_t offset, struct pngx_control *control,
                          uint64_t *pixels, struct pngx_fault *fault);

/* Whether the frame lies inside the canvas, and whether it covers all of it. */
bool pngx_control_is_inside(const struct pngx_control *control, const struct pngx_header *header);
bool pngx_control_covers(const struct pngx_control *control, const struct pngx_header *header);

#endif
