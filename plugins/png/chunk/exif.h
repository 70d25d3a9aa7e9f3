/* SPDX-License-Identifier: MIT */
/* The orientation in an eXIf chunk. */
#ifndef MIM_PNG_EXIF_H
#define MIM_PNG_EXIF_H

#include <stdint.h>

/* The orientation 1 to 8 in the first directory; 1 if there is none. */
unsigned pngx_exif_orientation(const uint8_t *data, uint64_t size);
/* Set the orientation to 1, if there is one. */
void pngx_exif_set_upright(uint8_t *data, uint64_t size);

#endif
