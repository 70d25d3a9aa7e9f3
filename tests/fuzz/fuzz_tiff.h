/* SPDX-License-Identifier: MIT */
/* libtiff on a file in memory. */
#ifndef MIM_TESTS_FUZZ_TIFF_H
#define MIM_TESTS_FUZZ_TIFF_H

#include <tiffio.h>

#include "fuzz.h"

static inline tmsize_t
memory_read_tiff(thandle_t user, void *to, tmsize_t size)
{
    return (tmsize_t)memory_read(user, to, (size_t)size);
}

static inline tmsize_t
memory_write_tiff(thandle_t user, void *from, tmsize_t size)
{
    memory_write(user, from, (size_t)size);
    return size;
}

static inline toff_t
memory_seek_tiff(thandle_t user, toff_t offset, int whence)
{
    struct memory *memory = user;

    return memory->at = (whence == SEEK_CUR ? memory->at : whence == SEEK_END ? memory->size : 0) + offset;
}

static inline toff_t
memory_size_tiff(thandle_t user)
{
    return ((struct memory *)user)->size;
}

static inline int
memory_close_tiff(thandle_t user)
{
    (void)user;
    return 0;
}

/* Returns NULL if libtiff refuses the file. */
static inline TIFF *
memory_open_tiff(struct memory *memory, const char *mode)
{
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    memory->at = 0;
    return TIFFClientOpen("memory", mode, memory, memory_read_tiff, memory_write_tiff, memory_seek_tiff,
                          memory_close_tiff, memory_size_tiff, NULL, NULL);
}

#endif
