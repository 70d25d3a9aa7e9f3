/* SPDX-License-Identifier: MIT */
/* Decompresses texts and profiles. */
#ifndef MIM_PNG_INFLATE_H
#define MIM_PNG_INFLATE_H

#include <mim/kit/array.h>

/*
 * Decompress a zlib stream into `out`, at most `max` bytes. Returns CORRUPT (without a message), LIMIT, NOMEM or the
 * status of poll.
 */
int32_t pngx_inflate(struct mim_job *job, const uint8_t *data, uint64_t size, uint64_t max, struct mim_bytes *out);

#endif
