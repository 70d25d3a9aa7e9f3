/* SPDX-License-Identifier: MIT */
/* The files that a plugin is tested with. */
#ifndef MIM_TOOL_CHECK_SAMPLES_H
#define MIM_TOOL_CHECK_SAMPLES_H

#include <mim/mim.h>

#include "check.h"

/* Files of up to this size are small enough to be read hundreds of times. */
enum { MAX_SAMPLE = 1 << 20 };

/* Take the files of a directory that the plugin reads by their content or name. */
enum mim_status samples_find(struct check_subject *subject, const char *directory, struct mim_error *err);
/* Let the plugin write a file of each format, which tells how many frames a file may have, and take those that it can read as
 * samples if `is_taken`. It runs in a child; formats that fail have no sample. */
enum mim_status samples_write(struct check_subject *subject, bool is_taken, struct mim_error *err);
void samples_clear(struct check_subject *subject);

#endif
