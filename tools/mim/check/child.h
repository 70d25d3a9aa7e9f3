/* SPDX-License-Identifier: MIT */
/* Running a test in a child process with limits. */
#ifndef MIM_TOOL_CHECK_CHILD_H
#define MIM_TOOL_CHECK_CHILD_H

#include "check.h"

enum check_result { CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED, CHECK_TODO, CHECK_RESULTS };

struct check_outcome {
    enum check_result result;
    char message[1000]; /* why it failed or was skipped, or a remark of a test that passed */
    char at[200];       /* the step at which the process died */
    char output[300];   /* the beginning of what it printed */
};

/* Run the test in a child. A crash and an exceeded limit are failures. */
void child_run(const struct check_trial *trial, struct check_outcome *outcome);

/* For tests, in the child: end it as failed or skipped. Any thread. */
_Noreturn void trial_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void trial_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Name the step that follows, for the report if the child dies in it. */
void trial_at(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Set the remark that is printed with a test that passes. */
void trial_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number of bytes that the process printed. */
size_t trial_printed(void);

#endif
