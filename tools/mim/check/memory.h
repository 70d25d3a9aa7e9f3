/* SPDX-License-Identifier: MIT */
/* The account of the host's memory. */
#ifndef MIM_TOOL_CHECK_MEMORY_H
#define MIM_TOOL_CHECK_MEMORY_H

#include "interpose.h"

/* Fail the trial unless the plugin gave back all memory of the host. `when` begins the message. */
void expect_balance(const struct interposition *interposition, const char *when);

#endif
