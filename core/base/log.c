/* SPDX-License-Identifier: MIT */
/* The application's log. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/context-priv.h"

void
mim_context_set_log(struct mim_context *context, mim_log_function log, void *user, enum mim_log_level max)
{
    context->log = log;
    context->log_user = user;
    context->log_level = max;
}

void
mim_log(const struct mim_context *context, enum mim_log_level level, const char *fmt, ...)
{
    if (!context->log || level > context->log_level)
        return;
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    context->log(context->log_user, level, text);
}
