/* SPDX-License-Identifier: MIT */
/* Metadata for the segments before the picture. */
#ifndef MIM_JPEG_RETAIN_H
#define MIM_JPEG_RETAIN_H

#include <stdbool.h>

#include <mim/kit/array.h>
#include <mim/kit/resolution.h>
#include <mim/plugin.h>

struct jpeg_retained {
    struct mim_bytes icc, exif, xmp, comment;
    struct mim_rational aspect;
    struct mim_resolution resolution;
};

/* The op `metadata`, for a struct jpeg_writer. */
int32_t jpeg_retain(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size);
void jpeg_retained_clear(struct mim_job *job, struct jpeg_retained *retained);

#endif
