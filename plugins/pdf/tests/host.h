/* SPDX-License-Identifier: MIT */
/* A minimal host, and sessions that call the plugin's operations in the order of plugin.h. */
#ifndef MIM_PDF_TESTS_HOST_H
#define MIM_PDF_TESTS_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader-state.h"
#include "reader.h"
#include "writer-state.h"
#include "writer.h"

#define CHECK(x) assert_true(x)
#define CASE(function) \
    { \
#function, call_case, NULL, NULL, (void *)(uintptr_t)(function) \
    }

static inline void
call_case(void **state)
{
    ((void (*)(void))(uintptr_t)*state)();
}

struct bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

void bytes_put(struct bytes *bytes, const void *data, uint64_t size);
void bytes_printf(struct bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct test_host { /* in job->core */
    const uint8_t *source;
    uint64_t source_size;
    uint64_t fail_read;  /* the n-th read fails; 0: none */
    uint64_t fail_alloc; /* the n-th allocation fails; 0: none */
    uint64_t stop_poll;  /* poll cancels from the n-th call on; 0: never */
    uint64_t reads, allocs, polls, notices;
    _Atomic uint64_t allocated;
    _Atomic int64_t reserved;
    int64_t peak_reserved;
    int32_t status; /* of the last fail() */
    char text[300];
    struct bytes sink, coded, meta; /* meta: "key=value\n" */
    int is_coding;                  /* emit appends to `coded` */
};

struct mim_job host_job(struct test_host *host, void *state, void *worker);
void host_clear(struct test_host *host);

/* Make a document with pages of the given contents. `more` has whole objects, numbered from 10, and ends with NULL. */
void make_document(struct bytes *file, const char *const *contents, unsigned pages, const char *page_more,
                   const char *const *more);

struct reading {
    struct test_host host;
    struct pdf_reader state;
    struct pdf_reading_worker space;
    struct mim_job serial, worker;
    struct mim_sequence sequence;
    struct mim_frame_info info;
    struct mim_raster raster; /* of the last page, packed; owned by the session */
};

void reading_begin(struct reading *reading, const struct bytes *file);
int32_t reading_open(struct reading *reading);
int32_t reading_page(struct reading *reading, uint64_t index);
int reading_has(const struct reading *reading, const char *line);
void reading_end(struct reading *reading);

struct writing {
    struct test_host host;
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
