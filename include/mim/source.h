/* SPDX-License-Identifier: MIT */
/* Where bytes come from. */
#ifndef MIM_SOURCE_H
#define MIM_SOURCE_H

#include <stdio.h>

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_context;
struct mim_source; /* opaque, counted: a reader keeps its own reference, so close yours as soon as it is open */

/**
 * An application's own input. read() fills up to `size` bytes at `offset` and returns how many, 0 at the end, -1 with errno
 * on failure (EINTR is tried again). size() NULL: a stream, then offsets only ever go forward without gaps, and what is
 * needed again is spooled. Called by one thread at a time, not always the same.
 */
struct mim_source_calls {
    int64_t (*read)(void *user, void *data, size_t size, uint64_t offset);
    int64_t (*size)(void *user);
    void (*close)(void *user);  /**< may be NULL; once, also when opening fails */
    void *user;
};

/** A path (or file:// URI), read with pread; what cannot be opened: IO with errno's text. Pipes and other streams are
 * spooled: memory up to 64 MB, then an unlinked temporary file. A directory, or a name with %03d or * that no file has,
 * stands for a series: its files are the frames, and whether there are any is found out when it is read. */
MIM_API enum mim_status mim_source_open_path(struct mim_source **out, const char *path, struct mim_error *err);
/** Memory that the caller keeps unchanged while the source lives. */
MIM_API enum mim_status mim_source_open_memory(struct mim_source **out, const void *data, size_t size, struct mim_error *err);
/** A file descriptor, from its current position if it is a stream, else from 0. Not closed. `name` is for messages. */
MIM_API enum mim_status mim_source_open_fd(struct mim_source **out, int fd, const char *name, struct mim_error *err);
/** A FILE, from its current position. Not closed, and not to be used meanwhile. */
MIM_API enum mim_status mim_source_open_file(struct mim_source **out, FILE *file, const char *name, struct mim_error *err);
/** `calls` are copied. Messages and the extension go by `name`. */
MIM_API enum mim_status mim_source_open_calls(struct mim_source **out, const struct mim_source_calls *calls,
                                              const char *name, struct mim_error *err);

/** The name in messages, and whose ending counts as the extension. */
MIM_API const char *mim_source_name(const struct mim_source *source);
/** Drop this reference; NULL is welcome. */
MIM_API void mim_source_close(struct mim_source *source);

#ifdef __cplusplus
}
#endif
#endif
