/* SPDX-License-Identifier: MIT */
/* Descriptions by which other programs find the images of a stack. */
#ifndef MIM_TIFF_WRITE_DESCRIPTION_H
#define MIM_TIFF_WRITE_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mim/plugin.h>

/* Copy the lines of an ImageJ description after the first one that are about axes, or those that are not, without the
 * number of images. `to` may point into `from`. Returns their size. */
size_t tiff_imagej_copy_lines(char *to, const char *from, bool of_axes);
/* Remove the line that begins with `key`, which is a line break and the name. */
void tiff_imagej_remove_line(char *text, const char *key);
/* Find out whether the description states the timing of the frames. Removing it is left to adjust. */
int32_t tiff_description_open(struct mim_job *job, struct mim_sequence *sequence);
/* Remove from the description in self->page the axes of an ImageJ stack, which imagej=yes keeps, and tifffile's
 * statement that there is a single directory. */
int32_t tiff_description_adjust(struct mim_job *job);

#endif
