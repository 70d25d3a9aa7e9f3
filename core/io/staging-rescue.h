/* SPDX-License-Identifier: MIT */
/* Hidden directories of series whose process was killed. */
#ifndef MIM_CORE_IO_STAGING_RESCUE_H
#define MIM_CORE_IO_STAGING_RESCUE_H

#include <stddef.h>

/* Completes or undoes what a dead process began in this directory, and removes its hidden directories: those of this host since it was
 * started, others after seven days. `remark` gets what the user should know, or "". */
void mim_staging_rescue(int directory, char *remark, size_t size);

#endif
