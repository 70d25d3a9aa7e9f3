/* SPDX-License-Identifier: MIT */
/* How a page's samples become a frame's. */
#ifndef MIM_TIFF_READ_PLAN_H
#define MIM_TIFF_READ_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "read/page.h"

#define TIFF_MAX_STRIP_BYTES (64u << 20) /* decoded at once, which cannot be cancelled */

struct tiff_read_options {
    int32_t raw, scale, orient, reduced; /* the reader's options */
};

int32_t tiff_page_plan(struct tiff_page *page, struct tiff_directory *directory,
                       const struct tiff_read_options *options);
/* Are decoded samples those of a frame, before colours are converted? */
bool tiff_page_has_plain_samples(const struct tiff_page *page);

#endif
