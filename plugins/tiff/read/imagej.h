/* SPDX-License-Identifier: MIT */
/* The description of the first page, and the ImageJ stack that it may announce. */
#ifndef MIM_TIFF_READ_IMAGEJ_H
#define MIM_TIFF_READ_IMAGEJ_H

#include <stdint.h>

#include "file/directory.h"

enum { TIFF_DESCRIPTION_SIZE = 4096 }; /* enough to recognize the writer */

/* The first bytes of the description, as a string; "" without a description. */
int32_t tiff_description_read(struct tiff_directory *directory, char text[TIFF_DESCRIPTION_SIZE + 1]);
/* The number of images in an ImageJ stack; `images` is unchanged for other files. */
int32_t tiff_imagej_images(struct tiff_directory *directory, uint64_t *images);

#endif
