/* SPDX-License-Identifier: MIT */
/* Metadata that is retained until the file header is written. */
#ifndef MIM_PNG_RETAIN_H
#define MIM_PNG_RETAIN_H

#include <stdbool.h>

#include <mim/kit/array.h>
#include <mim/kit/resolution.h>

#include "chunk/display.h"

struct pngx_retained_text {
    char keyword[80];          /* Latin-1 */
    int32_t rank;              /* of the key that set it: a lower rank is not replaced by a higher one */
    struct mim_bytes value;    /* UTF-8 */
};

/* Zeroed = empty. */
struct pngx_retained {
    struct mim_resolution resolution;
    struct mim_rational aspect; /* width to height of samples, for files without a resolution; 0/0: unknown */
    uint8_t time[7];
    uint8_t gamma[4], chromaticities[32], srgb[1];
    bool has_time, has_gamma, has_chromaticities, has_srgb;
    struct pngx_display display;
    struct mim_bytes icc, exif, xmp;
    struct pngx_retained_text *texts; /* host memory */
    uint64_t text_capacity;
    uint32_t text_count;
};

/* Retain a value and replace an earlier one of the same key. Returns UNSUPPORTED if PNG cannot store it, or NOMEM. */
int32_t pngx_retain(struct mim_job *job, struct pngx_retained *retained, const char *key, int32_t type,
                    const void *value, uint64_t size);

/* Retain the options dpi and text:KEY. Returns UNSUPPORTED for invalid values, or NOMEM. */
int32_t pngx_retain_dpi(struct pngx_retained *retained, const double axes[2]);
int32_t pngx_retain_text(struct mim_job *job, struct pngx_retained *retained, const char *keyword, int32_t rank,
                         const char *text, uint64_t size);

void pngx_retained_close(struct mim_job *job, struct pngx_retained *retained);

#endif
