/* SPDX-License-Identifier: MIT */
/* A progress line on the terminal. */
#ifndef MIM_TOOL_PROGRESS_H
#define MIM_TOOL_PROGRESS_H

#include <mim/control.h>

/* Start a job. The line appears after half a second if stderr is a terminal. */
void progress_start(void);

/* Callback for struct mim_control; never cancels. */
int progress_show(void *user, const struct mim_progress *progress);

/* Show the progress of a job over many files, with the frames of all files so far. */
void progress_show_files(uint64_t done, uint64_t total, uint64_t frames);

/* Erase the line, if it is shown, before printing something else. */
void progress_clear(void);

#endif
