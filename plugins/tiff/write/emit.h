/* SPDX-License-Identifier: MIT */
/* Emits pages: directory, values, strips. */
#ifndef MIM_TIFF_WRITE_EMIT_H
#define MIM_TIFF_WRITE_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include "write/layout.h"
#include "write/state.h"

int32_t tiff_emit_header(struct mim_job *job);
/* Adds the tags of the layout to self->page, and emits directory and strips. */
int32_t tiff_emit_page(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded);
int32_t tiff_emit_strips(struct mim_job *job, const struct mim_coded *coded);
/* The directory of self->page without strips; the next directory follows it directly unless it is the last. */
int32_t tiff_emit_directory(struct mim_job *job, bool is_last);
uint64_t tiff_emitted_directory_size(const struct tiff_writer *self);
uint64_t tiff_emit_aligned(uint64_t offset);

#endif
