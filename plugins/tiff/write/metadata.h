/* SPDX-License-Identifier: MIT */
/* Converts metadata and options to tags. */
#ifndef MIM_TIFF_WRITE_METADATA_H
#define MIM_TIFF_WRITE_METADATA_H

#include <stdint.h>

#include <mim/plugin.h>

int32_t tiff_metadata_tag(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size);
int32_t tiff_option_tags(struct mim_job *job);

#endif
