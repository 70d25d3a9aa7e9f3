/* SPDX-License-Identifier: MIT */
/* Pixels in counted buffers, and the store that buffers of a reader come from and return to. */
#ifndef MIM_CORE_FRAME_BUFFER_H
#define MIM_CORE_FRAME_BUFFER_H

#include <stdint.h>

/* Where a reader's buffers come from: the one place that would hand out shared memory instead. Any thread. */
struct mim_frame_store;
struct mim_frame_store *mim_frame_store_create(void);
/* The frames are kept, not given back one by one: when they are many, they lie together in slabs of huge
 * pages, since the first touch of fresh small pages costs more than decoding. Before the first buffer. */
void mim_frame_store_keep(struct mim_frame_store *store);
/* Buffers that are still out return to nowhere when they are released. */
void mim_frame_store_close(struct mim_frame_store *store);

struct mim_buffer; /* counted; what mim_frame.owner points to */
/* `store` may be NULL. NULL: no memory. Not zeroed. */
struct mim_buffer *mim_buffer_get(struct mim_frame_store *store, uint64_t size);
struct mim_buffer *mim_buffer_ref(struct mim_buffer *buffer);
/* Takes over a mapping of `size` bytes, whose pixels start at `start`; the last reference unmaps it. NULL: no memory, and it is
 * unmapped. */
struct mim_buffer *mim_buffer_of_mapping(void *mapping, uint64_t size, uint64_t start);
void mim_buffer_release(struct mim_buffer *buffer);
void *mim_buffer_data(struct mim_buffer *buffer);

#endif
