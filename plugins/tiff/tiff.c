/* SPDX-License-Identifier: MIT */
/* The tables of the TIFF plugin. */
#include <stdio.h>
#include <string.h>

#include <libdeflate.h>
#include <tiffio.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

static const struct mim_format_ops tiff_format = {
    .struct_size = sizeof tiff_format,
    .name = "tiff",
    .reader = &tiff_reader_ops,
    .writer = &tiff_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &tiff_format, NULL };

static char versions[100];

/* libtiff returns "LIBTIFF, Version 4.5.0" and a copyright. libdeflate does not report its version at run time. */
static int32_t
list_versions(const struct mim_host *host)
{
    const char *text = TIFFGetVersion(), *number = text + strcspn(text, "0123456789");
    (void)host;
    snprintf(versions, sizeof versions, "libtiff %.*s, libdeflate %s", (int)strcspn(number, "\n"), number,
             LIBDEFLATE_VERSION_STRING);
    return MIM_OK;
}

MIM_PLUGIN("tiff", PLUGIN_VERSION, "MIT", "tiff:rw", .library = versions, .init = list_versions, .formats = formats);
