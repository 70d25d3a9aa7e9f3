/* SPDX-License-Identifier: MIT */
/* A directory as libtiff accepts it. */
#ifndef MIM_TIFF_READ_REPAIR_H
#define MIM_TIFF_READ_REPAIR_H

#include <stdint.h>

#include "read/page.h"

/* Change bytes read at `offset` if they are the entries of the page's directory. */
void tiff_repair_directory(const struct tiff_page *page, uint64_t offset, uint8_t *bytes, uint64_t size);

#endif
