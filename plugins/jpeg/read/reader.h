/* SPDX-License-Identifier: MIT */
/* The reader's state and table. */
#ifndef MIM_JPEG_READER_H
#define MIM_JPEG_READER_H

#include "read/segments.h"

struct jpeg_reader {
    int32_t orients; /* option */
    bool is_stream;  /* the source is not read ahead of the decoder */
    struct mim_window window;
    struct jpeg_header header;
};

extern const struct mim_reader_ops jpeg_reader_ops;

#endif
