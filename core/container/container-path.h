/* SPDX-License-Identifier: MIT */
/* Paths and URIs of members: "stack.zip/frames/a.tif", and "shard.tar/inner.zip/a.tif". */
#ifndef MIM_CORE_CONTAINER_CONTAINER_PATH_H
#define MIM_CORE_CONTAINER_CONTAINER_PATH_H

#include "container/container.h"

/* Opens the innermost archive of the path, and finds in `inside` the rest, which may be "". */
enum mim_status mim_container_open_path(struct mim_container **out, const char **inside, struct mim_operation *whole,
                                        const char *path, struct mim_error *err);

/* Replaces a source that is only the path or the URI of a member by one with its bytes, and one that is only the URI of a file as
 * mim_source_resolve() does, for this operation, which must close it before it ends. Other sources stay. After an error `*source` has not changed. */
enum mim_status mim_container_resolve(struct mim_operation *operation, struct mim_source **source,
                                      struct mim_error *err);

#endif
