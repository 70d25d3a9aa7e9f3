/* SPDX-License-Identifier: MIT */
/* Internals of a source: reads at any offset, from any thread. */
#ifndef MIM_CORE_IO_SOURCE_H
#define MIM_CORE_IO_SOURCE_H

#include <stdbool.h>

#include <mim/control.h>
#include <mim/source.h>

struct mim_source *mim_source_ref(struct mim_source *source);

/* Returns the bytes read, fewer than `size` only at the end of the source; < 0: minus the status, with `err` filled.
 * Handles EINTR and short reads. Any thread, several at once; streams and callbacks are serialised by the source's
 * lock. */
int64_t mim_source_read_at(struct mim_source *source, void *data, uint64_t size, uint64_t offset,
                           struct mim_error *err);

/* Bytes of a source in memory, which live as long as the source. NULL: another kind of source, or beyond its end. Any thread. */
const void *mim_source_view(struct mim_source *source, uint64_t offset, uint64_t size);

/* Ends waits for a stream's bytes with the job of this control, and limits what is kept of it. NULL: with no job. */
void mim_source_bound(struct mim_source *source, const struct mim_control *control, int64_t deadline_ms);

/* The size if known without reading; MIM_UNKNOWN for a stream before its end. */
uint64_t mim_source_known_size(struct mim_source *source);

/* The size; reads (and spools) a stream to its end. */
enum mim_status mim_source_size(struct mim_source *source, uint64_t *size, struct mim_error *err);

/* A pipe, or callbacks without a size: its bytes are spooled, and its end is unknown until it is reached. */
bool mim_source_is_stream(const struct mim_source *source);

/* Bytes read so far, for progress. */
uint64_t mim_source_bytes_read(const struct mim_source *source);
/* Adds the bytes read of one file of a series. Any thread. */
void mim_source_add_bytes_read(struct mim_source *source, uint64_t bytes);

/* Whether the source is a series, which has files instead of bytes. */
bool mim_source_is_series(const struct mim_source *source);

/* Whether the source is only a URI, whose bytes a transport will read, or the path of a member of an archive: mim_operation_resolve()
 * replaces it. */
bool mim_source_is_located(const struct mim_source *source);
bool mim_source_is_member(const struct mim_source *source);
/* The URI of such a source, which may have a password; NULL for others. */
const char *mim_source_uri(const struct mim_source *source);
/* A source that is only a URI. ARGUMENT: blanks or control characters. */
enum mim_status mim_source_open_located(struct mim_source **out, const char *uri, struct mim_error *err);

/* Whether reads fetch parts of the source from far away. */
bool mim_source_is_remote(const struct mim_source *source);

/* Opens exactly this file, even if its name looks like a pattern. */
enum mim_status mim_source_open_file_path(struct mim_source **out, const char *path, struct mim_error *err);

/* Bytes that the core itself gets. Its functions are called by one thread at a time. */
struct mim_source_feed {
    /* Returns the number of some bytes at `offset`, where a stream goes on; 0 at the end; < 0: minus the status, with `err` filled. */
    int64_t (*read)(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err);
    void (*close)(void *user); /* not called if opening fails */
    void *user;
    uint64_t size; /* MIM_UNKNOWN: a stream */
    bool is_remote;
};
enum mim_status mim_source_open_feed(struct mim_source **out, const struct mim_source_feed *feed, const char *name,
                                     struct mim_error *err);
/* feed->size bytes of memory that feed->close frees; feed->read is not used. */
enum mim_status mim_source_open_owned(struct mim_source **out, const void *data, const struct mim_source_feed *feed,
                                      const char *name, struct mim_error *err);

/* How many archives the source is in. */
unsigned mim_source_depth(const struct mim_source *source);
void mim_source_set_depth(struct mim_source *source, unsigned depth);

#endif
