/* SPDX-License-Identifier: MIT */
/* Where bytes go. */
#ifndef MIM_SINK_H
#define MIM_SINK_H

#include <stdio.h>

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_sink; /* opaque, counted like a source */

/** An application's own output. write() takes all of it and returns `size`, or fails: -1 with errno, or fewer.
 * seekable: offsets may go back and `read` gives what was written; else they only go forward, and formats that need
 * more are spooled. */
struct mim_sink_calls {
    int64_t (*write)(void *user, const void *data, size_t size, uint64_t offset);
    int64_t (*read)(void *user, void *data, size_t size, uint64_t offset);
    int (*finish)(void *user);   /**< the sequence is whole; -1 with errno fails. May be NULL */
    void (*close)(void *user);   /**< once, whether finished or not. May be NULL */
    void *user;
    int seekable;
};

/**
 * A path, that appears whole or not at all: written beside it and renamed when finished; on failure the old file is as it
 * was. keep_existing: EXISTS instead of replacing, also when it appeared meanwhile. Nothing is created before the first
 * frame is there. Devices, FIFOs, sockets and /dev/fd/N are written through. A symlink is replaced, not followed. With a
 * place for a number in its name, "frame_%03d.png", it is a series: a file a frame, and all of them appear or none.
 */
MIM_API enum mim_status mim_sink_open_path(struct mim_sink **out, const char *path, int keep_existing, struct mim_error *err);
/** Memory that grows; see mim_sink_take(). */
MIM_API enum mim_status mim_sink_open_memory(struct mim_sink **out, struct mim_error *err);
/** The bytes of a finished memory sink; the caller frees them with mim_free(). ARGUMENT: not finished, or taken
 * before. */
MIM_API enum mim_status mim_sink_take(struct mim_sink *sink, void **data, size_t *size, struct mim_error *err);
/** A descriptor, from its current position. Not closed. What an unfinished output added at the end of a file is cut
 * off again; else what went out stays. */
MIM_API enum mim_status mim_sink_open_fd(struct mim_sink **out, int fd, const char *name, struct mim_error *err);
/** A FILE, from its current position, where it goes on behind what was written. Not closed, and not to be used
 * meanwhile. */
MIM_API enum mim_status mim_sink_open_file(struct mim_sink **out, FILE *file, const char *name, struct mim_error *err);
/** `name` is for messages, and its ending counts as the extension. `calls` are copied; close() is called also when
 * this fails. */
MIM_API enum mim_status mim_sink_open_calls(struct mim_sink **out, const struct mim_sink_calls *calls, const char *name,
                                            struct mim_error *err);
/** fsync before the rename. */
MIM_API void mim_sink_set_sync(struct mim_sink *sink, int sync);
/** The name in messages, and whose ending counts as the extension. */
MIM_API const char *mim_sink_name(const struct mim_sink *sink);
/** Drop this reference; what was not finished is undone with the last. NULL is welcome. */
MIM_API void mim_sink_close(struct mim_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
