/* SPDX-License-Identifier: MIT */
/* A buffered view of the source. */
#ifndef MIM_PNG_WINDOW_H
#define MIM_PNG_WINDOW_H

#include <mim/plugin.h>

enum { PNGX_WINDOW_GET_MAX = 1024 };

/** Zeroed = empty. One thread at a time. */
struct pngx_window {
    uint8_t *bytes; /**< the host's memory, 64 KiB */
    uint64_t offset, size;
};

/** `size` bytes, at most PNGX_WINDOW_GET_MAX, that hold until the next call. MIM_TRUNCATED: the source ends before. */
int32_t pngx_window_get(struct mim_job *job, struct pngx_window *window, uint64_t offset, uint64_t size,
                        const uint8_t **bytes);

/** As many bytes as are at hand, at least one. MIM_TRUNCATED: the source ends there. */
int32_t pngx_window_span(struct mim_job *job, struct pngx_window *window, uint64_t offset, const uint8_t **bytes,
                         uint64_t *size);

void pngx_window_close(struct mim_job *job, struct pngx_window *window);

#endif
