/* SPDX-License-Identifier: MIT */
/* The plugin's tables. poppler draws the pages that are read. */
#include <stdio.h>

#include <libdeflate.h>
#include <poppler.h>
#include <zlib.h>

#include <mim/kit/entry.h>

#include "reader.h"
#include "writer.h"

static const struct mim_format_ops pdf_format = {
    .struct_size = sizeof pdf_format,
    .name = "pdf",
    .reader = &pdf_reader_ops,
    .writer = &pdf_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &pdf_format, NULL };

static char versions[100];

/* libdeflate does not report its version at run time. */
static int32_t
list_versions(const struct mim_host *host)
{
    (void)host;
    snprintf(versions, sizeof versions, "poppler %s, zlib %s, libdeflate %s", poppler_get_version(), zlibVersion(),
             LIBDEFLATE_VERSION_STRING);
    return MIM_OK;
}

MIM_PLUGIN("pdf", PLUGIN_VERSION, "GPL-2.0-only OR GPL-3.0-only", "pdf:rw", .library = versions, .init = list_versions,
           .formats = formats);
