/* SPDX-License-Identifier: MIT */
/* The core's side of a source: read anywhere, from any thread. */
#ifndef MIM_CORE_IO_SOURCE_H
#define MIM_CORE_IO_SOURCE_H

#include <stdbool.h>

#include <mim/source.h>

struct mim_source *mim_source_ref(struct mim_source *source);

/* Bytes read; fewer than `size` only at the end of the source; < 0: minus the status, with `err` filled. EINTR and short
 * reads are handled. Any thread, several at once: streams and callbacks take turns under the source's lock. */
int64_t mim_source_read_at(struct mim_source *source, void *data, uint64_t size, uint64_t offset,
                           struct mim_error *err);

/* Known without reading? MIM_UNKNOWN for a stream whose end was not reached yet. */
uint64_t mim_source_known_size(struct mim_source *source);

/* The size; a stream is read (and spooled) to its end for it. */
enum mim_status mim_source_size(struct mim_source *source, uint64_t *size, struct mim_error *err);

/* A pipe, or callbacks without a size: what comes is spooled, its end is not known before it comes. */
bool mim_source_is_stream(const struct mim_source *source);

/* Bytes read from outside so far, for progress. */
uint64_t mim_source_bytes_read(const struct mim_source *source);
/* Of a series: what one of its files was read of. Any thread. */
void mim_source_add_bytes_read(struct mim_source *source, uint64_t bytes);

/* A pattern or a directory: it has files, and no bytes. */
bool mim_source_is_series(const struct mim_source *source);

/* This very file, whatever its name looks like. */
enum mim_status mim_source_open_file_path(struct mim_source **out, const char *path, struct mim_error *err);

#endif
