/* SPDX-License-Identifier: MIT */
/* Metadata that the file stores. */
#ifndef MIM_WEBP_RETAIN_H
#define MIM_WEBP_RETAIN_H

#include <mim/kit/array.h>

/* Zeroed = none. */
struct webp_retained {
    struct mim_bytes icc, exif, xmp;
};

/* Retain a value; a later one of the same key replaces it. MIM_UNSUPPORTED: WebP has no place for it. MIM_NOMEM. */
int32_t webp_retain(struct mim_job *job, struct webp_retained *retained, const char *key, int32_t type, const void *value,
                    uint64_t size);

/* Flags of VP8X for what is retained. */
uint32_t webp_retained_flags(const struct webp_retained *retained);

void webp_retained_close(struct mim_job *job, struct webp_retained *retained);

#endif
