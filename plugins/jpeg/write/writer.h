/* SPDX-License-Identifier: MIT */
/* The writer's state and table. */
#ifndef MIM_JPEG_WRITER_H
#define MIM_JPEG_WRITER_H

#include "write/retain.h"

/* Resolution of the colour differences. */
enum { JPEG_SUBSAMPLING_AUTO, JPEG_SUBSAMPLING_444, JPEG_SUBSAMPLING_422, JPEG_SUBSAMPLING_420 };

struct jpeg_writer {
    int64_t quality; /* options */
    int32_t subsampling, is_progressive, optimizes;
    const char *comment;
    struct mim_list dpi;
    struct jpeg_retained retained;
};

extern const struct mim_writer_ops jpeg_writer_ops;

#endif
