/* SPDX-License-Identifier: MIT */
/* A buffered view of the source. One thread at a time. */
#ifndef MIM_TIFF_FILE_WINDOW_H
#define MIM_TIFF_FILE_WINDOW_H

#include <stdint.h>

#include <mim/plugin.h>

struct tiff_window {
    uint8_t *data;
    uint64_t capacity, offset, size;
};

/* Returns MIM_OK and `size` bytes, 64 KiB at most, which stay valid until the next call; MIM_TRUNCATED when the
 * source ends before them. */
int32_t tiff_window_get(struct tiff_window *window, struct mim_job *job, uint64_t offset, uint64_t size,
                        const uint8_t **bytes);
void tiff_window_close(struct tiff_window *window, struct mim_job *job);

#endif
