/* SPDX-License-Identifier: MIT */
/*
 * The plugin's tables. libpng decodes pixels and libdeflate compresses them; this plugin reads and writes the chunks.
 */
#include <stdio.h>

#include <libdeflate.h>
#include <png.h>
#include <zlib.h>

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

static char versions[100];

/* libdeflate does not report its version at run time. */
static int32_t
list_versions(const struct mim_host *host)
{
    (void)host;
    snprintf(versions, sizeof versions, "libpng %s, zlib %s, libdeflate %s", png_get_libpng_ver(NULL), zlibVersion(),
             LIBDEFLATE_VERSION_STRING);
    return MIM_OK;
}

MIM_PLUGIN("png", PLUGIN_VERSION, "MIT", "png:rw apng:rw", .library = versions, .init = list_versions,
           .formats = formats);
