/* SPDX-License-Identifier: MIT */
/* The kit's window, which reports missing memory. */
#ifndef MIM_TIFF_FILE_WINDOW_H
#define MIM_TIFF_FILE_WINDOW_H

#include <mim/kit/window.h>

/* As mim_window_get(), but fails the op if there is no memory. */
int32_t tiff_window_get(struct mim_job *job, struct mim_window *window, uint64_t offset, uint64_t size,
                        const uint8_t **bytes);

#endif
