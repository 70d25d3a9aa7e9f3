/* SPDX-License-Identifier: MIT */
/* Compressed text and profiles. */
#ifndef MIM_PNG_INFLATE_H
#define MIM_PNG_INFLATE_H

#include "shared/memory.h"

/** Unpack a zlib stream into `out`, at most `most` bytes. CORRUPT (nothing said), LIMIT, NOMEM, or what poll said. */
int32_t pngx_inflate(struct mim_job *job, const uint8_t *data, uint64_t size, uint64_t max, struct shared_bytes *out);

#endif
