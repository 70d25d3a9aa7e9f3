/* SPDX-License-Identifier: MIT */
/* A line that says how far the work is, for people who wait at a terminal. */
#ifndef MIM_TOOL_PROGRESS_H
#define MIM_TOOL_PROGRESS_H

#include <mim/control.h>

/* Begin a job: the line appears after half a second, if stderr is a terminal. */
void progress_start(void);

/* As struct mim_control wants it; never cancels. */
int progress_show(void *user, const struct mim_progress *progress);

/* The same of a job over many files, and the frames of all of them so far. */
void progress_show_files(uint64_t done, uint64_t total, uint64_t frames);

/* Wipe the line before something else is printed; no line, no effect. */
void progress_clear(void);

#endif
