/* SPDX-License-Identifier: MIT */
/* A small host: it reads a file in memory, writes to a buffer, and counts allocations, which can be made to fail. */
#ifndef MIM_TIFF_TESTS_HOST_H
#define MIM_TIFF_TESTS_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mim/plugin.h>

#define CHECK(x) assert_true(x)
#define CASE(function) { #function, call_case, NULL, NULL, (void *)(uintptr_t)(function) }

static inline void
call_case(void **state)
{
    ((void (*)(void))(uintptr_t)*state)();
}

struct bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

struct host { /* behind job->core */
    const uint8_t *source;
    uint64_t source_size;
    uint64_t fail_read;          /* the n-th read fails; 0: none */
    uint64_t fail_alloc;         /* the n-th allocation fails; 0: none */
    uint64_t reads, allocs, allocated, largest_request, max_frames;
    int32_t status;              /* of the last fail() */
    uint64_t offset;
    char text[300];
    struct bytes sink, coded;
    int is_coding;               /* emit goes to `coded` */
    struct bytes meta;           /* "key=value\n" */
    unsigned notices;
    const char *side_name; /* the one file of open_side, and its contents */
    struct bytes side;
};

/* A job of this host: the serial one, or one with the memory of a worker. */
struct mim_job host_job(struct host *host, void *state, void *worker);
void host_clear(struct host *host);
/* The host's read_at. */
int64_t host_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset);
void bytes_put(struct bytes *bytes, const void *data, uint64_t size, uint64_t at);
/* Append a number in the byte order of the file. */
void bytes_put_number(struct bytes *bytes, uint64_t value, unsigned size, int is_big_endian);

#endif
