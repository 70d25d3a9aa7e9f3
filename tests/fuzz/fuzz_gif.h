/* SPDX-License-Identifier: MIT */
/* Opens a file in memory with giflib. */
#ifndef MIM_TESTS_FUZZ_GIF_H
#define MIM_TESTS_FUZZ_GIF_H

#include <gif_lib.h>

#include "fuzz.h"

static inline int
memory_read_gif(GifFileType *gif, GifByteType *to, int size)
{
    return (int)memory_read(gif->UserData, to, (size_t)size);
}

static inline GifFileType *
memory_open_gif(struct memory *memory)
{
    return DGifOpen(memory, memory_read_gif, NULL);
}

#endif
