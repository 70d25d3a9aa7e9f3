/* SPDX-License-Identifier: MIT */
/* What the reader's operations share. */
#ifndef MIM_PNG_READ_H
#define MIM_PNG_READ_H

#include "read/animation.h"
#include "read/single-frame.h"
#include "plugin.h"

struct pngx_reader {
    int32_t raw, palette; /**< options */
    bool is_whole;        /**< of a still picture: IEND has been found */
    bool is_stream;       /**< metadata behind the pixels is not waited for */
    struct pngx_window window;
    struct pngx_header header;
    struct pngx_movie movie;
};

struct pngx_packet {
    struct pngx_frame frame;
    struct pngx_control control; /**< of an animation's frame */
};

struct pngx_worker {
    struct pngx_window window;
};

/** Is the palette option in force? It counts for pictures that have one. */
bool pngx_gives_indices(const struct pngx_reader *reader);

/** pixels.c */
int32_t pngx_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                    struct mim_raster *raster);

/** metadata.c */
int32_t pngx_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);

#endif
