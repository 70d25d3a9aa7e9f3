/* SPDX-License-Identifier: MIT */
/* From what a caller names, a path or URI, to a path. */
#ifndef MIM_CORE_IO_URI_H
#define MIM_CORE_IO_URI_H

#include <mim/error.h>

/* A path as it is, or what a file:// URI names, percent-decoded; free() it. NO_PLUGIN for other schemes, where `action`
 * ("reads", "writes") completes the message; ARGUMENT: no name, another host, %-escapes that are none. */
enum mim_status mim_uri_to_path(char **path, const char *uri, const char *action, struct mim_error *err);

#endif
