/* SPDX-License-Identifier: MIT */
/* Sources: where a reader gets its bytes. */
#ifndef MIM_SOURCE_H
#define MIM_SOURCE_H

#include <stdio.h>

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_context;
struct mim_source; /* opaque and reference-counted: a reader keeps its own reference, so close yours once it is open */

/** An application's own input. Its functions are called by one thread at a time, not always the same. */
struct mim_source_calls {
    /** Returns the number of bytes read, 0 at the end, or -1 with errno; EINTR is retried. */
    int64_t (*read)(void *user, void *data, size_t size, uint64_t offset);
    /** NULL: this is a stream. libmim reads it forwards without gaps, and spools what it needs again. */
    int64_t (*size)(void *user);
    void (*close)(void *user);   /**< called once, even if opening fails; may be NULL */
    void *user;                  /**< passed to all functions */
};

/** Open a path or a URI. A URI other than file:// is read by a transport plugin, which its readers open: this call only keeps it, and its
 * user, password, query and fragment are no part of the source's name. Fails with MIM_IO if the file cannot be opened. Pipes and other streams are spooled to
 * 64 MB of memory, then to an unlinked temporary file. A directory, or a name with %03d or * that is not the name of a
 * file, is a series, whose files are its frames; libmim looks for them when it is read. */
MIM_API enum mim_status mim_source_open_path(struct mim_source **out, const char *path, struct mim_error *err);
/** Open memory, which must not change as long as the source exists. */
MIM_API enum mim_status mim_source_open_memory(struct mim_source **out, const void *data, size_t size, struct mim_error *err);
/** Open a file descriptor: a stream at its current position, a file at its beginning. Does not close it. `name` is used
 * in messages. */
MIM_API enum mim_status mim_source_open_fd(struct mim_source **out, int fd, const char *name, struct mim_error *err);
/** Open a FILE at its current position. Does not close it. Do not use the FILE while the source is open. */
MIM_API enum mim_status mim_source_open_file(struct mim_source **out, FILE *file, const char *name, struct mim_error *err);
/** Open an application's own input. `calls` is copied. `name` is used in messages, and its extension to choose the
 * format. */
MIM_API enum mim_status mim_source_open_calls(struct mim_source **out, const struct mim_source_calls *calls,
                                              const char *name, struct mim_error *err);

/** Return the name of the source. */
MIM_API const char *mim_source_name(const struct mim_source *source);
/** Drop a reference to a source, which may be NULL. */
MIM_API void mim_source_close(struct mim_source *source);

#ifdef __cplusplus
}
#endif
#endif
