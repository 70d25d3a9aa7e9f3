/* SPDX-License-Identifier: MIT */
/* Stacks for ImageJ, in the order of the calls. */
#ifndef MIM_TIFF_WRITE_IMAGEJ_H
#define MIM_TIFF_WRITE_IMAGEJ_H

#include <stdint.h>

#include <mim/plugin.h>

#include "write/tag-list.h"

int32_t tiff_imagej_open(struct mim_job *job, struct mim_sequence *sequence);
int32_t tiff_imagej_accept(struct mim_job *job, uint64_t index, struct mim_frame_info *info);
int32_t tiff_imagej_describe(struct mim_job *job);
/* Report that the tags of a later page are lost. */
int32_t tiff_imagej_report_lost(struct mim_job *job, const struct tiff_tag_list *tags);
int32_t tiff_imagej_finish(struct mim_job *job);

#endif
