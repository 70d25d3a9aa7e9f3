/* SPDX-License-Identifier: MIT */
/* The reader's operations. */
#ifndef MIM_TIFF_READ_READER_H
#define MIM_TIFF_READ_READER_H

#include <stdint.h>

#include <mim/plugin.h>

#include "file/page-index.h"
#include "file/window.h"
#include "read/plan.h"

struct tiff_reader {
    struct tiff_read_options options;
    struct mim_window window;
    struct tiff_page_index pages;
    struct tiff_order order;
    uint64_t first;      /* the first page's directory */
    uint64_t images;     /* of a stack in one directory; else 1 */
    uint64_t image_size; /* bytes of each */
    bool has_timing;     /* each frame lasts a tick */
    bool has_original, has_only_copies; /* pages that are no reduced image or mask: once known */
    bool has_reported;   /* the tags of the first page that cannot be read */
};

extern const struct mim_reader_ops tiff_reader_ops;

#endif
