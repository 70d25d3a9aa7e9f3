/* SPDX-License-Identifier: MIT */
/* The plugin's tables. poppler draws the pages that are read. */
#include <poppler.h>

#include <mim/kit/entry.h>

#include "reader.h"
#include "writer.h"

#define TEXT_OF(x) #x
#define NUMBER(x) TEXT_OF(x)
#define POPPLER \
    "poppler " NUMBER(POPPLER_MAJOR_VERSION) "." NUMBER(POPPLER_MINOR_VERSION) "." NUMBER(POPPLER_MICRO_VERSION)

static const struct mim_format_ops pdf_format = {
    .struct_size = sizeof pdf_format,
    .name = "pdf",
    .reader = &pdf_reader_ops,
    .writer = &pdf_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &pdf_format, NULL };

MIM_PLUGIN(.name = "pdf", .version = PLUGIN_VERSION, .licence = "GPL-2.0-only OR GPL-3.0-only", .library = POPPLER,
           .formats = formats);
