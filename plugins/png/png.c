/* SPDX-License-Identifier: MIT */
/*
 * The plugin's tables. libpng decodes pixels and libdeflate compresses them; this plugin reads and writes the chunks.
 */
#include <png.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

static const struct mim_format_ops png = {
    .struct_size = sizeof png,
    .name = "png",
    .reader = &pngx_reader_ops,
    .writer = &pngx_writer_ops,
};

static const struct mim_format_ops apng = {
    .struct_size = sizeof apng,
    .name = "apng",
    .reader = &pngx_reader_ops,
    .writer = &pngx_animation_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &png, &apng, NULL };

MIM_PLUGIN(.name = "png", .version = PLUGIN_VERSION, .licence = "MIT", .library = "libpng " PNG_LIBPNG_VER_STRING,
           .formats = formats);
