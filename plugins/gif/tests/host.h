/* SPDX-License-Identifier: MIT */
/* A minimal host: source and sink in memory, counted allocations, the first error recorded. */
#ifndef MIM_GIF_TESTS_HOST_H
#define MIM_GIF_TESTS_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mim/plugin.h>

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
    size_t size, capacity;
};

struct host {
    struct mim_job job;
    struct bytes source, sink;
    uint64_t allocated, peak_allocated, allocations, fail_allocation; /* the n-th and later allocations fail; 0: none */
    uint64_t allocations_of_put;
    int64_t reserved;
    uint64_t reads, fail_read;
    uint64_t polls, fail_poll; /* the n-th and later polls return MIM_CANCELLED; 0: none */
    int32_t status;            /* of the first failure */
    char message[256];
    unsigned notices[MIM_NOTICE_COUNT];
    char meta[4096]; /* "key=value\n" for each */
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);

/* Set up a job with a state and a worker of these sizes. */
void host_open(struct host *host, uint32_t state_size, uint32_t worker_size);

/* Free all but the sink, and check that the plugin has freed its memory. */
void host_close(struct host *host);

/* Clear the error, the notices and the metadata. */
void host_forget(struct host *host);

/* A generator whose numbers are the same everywhere. */
uint32_t next_random(uint64_t *state);

#endif
