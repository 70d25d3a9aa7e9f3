/* SPDX-License-Identifier: MIT */
/* Makes documents, and reads and writes them through the plugin's operations, called in the order of the core. */
#ifndef MIM_PDF_TESTS_SESSION_H
#define MIM_PDF_TESTS_SESSION_H

#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "reader-state.h"
#include "reader.h"
#include "writer-state.h"
#include "writer.h"

/* Make a document with pages of the given contents. `more` has whole objects, numbered from 10, and ends with NULL. */
void make_document(struct mim_test_bytes *file, const char *const *contents, unsigned pages, const char *page_more,
                   const char *const *more);

struct reading {
    struct mim_test_host host;
    struct pdf_reader state;
    struct pdf_reading_worker space;
    struct mim_job serial, worker;
    struct mim_sequence sequence;
    struct mim_frame_info info;
    struct mim_raster raster; /* of the last page, packed; owned by the session */
};

void reading_begin(struct reading *reading, const struct mim_test_bytes *file);
int32_t reading_open(struct reading *reading);
int32_t reading_page(struct reading *reading, uint64_t index);
void reading_end(struct reading *reading);

struct writing {
    struct mim_test_host host;
    struct pdf_writer state;
    struct pdf_writing_worker space;
    struct mim_job serial, worker;
    struct mim_frame_info info; /* as accepted */
    uint64_t index;
};

void writing_begin(struct writing *writing);
int32_t writing_open(struct writing *writing);
int32_t writing_frame(struct writing *writing, const struct mim_raster *frame);
int32_t writing_finish(struct writing *writing);
void writing_end(struct writing *writing);

#endif
