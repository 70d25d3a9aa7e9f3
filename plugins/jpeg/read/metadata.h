/* SPDX-License-Identifier: MIT */
/* Delivers the segments as metadata. */
#ifndef MIM_JPEG_METADATA_H
#define MIM_JPEG_METADATA_H

#include <mim/plugin.h>

/* The op `metadata`. */
int32_t jpeg_deliver_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);

#endif
