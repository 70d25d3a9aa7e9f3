/* SPDX-License-Identifier: MIT */
/* Which functions of plugins are running, for signal handlers that report one that hangs or dies. */
#ifndef MIM_CORE_BASE_RUNNING_CALLS_H
#define MIM_CORE_BASE_RUNNING_CALLS_H

struct mim_running_call;

/* Both texts live as long as the process. NULL: too many calls at once, and this one is not recorded. */
struct mim_running_call *mim_running_enter(const char *plugin, const char *op);
/* On the same thread, the latest call first. `call` may be NULL. */
void mim_running_leave(struct mim_running_call *call);

#endif
