/* SPDX-License-Identifier: MIT */
/* Samples that can be read in place. */
#ifndef MIM_TIFF_READ_STORED_H
#define MIM_TIFF_READ_STORED_H

#include <stdbool.h>
#include <stdint.h>

#include "read/page.h"

/* Find the place of uncompressed samples that are stored row after row: page->stored_at. */
int32_t tiff_page_find_stored(struct tiff_page *page, struct tiff_directory *directory,
                              const struct tiff_strips *strips);
/* Are the stored samples those of the frame? */
bool tiff_page_is_raw(const struct tiff_page *page);

#endif
