/* SPDX-License-Identifier: MIT */
/* Metadata of the file and of its frames. */
#ifndef MIM_PNG_METADATA_H
#define MIM_PNG_METADATA_H

#include <mim/plugin.h>

int32_t pngx_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);

#endif
