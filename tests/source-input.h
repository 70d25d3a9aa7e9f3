/* SPDX-License-Identifier: MIT */
/* Bytes for sources of every kind, and a file that holds them. */
#ifndef MIM_TESTS_SOURCE_INPUT_H
#define MIM_TESTS_SOURCE_INPUT_H

#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "io/source.h"

#define SIZE 200000u

static uint8_t bytes[SIZE];
static char directory[64], path[128];

/* A directory with one file in it, which holds `bytes`. */
static inline int
make_file(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 24);
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/a b%%.bin", directory);
    FILE *file = fopen(path, "wb");
    return !file || fwrite(bytes, 1, SIZE, file) != SIZE || fclose(file) != 0 ? -1 : 0;
}

static inline int
remove_file(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static inline bool
reads(struct mim_source *source, uint64_t size, uint64_t offset, uint64_t shift)
{
    static uint8_t back[SIZE];
    struct mim_error err = { 0 };
    uint64_t end = SIZE - shift;
    uint64_t expected = offset >= end ? 0 : size < end - offset ? size : end - offset;
    int64_t n = mim_source_read_at(source, back, size, offset, &err);
    return n == (int64_t)expected && memcmp(back, bytes + shift + (expected ? offset : 0), expected) == 0;
}

/* Is byte `shift` of `bytes` the source's first, and all the rest there, in any order? Closes it. */
static inline void
holds_bytes_from(struct mim_source *source, uint64_t shift)
{
    CHECK(reads(source, 10, 0, shift));
    CHECK(reads(source, 10, 0, shift));
    CHECK(reads(source, 1000, 66000, shift));
    CHECK(reads(source, 70000, 3, shift));
    CHECK(reads(source, 0, 5, shift));
    CHECK(reads(source, 100, SIZE - shift - 7, shift));
    CHECK(reads(source, 100, SIZE - shift, shift));
    CHECK(reads(source, 100, UINT64_MAX, shift));
    CHECK(reads(source, 100, INT64_MAX, shift));
    CHECK(reads(source, SIZE, 0, shift));
    uint64_t size = 0;
    CHECK(mim_source_size(source, &size, NULL) == MIM_OK && size == SIZE - shift);
    CHECK(mim_source_known_size(source) == size);
    mim_source_close(source);
}

#endif
