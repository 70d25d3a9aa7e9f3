/* SPDX-License-Identifier: MIT */
/* What a file has besides the pages of its main chain. */
#ifndef MIM_TIFF_READ_OFFERS_H
#define MIM_TIFF_READ_OFFERS_H

#include <stdbool.h>

#include "file/directory.h"

/* State what the directory refers to: images in sub-IFDs, tags in other directories. Passes over damage. Of the first page these are
 * offers, of others metadata. */
int32_t tiff_offer_subdirectories(struct tiff_directory *directory, bool is_first);

#endif
