/* SPDX-License-Identifier: MIT */
/* Emits pages: directory, values, strips. */
#ifndef MIM_TIFF_WRITE_EMIT_H
#define MIM_TIFF_WRITE_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include "write/layout.h"
#include "write/state.h"

enum { TIFF_BIG_HEADER_SIZE = 16 };
/* The offset of the first directory in a new file, which is also the size of its header. */
uint32_t tiff_first_directory(bool is_big);
/* All TIFF_BIG_HEADER_SIZE bytes, also of a classic file, which has fewer. */
void tiff_fill_header(bool is_big, uint64_t first, uint8_t *head);
int32_t tiff_emit_header(struct mim_job *job);
/* Adds the tags of the layout to self->page, and emits directory and strips. */
int32_t tiff_emit_page(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded);
int32_t tiff_emit_strips(struct mim_job *job, const struct mim_coded *coded);
/* The directory of self->page without strips; the next directory follows it directly unless it is the last. */
int32_t tiff_emit_directory(struct mim_job *job, bool is_last);
uint64_t tiff_emitted_directory_size(const struct tiff_writer *self);
uint64_t tiff_emit_aligned(uint64_t offset);

#endif
