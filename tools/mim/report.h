/* SPDX-License-Identifier: MIT */
/* How the command speaks of what failed, and what it then exits with. */
#ifndef MIM_TOOL_REPORT_H
#define MIM_TOOL_REPORT_H

#include "cli.h"

/* Fill `err` and hand the status back. */
enum mim_status fail(struct mim_error *err, enum mim_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Does the message begin with the subject as a word of its own? */
bool is_about(const char *message, const char *subject);

/* "mim: SUBJECT: message"; the subject (may be NULL) is left out where the message begins with it already. */
void report_error(const char *subject, const struct mim_error *err);

/* What a status means when it stops an input; of an output it is EXIT_OUTPUT when IO. */
enum exit_code exit_code_of(enum mim_status status);

/* Report and translate in one line. After an interrupt nothing is said: the user knows. */
enum exit_code give_up(const char *subject, const struct mim_error *err);

/* After a walk through one of the context's lists: EXIT_GOOD, unless memory ended it. */
enum exit_code list_code(const struct mim_context *context);

/* The code of a run over several inputs: all failures alike give theirs. */
struct verdict {
    enum exit_code code;
};
void verdict_add(struct verdict *verdict, enum exit_code code);

/* Flush stdout and see whether all of it went out; a closed pipe is not worth a word. */
enum exit_code finish_stdout(enum exit_code code);

#endif
