/* SPDX-License-Identifier: MIT */
/* A buffered source. */
#ifndef MIM_PNG_WINDOW_H
#define MIM_PNG_WINDOW_H

#include <mim/plugin.h>

enum { PNGX_WINDOW_GET_MAX = 1024 };

/* Zeroed = empty. Not thread-safe. */
struct pngx_window {
    uint8_t *bytes; /* host memory, 64 KiB */
    uint64_t offset, size;
};

/*
 * Get `size` bytes, at most PNGX_WINDOW_GET_MAX, valid until the next call. Returns TRUNCATED if the source is too
 * short.
 */
int32_t pngx_window_get(struct mim_job *job, struct pngx_window *window, uint64_t offset, uint64_t size,
                        const uint8_t **bytes);

/* Get as many bytes as are buffered, at least one. Returns TRUNCATED at the end of the source. */
int32_t pngx_window_span(struct mim_job *job, struct pngx_window *window, uint64_t offset, const uint8_t **bytes,
                         uint64_t *size);

void pngx_window_close(struct mim_job *job, struct pngx_window *window);

#endif
