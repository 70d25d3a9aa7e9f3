/* SPDX-License-Identifier: MIT */
/* Tags by number: tag:NNN. */
#ifndef MIM_TIFF_WRITE_RAW_TAGS_H
#define MIM_TIFF_WRITE_RAW_TAGS_H

#include <stdint.h>

#include <mim/plugin.h>

#include "write/tag-list.h"

/* One from metadata; MIM_UNSUPPORTED when it means something else in another file. */
int32_t tiff_raw_tag_from_metadata(struct tiff_tag_list *tags, struct mim_job *job, const char *number, int32_t type,
                                   const void *value, uint64_t size);
int32_t tiff_raw_tags_from_options(struct mim_job *job);

#endif
