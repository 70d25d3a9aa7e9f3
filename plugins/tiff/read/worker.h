/* SPDX-License-Identifier: MIT */
/* The memory of a thread that decodes. */
#ifndef MIM_TIFF_READ_WORKER_H
#define MIM_TIFF_READ_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "file/scratch.h"
#include "file/window.h"
#include "read/handle.h"

struct libdeflate_decompressor;

struct tiff_read_worker {
    struct tiff_handle handle;
    struct mim_window window;
    struct tiff_scratch stored, lzw;   /* coded bytes; struct tiff_lzw_decoder */
    uint64_t stored_at, stored_size;   /* the bytes of the source that `stored` holds */
    struct tiff_scratch split;         /* for the bytes of floats */
    struct libdeflate_decompressor *inflater;
    bool uses_libtiff_only; /* for comparison by fuzz targets */
    struct tiff_scratch coded, block, line, palette;
};

#endif
