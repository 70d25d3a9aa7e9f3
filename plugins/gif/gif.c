/* SPDX-License-Identifier: MIT */
/* GIF animations: giflib parses the container; LZW and palettes are implemented here. */
#include <gif_lib.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define GIFLIB_VERSION STRING(GIFLIB_MAJOR) "." STRING(GIFLIB_MINOR) "." STRING(GIFLIB_RELEASE)

static const struct mim_format_ops gif = {
    .struct_size = sizeof gif,
    .name = "gif",
    .reader = &gif_reader_ops,
    .writer = &gif_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &gif, NULL };

MIM_PLUGIN("gif", PLUGIN_VERSION, "MIT", "gif:rw", .library = "giflib " GIFLIB_VERSION, .formats = formats);
