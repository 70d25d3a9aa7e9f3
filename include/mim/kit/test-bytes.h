/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Growing bytes on the heap for tests: the files that they make, and the output that they compare.
 *
 * Header-only, C only. One thread at a time per object; without memory the program aborts.
 */
#ifndef MIM_KIT_TEST_BYTES_H
#define MIM_KIT_TEST_BYTES_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Zeroed = empty; free() `data`. */
struct mim_test_bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

/** Write `size` bytes at `at`, which may lie past the end; a zero byte follows the last one. */
static inline void
mim_test_bytes_put(struct mim_test_bytes *bytes, uint64_t at, const void *data, uint64_t size)
{
    if (at + size >= bytes->capacity) {
        bytes->capacity = 2 * (at + size) + 1;
        bytes->data = (uint8_t *)realloc(bytes->data, bytes->capacity);
        if (!bytes->data)
            abort();
    }
    if (at > bytes->size)
        memset(bytes->data + bytes->size, 0, at - bytes->size);
    if (size)
        memcpy(bytes->data + at, data, size);
    bytes->size = at + size > bytes->size ? at + size : bytes->size;
    bytes->data[bytes->size] = 0;
}

/** Write `size` bytes at the end. */
static inline void
mim_test_bytes_append(struct mim_test_bytes *bytes, const void *data, uint64_t size)
{
    mim_test_bytes_put(bytes, bytes->size, data, size);
}

/** Write formatted text at the end. */
__attribute__((format(printf, 2, 3))) static inline void
mim_test_bytes_printf(struct mim_test_bytes *bytes, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *text = size < 0 ? NULL : (char *)malloc((size_t)size + 1);
    if (!text)
        abort();
    vsnprintf(text, (size_t)size + 1, format, again);
    mim_test_bytes_append(bytes, text, (uint64_t)size);
    free(text);
    va_end(again);
    va_end(arguments);
}

#endif
