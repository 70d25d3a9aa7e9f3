/* SPDX-License-Identifier: MIT */
/* Printing the results of tests as TAP or JSON. */
#ifndef MIM_TOOL_CHECK_RESULTS_H
#define MIM_TOOL_CHECK_RESULTS_H

#include "../json.h"
#include "child.h"

struct results {
    struct json *json;   /* NULL: TAP */
    unsigned counts[CHECK_RESULTS];
};

/* Begin and end the output of all plugins, and of one. */
void results_begin(struct results *results);
void results_end(struct results *results);
void results_begin_subject(struct results *results, const struct check_subject *subject);
void results_end_subject(struct results *results);

/* A failure that subject->todo names counts as CHECK_TODO. */
void results_add(struct results *results, const struct check_trial *trial, struct check_outcome *outcome);

#endif
