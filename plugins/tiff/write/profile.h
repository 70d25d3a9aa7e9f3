/* SPDX-License-Identifier: MIT */
/* Colour profiles. */
#ifndef MIM_TIFF_WRITE_PROFILE_H
#define MIM_TIFF_WRITE_PROFILE_H

#include <stdint.h>

#include <mim/plugin.h>

#include "write/layout.h"

/* Read the file that the option names; its profile is for every page. */
int32_t tiff_profile_from_option(struct mim_job *job);
/* Remove a profile for other colours than the page's, or fail if the option asked for it. */
int32_t tiff_profile_check(struct mim_job *job, const struct tiff_layout *layout);

#endif
