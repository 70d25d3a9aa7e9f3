/* SPDX-License-Identifier: MIT */
/* What ImageJ and other writers say of the whole file in the description of its first page. */
#ifndef MIM_TIFF_READ_IMAGEJ_H
#define MIM_TIFF_READ_IMAGEJ_H

#include <stdint.h>

#include "file/directory.h"

enum { TIFF_DESCRIPTION_SIZE = 4096 }; /* enough to know the writer */

/* The first bytes of the description, as a string; "" when there is none. */
int32_t tiff_description_read(struct tiff_directory *directory, char text[TIFF_DESCRIPTION_SIZE + 1]);
/* Number of images of an ImageJ stack behind one directory; unchanged if it is none. */
int32_t tiff_imagej_images(struct tiff_directory *directory, uint64_t *images);

#endif
