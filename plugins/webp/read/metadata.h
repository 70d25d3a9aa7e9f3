/* SPDX-License-Identifier: MIT */
/* Delivers the metadata of a file: its profile, Exif and XMP, and how it is coded. */
#ifndef MIM_WEBP_METADATA_H
#define MIM_WEBP_METADATA_H

#include "read/frames.h"

/* Set the orientation of a picture to that in its Exif, which is behind the pixels. */
int32_t webp_metadata_orient(struct mim_job *job, struct webp_reader *self);
int32_t webp_metadata_of_file(struct mim_job *job, struct webp_reader *self);
int32_t webp_metadata_of_frame(struct mim_job *job, const struct webp_frame *frame);

#endif
