/* SPDX-License-Identifier: MIT */
/* Writes retained metadata as segments. */
#ifndef MIM_JPEG_EMIT_METADATA_H
#define MIM_JPEG_EMIT_METADATA_H

#include "codec.h"
#include "write/retain.h"

/* Set the fields of JFIF, before jpeg_start_compress(). */
void jpeg_set_density(struct jpeg_compress_struct *jpeg, const struct jpeg_retained *retained);
/* Write the other segments, after it. MIM_OK or the status of a notice. */
int32_t jpeg_emit_metadata(struct mim_job *job, struct jpeg_compress_struct *jpeg, const struct jpeg_retained *retained);

#endif
