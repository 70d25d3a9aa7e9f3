/* SPDX-License-Identifier: MIT */
/* Converts a path or URI to a path. */
#ifndef MIM_CORE_IO_URI_H
#define MIM_CORE_IO_URI_H

#include <mim/error.h>

/* Copies a path, or decodes a file:// URI; free() it. NO_PLUGIN for other schemes, where `action` ("reads",
 * "writes") completes the message; ARGUMENT: an empty name, another host, a malformed escape. */
enum mim_status mim_uri_to_path(char **path, const char *uri, const char *action, struct mim_error *err);

#endif
