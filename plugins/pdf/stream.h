/* SPDX-License-Identifier: MIT */
/* The source as a GInputStream. */
#ifndef MIM_PDF_STREAM_H
#define MIM_PDF_STREAM_H

#include <gio/gio.h>

#include "media.h"

/* One thread at a time. */
struct pdf_source {
    struct mim_job *job; /* of the op that runs; it reads and is asked whether to go on */
    uint64_t size;
    const struct pdf_patches *patches;
    int32_t status; /* of the read that failed: poppler takes it for the end of the file */
};

/* `source` outlives the stream. NULL: no memory. */
GInputStream *pdf_stream_create(struct pdf_source *source);

#endif
