/* SPDX-License-Identifier: MIT */
/* What all targets share: the entry, what has to hold, and a file in memory as the oracles read it. */
#ifndef MIM_TESTS_FUZZ_H
#define MIM_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In every kind of build, unlike assert(). */
#define EXPECT(claim) \
    do { \
        if (!(claim)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #claim); \
            abort(); \
        } \
    } while (0)

struct memory {
    uint8_t *data;
    size_t size, room, at;
    bool is_borrowed; /* to be read only */
};

static inline struct memory
memory_borrow(const uint8_t *data, size_t size)
{
    return (struct memory){ .data = (uint8_t *)(uintptr_t)data, .size = size, .is_borrowed = true };
}

/* Fewer bytes at the end. */
static inline size_t
memory_read(struct memory *memory, void *to, size_t size)
{
    size_t left = memory->at < memory->size ? memory->size - memory->at : 0, some = size < left ? size : left;

    if (some)
        memcpy(to, memory->data + memory->at, some);
    memory->at += some;
    return some;
}

static inline void
memory_write(struct memory *memory, const void *from, size_t size)
{
    size_t end = memory->at + size;

    EXPECT(!memory->is_borrowed);
    if (end > memory->room) {
        memory->room = end * 2;
        memory->data = realloc(memory->data, memory->room);
        EXPECT(memory->data);
    }
    if (size)
        memcpy(memory->data + memory->at, from, size);
    memory->at = end;
    if (end > memory->size)
        memory->size = end;
}

#endif
