/* SPDX-License-Identifier: MIT */
/* From a classic file to BigTIFF, where it outgrows 4 GB. */
#ifndef MIM_TIFF_WRITE_PROMOTE_H
#define MIM_TIFF_WRITE_PROMOTE_H

#include <stdint.h>

#include <mim/plugin.h>

#include "write/layout.h"

/* Before a page is emitted, whose tags but those of the layout are in self->page: with bigtiff=auto, make the file a
 * BigTIFF if the page might not fit. */
int32_t tiff_promote_for_page(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded);

#endif
