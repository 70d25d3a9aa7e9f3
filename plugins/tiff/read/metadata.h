/* SPDX-License-Identifier: MIT */
/* Tags as metadata. */
#ifndef MIM_TIFF_READ_METADATA_H
#define MIM_TIFF_READ_METADATA_H

#include <stdint.h>

#include "file/directory.h"
#include "read/page.h"

int32_t tiff_page_metadata(struct tiff_directory *directory, const struct tiff_page *page);
/* The metadata of the file beyond those of its first page. */
int32_t tiff_file_metadata(struct tiff_directory *directory);

#endif
