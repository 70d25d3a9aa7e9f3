/* SPDX-License-Identifier: MIT */
/* Prints errors and maps them to exit codes. */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "signals.h"
#include "text.h"

static const enum exit_code exit_codes[] = {
    [MIM_OK] = EXIT_GOOD,
    [MIM_END] = EXIT_INPUT,
    [MIM_UNKNOWN_FORMAT] = EXIT_INPUT,
    [MIM_NO_PLUGIN] = EXIT_PLUGIN,
    [MIM_BROKEN_PLUGIN] = EXIT_PLUGIN,
    [MIM_DISABLED] = EXIT_POLICY,
    [MIM_UNSUPPORTED] = EXIT_INPUT,
    [MIM_CORRUPT] = EXIT_INPUT,
    [MIM_TRUNCATED] = EXIT_INPUT,
    [MIM_LIMIT] = EXIT_MEMORY,
    [MIM_NOMEM] = EXIT_MEMORY,
    [MIM_IO] = EXIT_INPUT,
    [MIM_EXISTS] = EXIT_OUTPUT,
    [MIM_RANGE] = EXIT_USAGE,
    [MIM_OPTION] = EXIT_USAGE,
    [MIM_ARGUMENT] = EXIT_USAGE,
    [MIM_CANCELLED] = EXIT_INTERRUPTED,
    [MIM_TIMEOUT] = EXIT_WORKER,
    [MIM_CRASHED] = EXIT_WORKER,
};

enum exit_code
exit_code_of(enum mim_status status)
{
    size_t known = sizeof exit_codes / sizeof *exit_codes;
    return (size_t)status < known ? exit_codes[status] : EXIT_INPUT;
}

enum mim_status
fail(struct mim_error *err, enum mim_status status, const char *fmt, ...)
{
    *err = (struct mim_error){ .status = status, .frame = MIM_UNKNOWN, .offset = MIM_UNKNOWN };
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    return status;
}

bool
is_about(const char *message, const char *subject)
{
    size_t length = strlen(subject);
    return !strncmp(message, subject, length) && (message[length] == ':' || message[length] == ' ');
}

void
report_error(const char *subject, const struct mim_error *err)
{
    progress_clear();
    fflush(stdout); /* on a terminal, print the error after the output it refers to */
    fputs("mim: ", stderr);
    if (subject && !is_about(err->message, subject)) {
        print_text(stderr, subject);
        fputs(": ", stderr);
    }
    print_text(stderr, err->message[0] ? err->message : mim_status_text(err->status));
    fputc('\n', stderr);
}

enum exit_code
give_up(const char *subject, const struct mim_error *err)
{
    if (signals_interrupted())
        return EXIT_INTERRUPTED;

    report_error(subject, err);
    return exit_code_of(err->status);
}

enum exit_code
list_code(const struct mim_context *context)
{
    struct mim_error err = { 0 };
    return mim_context_list_status(context, &err) == MIM_OK ? EXIT_GOOD : give_up(NULL, &err);
}

void
verdict_add(struct verdict *verdict, enum exit_code code)
{
    if (code == EXIT_GOOD)
        return;
    verdict->code = verdict->code == EXIT_GOOD || verdict->code == code ? code : EXIT_SEVERAL;
}

enum exit_code
finish_stdout(enum exit_code code)
{
    bool failed = ferror(stdout);
    errno = 0;
    if (!fflush(stdout) && !failed)
        return code;

    if (errno && errno != EPIPE)
        fprintf(stderr, "mim: standard output: %s\n", strerror(errno));
    return code == EXIT_GOOD || code == EXIT_OUTPUT ? EXIT_OUTPUT : code;
}
