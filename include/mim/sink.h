/* SPDX-License-Identifier: MIT */
/* Sinks: where a writer puts its bytes. */
#ifndef MIM_SINK_H
#define MIM_SINK_H

#include <stdio.h>

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_sink; /* opaque and reference-counted: a writer keeps its own reference, so close yours once it is open */

/** An application's own output. */
struct mim_sink_calls {
    /** Returns `size`. Any other result is a failure: -1 with errno, or a short write. */
    int64_t (*write)(void *user, const void *data, size_t size, uint64_t offset);
    /** Reads bytes that were written before. Called only if seekable. */
    int64_t (*read)(void *user, void *data, size_t size, uint64_t offset);
    int (*finish)(void *user);   /**< the output is complete; returns -1 with errno on failure. May be NULL */
    void (*close)(void *user);   /**< called once, whether finished or not. May be NULL */
    void *user;                  /**< passed to all functions */
    /** Whether offsets may go backwards. Otherwise they only increase, and libmim spools the output of formats that need more. */
    int seekable;
};

/**
 * Open a path, at which a file appears whole or not at all: libmim writes a temporary file in the same directory and
 * renames it when it is finished. On failure the old file is unchanged. With keep_existing, an existing file fails with
 * MIM_EXISTS, even if it was created in the meantime. Creates no file before the first frame. Devices, FIFOs, sockets
 * and /dev/fd/N are written to directly. A symlink to a regular file stays, and its target is replaced; other symlinks
 * fail, as do those of other users in directories like /tmp, and all in programs with special privileges. A name with a number, such as
 * "frame_%03d.png", is a series of one file per frame, which appear together or not at all.
 */
MIM_API enum mim_status mim_sink_open_path(struct mim_sink **out, const char *path, int keep_existing, struct mim_error *err);
/** The same for a path that is taken literally: a file, whatever its name, and never a URI or a series. */
MIM_API enum mim_status mim_sink_open_literal(struct mim_sink **out, const char *path, int keep_existing,
                                              struct mim_error *err);
/** Open a sink in memory; get its bytes with mim_sink_take(). */
MIM_API enum mim_status mim_sink_open_memory(struct mim_sink **out, struct mim_error *err);
/** Take the bytes of a finished memory sink; free them with mim_free(). Fails with MIM_ARGUMENT if the sink is not
 * finished or its bytes were taken. */
MIM_API enum mim_status mim_sink_take(struct mim_sink *sink, void **data, size_t *size, struct mim_error *err);
/** Open a file descriptor, to write at its current position. Does not close it. If the output is not finished, bytes
 * appended to a file are truncated; other bytes stay written. */
MIM_API enum mim_status mim_sink_open_fd(struct mim_sink **out, int fd, const char *name, struct mim_error *err);
/** Open a FILE, to write at its current position, which moves to the end of the output. Does not close it. Do not use
 * the FILE while the sink is open. */
MIM_API enum mim_status mim_sink_open_file(struct mim_sink **out, FILE *file, const char *name, struct mim_error *err);
/** Open an application's own output. `name` is used in messages, and its extension to choose the format. `calls` is
 * copied. Calls close() even on failure. */
MIM_API enum mim_status mim_sink_open_calls(struct mim_sink **out, const struct mim_sink_calls *calls, const char *name,
                                            struct mim_error *err);
/** Set whether to call fsync() before the rename. */
MIM_API void mim_sink_set_sync(struct mim_sink *sink, int sync);
/** Set the first number of a series, 0 by default. Fails with MIM_ARGUMENT for a single file, or if `start` is 2^63 or more. */
MIM_API enum mim_status mim_sink_set_start(struct mim_sink *sink, uint64_t start, struct mim_error *err);
/** Fail early if the output cannot succeed: the directory does not exist, or the file exists and is kept. Changes nothing.
 * mim_writer_open() makes the same check. */
MIM_API enum mim_status mim_sink_check(struct mim_sink *sink, struct mim_error *err);
/** Return the name of the sink, as in messages. Its extension chooses the format. */
MIM_API const char *mim_sink_name(const struct mim_sink *sink);
/** Drop a reference to a sink, which may be NULL. The last one undoes an unfinished output. */
MIM_API void mim_sink_close(struct mim_sink *sink);
/** Remove the temporary files of all sinks of the process, which must end at once: other threads that finish a file wait
 * for that. For the last words of a signal handler when a library does not return; async-signal-safe. */
MIM_API void mim_sink_abandon_all(void);

#ifdef __cplusplus
}
#endif
#endif
