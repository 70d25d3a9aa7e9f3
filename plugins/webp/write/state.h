/* SPDX-License-Identifier: MIT */
/* The state of the writer. */
#ifndef MIM_WEBP_STATE_H
#define MIM_WEBP_STATE_H

#include "write/encode.h"
#include "write/retain.h"
#include "write/stream.h"

struct webp_writer {
    struct webp_encoding encoding; /* options */
    bool is_accepting;             /* the first frame is known: metadata of later ones have no place */
    bool is_lossy_reported;
    struct webp_retained retained;
    struct webp_stream stream;
};

#endif
