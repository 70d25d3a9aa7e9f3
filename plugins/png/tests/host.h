/* SPDX-License-Identifier: MIT */
/* A host of a few lines: a file in memory to read, a buffer to write, calls that can be made to fail. */
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

/** Behind job->core. */
struct desk {
    struct blob source;
    uint64_t limit_metadata; /**< 0: none */
    uint64_t limit_frames;   /**< 0: none */
    uint64_t fail_alloc;     /**< the n-th allocation is refused; 0: none */
    uint64_t fail_read;      /**< the n-th read fails; 0: none */
    uint64_t fail_emit;      /**< the n-th emit fails; 0: none */
    uint64_t allocs, reads, emits;
    int64_t held, reserved; /**< bytes that the plugin has */
    int64_t most_held;
    uint64_t most_asked; /**< the largest allocation */
    int32_t status;      /**< of the first fail() */
    char text[300];
    char said[4000]; /**< metadata and notices, a line each: key=value */
    struct blob sink, coded;
    bool is_coding; /**< emit goes to `coded` */
};

struct mim_job desk_job(struct desk *desk, void *state, void *worker);
/** Forget what was said and counted; the source and sink stay. */
void desk_forget(struct desk *desk);
void desk_clear(struct desk *desk);
bool desk_said(const struct desk *desk, const char *line);
void blob_add(struct blob *blob, const void *data, uint64_t size);

#endif
