/* SPDX-License-Identifier: MIT */
/* Reports tags as metadata. */
#ifndef MIM_TIFF_READ_METADATA_H
#define MIM_TIFF_READ_METADATA_H

#include <stdint.h>

#include "file/directory.h"
#include "read/page.h"

int32_t tiff_page_metadata(struct tiff_directory *directory, const struct tiff_page *page);
/* Reports metadata of the file that are not tags of its first page. */
int32_t tiff_file_metadata(struct tiff_directory *directory);

#endif
