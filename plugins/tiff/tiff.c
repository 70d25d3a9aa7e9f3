/* SPDX-License-Identifier: MIT */
/* The tables of the TIFF plugin. */
#include <tiffio.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

#define TEXT_OF(x) #x
#define NUMBER(x) TEXT_OF(x)
#define LIBTIFF                                                                                             \
    "libtiff " NUMBER(TIFFLIB_MAJOR_VERSION) "." NUMBER(TIFFLIB_MINOR_VERSION) "." NUMBER(TIFFLIB_MICRO_VERSION)

static const struct mim_format_ops tiff_format = {
    .struct_size = sizeof tiff_format,
    .name = "tiff",
    .reader = &tiff_reader_ops,
    .writer = &tiff_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &tiff_format, NULL };

MIM_PLUGIN(.name = "tiff", .version = PLUGIN_VERSION, .licence = "MIT", .library = LIBTIFF, .formats = formats);
