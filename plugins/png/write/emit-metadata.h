/* SPDX-License-Identifier: MIT */
/* Writes retained metadata as chunks. */
#ifndef MIM_PNG_EMIT_METADATA_H
#define MIM_PNG_EMIT_METADATA_H

#include "write/retain.h"

/* Write the chunks that precede the pixels. A profile for another number of channels is left out with a notice. */
int32_t pngx_emit_metadata(struct mim_job *job, struct pngx_retained *retained, uint32_t channels);

#endif
