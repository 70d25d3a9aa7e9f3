/* SPDX-License-Identifier: MIT */
/* Files by their names on the command line, "-" among them. */
#ifndef MIM_TOOL_STREAMS_H
#define MIM_TOOL_STREAMS_H

#include <stdbool.h>

#include <mim/sink.h>
#include <mim/source.h>

#define STDIN_NAME "standard input"
#define STDOUT_NAME "standard output"

/* How messages call a file: "-" is no name to people. */
const char *input_name(const char *path);
const char *output_name(const char *path);

/* A path, or standard input. Waiting for a pipe ends with the signal that interrupts the command. */
enum mim_status input_open(struct mim_source **out, const char *path, struct mim_error *err);

/* A path that appears whole or not at all, or standard output, which must not be a terminal. */
enum mim_status output_open(struct mim_sink **out, const char *path, bool replace, struct mim_error *err);

/* Whoever read our output has gone: nothing more to say. */
bool output_closed(void);

#endif
