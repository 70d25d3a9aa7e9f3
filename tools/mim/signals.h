/* SPDX-License-Identifier: MIT */
/* Turning signals into cancelled jobs, so that the process cleans up before it exits. */
#ifndef MIM_TOOL_SIGNALS_H
#define MIM_TOOL_SIGNALS_H

#include <stdbool.h>

#include <mim/control.h>

/* Catch INT, TERM and HUP unless they are ignored, as under nohup; ignore PIPE and XFSZ. Returns false if out of
 * memory. */
bool signals_catch(void);
void signals_release(void);

/* Return the cancel switch that signals set, for the control of every job. */
struct mim_cancel *signals_cancel(void);

/* Return whether a signal requested the process to end. */
bool signals_interrupted(void);

/* Set the switch after this many milliseconds. 0 disarms the timer and resets the switch unless a signal was received.
 * */
void signals_deadline(unsigned milliseconds);

#endif
