/* SPDX-License-Identifier: MIT */
/* The source as a GInputStream. */
#ifndef MIM_PDF_STREAM_H
#define MIM_PDF_STREAM_H

#include <gio/gio.h>

#include "patches.h"

/* Not thread-safe. */
struct pdf_source {
    struct mim_job *job; /* the current op */
    uint64_t size;
    struct pdf_patches *patches; /* grow with what is read */
    int32_t status; /* of a failed read, which poppler sees as the end of the file */
};

/* `source` must outlive the stream. Returns NULL if out of memory. */
GInputStream *pdf_stream_create(struct pdf_source *source);

#endif
