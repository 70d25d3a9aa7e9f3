/* SPDX-License-Identifier: MIT */
/* Undoing prediction. */
#ifndef MIM_TIFF_READ_PREDICT_H
#define MIM_TIFF_READ_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

#include "read/page.h"

/* Is prediction undone here, with libtiff told that there is none? */
bool tiff_predict_is_ours(const struct tiff_page *page);
int32_t tiff_predict_undo(struct mim_job *job, const struct tiff_page *page, void *rows, uint32_t count, uint32_t width);

#endif
