/* SPDX-License-Identifier: MIT */
/* Frames: their shape in memory. */
#ifndef MIM_CORE_FRAME_FRAME_H
#define MIM_CORE_FRAME_FRAME_H

#include <stdbool.h>

#include <mim/frame.h>

struct mim_raster;

/* Bytes of one packed row; bytes of a picture with rows `stride` apart. false: overflow. */
bool mim_row_bytes(uint32_t width, uint32_t channels, enum mim_sample sample, uint64_t *bytes);
bool mim_picture_bytes(uint32_t height, uint64_t stride, uint64_t *bytes);
/* Aligns rows to cache lines, unless rows are so short that padding would dominate. */
uint64_t mim_aligned_stride(uint64_t row_bytes, uint32_t rows);

/* Whether the plugin ABI can hold it, both numbers from 1 to 2^32 - 1. Others mean no timing. */
bool mim_time_base_valid(struct mim_rational base);

/* A view of the frame's pixels. */
struct mim_raster mim_frame_raster(const struct mim_frame *frame);

/* Refuses invalid frames: no pixels, a stride below the row, an unknown sample type. */
enum mim_status mim_frame_check(const struct mim_frame *frame, struct mim_error *err);

#endif
