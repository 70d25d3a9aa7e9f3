/* SPDX-License-Identifier: MIT */
/* The plugin's tables. libjpeg decodes and encodes pixels; this plugin reads and writes the segments. */
#include <stdio.h>

#include <jpeglib.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

static const struct mim_format_ops jpeg = {
    .struct_size = sizeof jpeg,
    .name = "jpeg",
    .reader = &jpeg_reader_ops,
    .writer = &jpeg_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &jpeg, NULL };

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* libjpeg does not report its version at run time. */
#ifdef LIBJPEG_TURBO_VERSION
#define LIBRARY "libjpeg-turbo " TEXT(LIBJPEG_TURBO_VERSION)
#else
#define LIBRARY "libjpeg " TEXT(JPEG_LIB_VERSION)
#endif

MIM_PLUGIN("jpeg", PLUGIN_VERSION, "MIT", "jpeg:rw", .library = LIBRARY, .formats = formats);
