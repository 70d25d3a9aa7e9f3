/* SPDX-License-Identifier: MIT */
/* Strips and tiles that are decoded without libtiff. */
#ifndef MIM_TIFF_READ_STRIP_H
#define MIM_TIFF_READ_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include "read/page.h"
#include "read/worker.h"

/* Decode `size` bytes of a strip or tile, after the first `skip` if it is not compressed; the handle is at the page.
 * MIM_OK and not done: libtiff has to decode it. */
int32_t tiff_strip_read(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t skip, uint8_t *to,
                        uint64_t size, bool *is_done);
/* Ask libtiff, which repairs some directories; `size` is 0 when it does not know. */
void tiff_strip_locate(struct tiff_handle *handle, uint32_t index, uint64_t *place, uint64_t *size);
void tiff_strip_close(struct tiff_read_worker *worker, struct mim_job *job);

#endif
