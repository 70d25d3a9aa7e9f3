/* SPDX-License-Identifier: MIT */
/* Reference-counted pixel buffers, and the store that recycles a reader's buffers. */
#ifndef MIM_CORE_FRAME_BUFFER_H
#define MIM_CORE_FRAME_BUFFER_H

#include <stdint.h>

/* The source of a reader's buffers. Any thread. */
struct mim_frame_store;
struct mim_frame_store *mim_frame_store_create(void);
/* The caller retains all frames: then many buffers share slabs of huge pages, because touching fresh small pages
 * costs more than decoding. Before the first buffer. */
void mim_frame_store_keep(struct mim_frame_store *store);
/* So many buffers of one size are in use in turns; those that return are kept for the next. */
void mim_frame_store_expect(struct mim_frame_store *store, uint64_t count);
/* Closes the store; buffers in use are freed when they are released. */
void mim_frame_store_close(struct mim_frame_store *store);

struct mim_buffer; /* reference-counted; mim_frame.owner points to one */
/* `store` may be NULL. NULL: no memory. Not zeroed. */
struct mim_buffer *mim_buffer_get(struct mim_frame_store *store, uint64_t size);
struct mim_buffer *mim_buffer_ref(struct mim_buffer *buffer);
/* Takes ownership of a mapping of `size` bytes, whose pixels start at `start`; the last reference unmaps it. NULL:
 * no memory, and the mapping is gone. */
struct mim_buffer *mim_buffer_of_mapping(void *mapping, uint64_t size, uint64_t start);
void mim_buffer_release(struct mim_buffer *buffer);
void *mim_buffer_data(struct mim_buffer *buffer);

#endif
