/* SPDX-License-Identifier: MIT */
/* Resolutions and aspect as metadata. */
#ifndef MIM_TIFF_RESOLUTION_H
#define MIM_TIFF_RESOLUTION_H

#include <stdbool.h>

#include "file/directory.h"

/* Report the tags XResolution and YResolution, which are `axes`, and the unit. */
int32_t tiff_resolution_report(struct tiff_directory *directory, const struct tiff_entry axes[2], uint64_t unit);
/* Report the aspect of samples of a page, which a video states in its header. */
int32_t tiff_resolution_report_aspect(struct tiff_directory *directory);

#endif
