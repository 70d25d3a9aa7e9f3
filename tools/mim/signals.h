/* SPDX-License-Identifier: MIT */
/* Signals become a cancelled job, so that everything is put away before the process ends. */
#ifndef MIM_TOOL_SIGNALS_H
#define MIM_TOOL_SIGNALS_H

#include <stdbool.h>

#include <mim/control.h>

/* Catch INT, TERM and HUP (unless ignored, as under nohup), ignore PIPE and XFSZ. false: no memory. */
bool signals_catch(void);
void signals_release(void);

/* The switch that a signal throws, for every job's control. */
struct mim_cancel *signals_cancel(void);

/* A signal asked the process to end. */
bool signals_interrupted(void);

/* Throw the switch after so many milliseconds; 0 calls that off and, unless a signal came, puts the switch back. */
void signals_deadline(unsigned milliseconds);

#endif
