/* SPDX-License-Identifier: MIT */
/* The state that the reader's operations share. */
#ifndef MIM_PDF_READER_STATE_H
#define MIM_PDF_READER_STATE_H

#include "document.h"
#include "page.h"
#include "render.h"

struct pdf_reader {
    struct pdf_choices choices;
    struct pdf_document document; /* for the serial ops */
};

struct pdf_reading_worker {
    struct pdf_document document;
    struct pdf_memory memory;
};

#endif
