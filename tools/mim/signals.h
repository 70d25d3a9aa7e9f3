/* SPDX-License-Identifier: MIT */
/* Turning signals and time limits into cancelled jobs, so that the process cleans up before it ends. A job that does not
 * return in time, as in a library that cannot be cancelled, ends together with the process. */
#ifndef MIM_TOOL_SIGNALS_H
#define MIM_TOOL_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/control.h>

/* How long a cancelled job may take to return. */
#define GRACE_MILLISECONDS 2000

/* Catch INT, TERM and HUP unless they are ignored, as under nohup; ignore PIPE and XFSZ. Returns false if out of
 * memory. The first signal sets the cancel switch; a second one, or the end of the grace time, ends the process. */
bool signals_catch(void);
void signals_release(void);

/* Return the cancel switch that signals set, for the control of every job. */
struct mim_cancel *signals_cancel(void);

/* Return whether a signal requested the process to end. */
bool signals_interrupted(void);

/* End the process by the signal that interrupted it, if there is one. Call after signals_release(). */
void signals_end(void);

/* Set the switch after this many milliseconds. 0 disarms the timer and resets the switch unless a signal was received.
 * */
void signals_deadline(unsigned milliseconds);

/* End the process with EXIT_WORKER, and an error about `subject`, when a job exceeds its limit by the grace time. Both
 * 0 and MIM_NO_LIMIT end the watch. */
void signals_watch(const char *subject, uint64_t milliseconds);

#endif
