/* SPDX-License-Identifier: MIT */
/* The memory of a thread that decodes. */
#ifndef MIM_TIFF_READ_WORKER_H
#define MIM_TIFF_READ_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/kit/array.h>
#include "file/window.h"
#include "read/handle.h"

struct libdeflate_decompressor;

struct tiff_read_worker {
    struct tiff_handle handle;
    struct mim_window window;
    struct mim_scratch stored, lzw;   /* coded bytes; struct tiff_lzw_decoder */
    uint64_t stored_at, stored_size;   /* the bytes of the source that `stored` holds */
    struct mim_scratch split;         /* for the bytes of floats */
    struct libdeflate_decompressor *inflater;
    bool uses_libtiff_only; /* for comparison by fuzz targets */
    struct mim_scratch coded, block, line, palette;
};

#endif
