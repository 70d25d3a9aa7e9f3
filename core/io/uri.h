/* SPDX-License-Identifier: MIT */
/* Paths and URIs. */
#ifndef MIM_CORE_IO_URI_H
#define MIM_CORE_IO_URI_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/error.h>

/* Length of the scheme in "SCHEME://..."; 0 for a path. */
size_t mim_uri_scheme(const char *uri);
/* Whether the URI has a scheme other than file. NULL has none. */
bool mim_uri_is_remote(const char *uri);
/* Copies a remote URI for messages: without user, password, query and fragment, which may be secret. free() it; NULL: no memory. */
char *mim_uri_shown(const char *uri);

/* Replaces escapes such as %20 in place. false: one without two digits, or %00. */
bool mim_uri_decode(char *text);

/* Copies a path, or decodes a file:// URI; free() it. NO_PLUGIN for other schemes, which cannot be written; ARGUMENT: an
 * empty name, another host, a malformed escape. */
enum mim_status mim_uri_to_path(char **path, const char *uri, struct mim_error *err);

#endif
