/* SPDX-License-Identifier: MIT */
/* The application's log. */
#ifndef MIM_CORE_BASE_LOG_H
#define MIM_CORE_BASE_LOG_H

#include <mim/context.h>

/* Passes a line to the application's log function, if its level is enabled. On the caller's thread. */
void mim_log(const struct mim_context *context, enum mim_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
