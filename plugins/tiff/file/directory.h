/* SPDX-License-Identifier: MIT */
/* The entries of one directory, read straight from the source. */
#ifndef MIM_TIFF_FILE_DIRECTORY_H
#define MIM_TIFF_FILE_DIRECTORY_H

#include <stdint.h>

#include <mim/plugin.h>

#include <stdbool.h>

#include "file/byte-order.h"
#include "file/window.h"

#define TIFF_MAX_ENTRIES 4096u /* libtiff's own limit */

struct tiff_entry {
    uint16_t tag, type;
    uint32_t size;  /* of one value in bytes; 0: unknown type */
    uint64_t count;
    uint64_t offset; /* offset of the values in the source */
};

struct tiff_directory {
    struct mim_window *window;
    struct mim_job *job;
    struct tiff_order order;
    uint64_t offset, count;
    bool is_quiet;      /* dropped tags were reported before */
    bool is_transposed; /* the columns of frames are the rows of the page */
};

int32_t tiff_directory_open(struct tiff_directory *directory);
int32_t tiff_directory_entry(struct tiff_directory *directory, uint64_t i, struct tiff_entry *entry);
/* Value `i` of an integer tag; MIM_CORRUPT when it is negative, missing or not an integer. */
int32_t tiff_directory_uint(struct tiff_directory *directory, const struct tiff_entry *entry, uint64_t i,
                            uint64_t *value);

/* Go on without a tag: report it, unless the directory is quiet. */
int32_t tiff_directory_drop(const struct tiff_directory *directory, const struct tiff_entry *entry, const char *why);

#endif
