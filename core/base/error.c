/* SPDX-License-Identifier: MIT */
/* Names and texts of statuses, and functions that fill errors. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build-paths.h"

static const struct {
    const char *name, *text;
} statuses[] = {
    [MIM_OK] = { "MIM_OK", "done" },
    [MIM_END] = { "MIM_END", "past the last frame" },
    [MIM_UNKNOWN_FORMAT] = { "MIM_UNKNOWN_FORMAT", "unknown format" },
    [MIM_NO_PLUGIN] = { "MIM_NO_PLUGIN", "no plugin installed" },
    [MIM_BROKEN_PLUGIN] = { "MIM_BROKEN_PLUGIN", "broken plugin" },
    [MIM_DISABLED] = { "MIM_DISABLED", "disabled by policy" },
    [MIM_UNSUPPORTED] = { "MIM_UNSUPPORTED", "not supported" },
    [MIM_CORRUPT] = { "MIM_CORRUPT", "damaged data" },
    [MIM_TRUNCATED] = { "MIM_TRUNCATED", "data cut short" },
    [MIM_LIMIT] = { "MIM_LIMIT", "over a limit" },
    [MIM_NOMEM] = { "MIM_NOMEM", "out of memory" },
    [MIM_IO] = { "MIM_IO", "reading or writing failed" },
    [MIM_EXISTS] = { "MIM_EXISTS", "exists already" },
    [MIM_RANGE] = { "MIM_RANGE", "no such frame" },
    [MIM_OPTION] = { "MIM_OPTION", "bad option" },
    [MIM_ARGUMENT] = { "MIM_ARGUMENT", "bad argument" },
    [MIM_CANCELLED] = { "MIM_CANCELLED", "cancelled" },
    [MIM_TIMEOUT] = { "MIM_TIMEOUT", "out of time" },
    [MIM_CRASHED] = { "MIM_CRASHED", "worker crashed" },
};

#define STATUS_COUNT (sizeof statuses / sizeof *statuses)

const char *
mim_status_name(enum mim_status status)
{
    return (size_t)status < STATUS_COUNT ? statuses[status].name : "MIM_?";
}

const char *
mim_status_text(enum mim_status status)
{
    return (size_t)status < STATUS_COUNT ? statuses[status].text : "unknown status";
}

const char *
mim_version(void)
{
    return MIM_VERSION;
}

void
mim_free(void *memory)
{
    free(memory);
}

enum mim_status
mim_fail_va(struct mim_error *err, enum mim_status status, const char *fmt, va_list args)
{
    if (!err)
        return status;

    *err = (struct mim_error){ .status = status, .frame = MIM_UNKNOWN, .offset = MIM_UNKNOWN };
    vsnprintf(err->message, sizeof err->message, fmt, args);
    return status;
}

enum mim_status
mim_fail(struct mim_error *err, enum mim_status status, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    mim_fail_va(err, status, fmt, args);
    va_end(args);
    return status;
}

bool
mim_is_shortage(int number)
{
    return number == ENOMEM || number == EMFILE || number == ENFILE;
}

static enum mim_status
status_of_errno(int number)
{
    return mim_is_shortage(number) ? MIM_NOMEM
           : number == EEXIST      ? MIM_EXISTS
           : number == ECANCELED   ? MIM_CANCELLED
           : number == ETIME       ? MIM_TIMEOUT
                                   : MIM_IO;
}

enum mim_status
mim_fail_errno(struct mim_error *err, int number, const char *fmt, ...)
{
    enum mim_status status = status_of_errno(number);
    va_list args;
    va_start(args, fmt);
    mim_fail_va(err, status, fmt, args);
    va_end(args);
    if (!err)
        return status;

    size_t used = strlen(err->message);
    char text[128];
    snprintf(err->message + used, sizeof err->message - used, ": %s", strerror_r(number, text, sizeof text));
    return status;
}

enum mim_status
mim_fail_limit(struct mim_error *err, uint64_t needed, uint64_t allowed, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    mim_fail_va(err, MIM_LIMIT, fmt, args);
    va_end(args);
    if (err) {
        err->needed = needed;
        err->allowed = allowed;
    }
    return MIM_LIMIT;
}

enum mim_status
mim_fail_nomem(struct mim_error *err, const char *what)
{
    return mim_fail(err, MIM_NOMEM, "no memory for %s", what);
}

enum mim_status
mim_fail_shortage(struct mim_error *err, const char *what)
{
    return mim_is_shortage(errno) && errno != ENOMEM ? mim_fail_errno(err, errno, "%s", what) : mim_fail_nomem(err, what);
}
