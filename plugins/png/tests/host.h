/* SPDX-License-Identifier: MIT */
/* A minimal host: a source and a sink in memory, and failures on demand. */
#ifndef MIM_PNG_TESTS_HOST_H
#define MIM_PNG_TESTS_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

struct blob {
    uint8_t *data;
    uint64_t size;
};

/* In job->core. */
struct test_host {
    struct blob source;
    uint64_t limit_metadata; /* 0: none */
    uint64_t limit_frames;   /* 0: none */
    uint64_t fail_alloc;     /* the n-th allocation fails; 0: none */
    uint64_t fail_read;      /* the n-th read fails; 0: none */
    uint64_t fail_emit;      /* the n-th emit fails; 0: none */
    uint64_t allocs, reads, emits;
    int64_t allocated, reserved; /* bytes that the plugin owns */
    int64_t peak_allocated;
    uint64_t largest_request; /* the largest allocation */
    int32_t status;           /* of the first fail() */
    char text[300];
    char reported[4000]; /* metadata and notices as lines key=value */
    struct blob sink, coded;
    bool is_coding; /* emit appends to `coded` */
};

struct mim_job host_job(struct test_host *host, void *state, void *worker);
/* Reset reports and counters, but not the source and the sink. */
void host_reset(struct test_host *host);
void host_clear(struct test_host *host);
bool host_reported(const struct test_host *host, const char *line);
void blob_add(struct blob *blob, const void *data, uint64_t size);

#endif
