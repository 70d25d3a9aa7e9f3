/* SPDX-License-Identifier: MIT */
/* Error messages and exit codes. */
#ifndef MIM_TOOL_REPORT_H
#define MIM_TOOL_REPORT_H

#include "cli.h"

/* The message of a job that exceeds its limit, in seconds, and cannot be cancelled. */
#define STUCK_MESSAGE "out of time: the job exceeds the limit seconds=%.12g and does not stop; --seconds N changes it"

/* Fill `err` and return the status. */
enum mim_status fail(struct mim_error *err, enum mim_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Return whether the message begins with the subject, followed by a colon or a blank. */
bool is_about(const char *message, const char *subject);

/* Print "mim: SUBJECT: message". Omits the subject if it is NULL or the message already begins with it. */
void report_error(const char *subject, const struct mim_error *err);

/* Return the exit code for an error of an input. */
enum exit_code exit_code_of(enum mim_status status);

/* Report an error and return its exit code. Prints nothing after an interrupt. */
enum exit_code give_up(const char *subject, const struct mim_error *err);

/* Return EXIT_GOOD if the last walk through one of the context's lists was complete, else report why not. */
enum exit_code list_code(const struct mim_context *context);

/* The exit code of a run over several inputs: that of the failures if they agree, else EXIT_SEVERAL. */
struct verdict {
    enum exit_code code;
};
void verdict_add(struct verdict *verdict, enum exit_code code);

/* Flush stdout and report write errors, except a closed pipe. Returns the final exit code. */
enum exit_code finish_stdout(enum exit_code code);

#endif
