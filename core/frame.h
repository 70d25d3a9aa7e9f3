/* SPDX-License-Identifier: MIT */
/* Pixels in counted buffers, and the store that buffers of a reader return to. */
#ifndef MIM_CORE_FRAME_H
#define MIM_CORE_FRAME_H

#include <stdbool.h>

#include <mim/frame.h>

struct mim_raster;

/* Where a reader's buffers come from: the one place that would hand out shared memory instead. Any thread. */
struct mim_frame_store;
struct mim_frame_store *mim_frame_store_create(void);
/* Buffers that are still out return to nowhere when they are released. */
void mim_frame_store_close(struct mim_frame_store *store);

struct mim_buffer; /* counted; what mim_frame.owner points to */
/* `store` may be NULL. NULL: no memory. Not zeroed. */
struct mim_buffer *mim_buffer_get(struct mim_frame_store *store, uint64_t size);
struct mim_buffer *mim_buffer_ref(struct mim_buffer *buffer);
void mim_buffer_release(struct mim_buffer *buffer);
void *mim_buffer_data(struct mim_buffer *buffer);

/* Bytes of one row, packed; of a whole picture with rows `stride` apart. false: the numbers do not fit. */
bool mim_row_bytes(uint32_t width, uint32_t channels, enum mim_sample sample, uint64_t *bytes);
bool mim_picture_bytes(uint32_t height, uint64_t stride, uint64_t *bytes);
/* Rows start on cache lines, unless there are so many short ones that the gaps would count. */
uint64_t mim_aligned_stride(uint64_t row_bytes, uint32_t rows);

/* A view of the frame's pixels. */
struct mim_raster mim_frame_raster(const struct mim_frame *frame);

/* Refuse what cannot be a frame: no pixels, a stride below the row, an unknown sample type. */
enum mim_status mim_frame_check(const struct mim_frame *frame, struct mim_error *err);

#endif
