/* SPDX-License-Identifier: MIT */
/* The timing of an ImageJ stack, from the lines of its description. */
#ifndef MIM_TIFF_IMAGEJ_TIMING_H
#define MIM_TIFF_IMAGEJ_TIMING_H

#include <stdbool.h>

#include <mim/plugin.h>

struct tiff_imagej_timing {
    struct mim_rational fps;      /* den 0: not stated */
    struct mim_rational interval; /* of the acquisition, in seconds; den 0: not stated */
};

/* Zeroes the timing if ImageJ did not write the description. */
void tiff_imagej_timing_read(struct tiff_imagej_timing *timing, const char *description);
/* Set the time base such that a frame lasts a tick: by fps, else by a short interval, with a notice. */
int32_t tiff_imagej_timing_apply(struct mim_job *job, const struct tiff_imagej_timing *timing,
                                 struct mim_sequence *sequence);

#endif
