/* SPDX-License-Identifier: MIT */
/* Files named on the command line, including "-". */
#ifndef MIM_TOOL_STREAMS_H
#define MIM_TOOL_STREAMS_H

#include <stdbool.h>

#include <mim/sink.h>
#include <mim/source.h>

#define STDIN_NAME "standard input"
#define STDOUT_NAME "standard output"

/* Whether a transport reads it. */
bool is_remote(const char *path);
/* Return the path, or a URI without user, password and query, which may be secret: valid until the next call but one. */
const char *shown_name(const char *path);
/* Return the name of a file for messages, in which "-" is spelt out. */
const char *input_name(const char *path);
const char *output_name(const char *path);

/* Open a path or standard input. */
enum mim_status input_open(struct mim_source **out, const char *path, struct mim_error *err);

/* Open a path, which appears whole or not at all, or standard output, which must not be a terminal. */
enum mim_status output_open(struct mim_sink **out, const char *path, bool replace, struct mim_error *err);

/* Return whether the reader of our standard output has closed it. */
bool output_closed(void);

#endif
