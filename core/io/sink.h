/* SPDX-License-Identifier: MIT */
/* Internals of a sink: begin, then write/patch/read_back, then commit or rollback. One thread at a time. */
#ifndef MIM_CORE_IO_SINK_H
#define MIM_CORE_IO_SINK_H

#include <stdbool.h>

#include <mim/control.h>
#include <mim/sink.h>

struct mim_sink *mim_sink_ref(struct mim_sink *sink);

/* Ends waits for a pipe with the job of this control, and limits what is kept of the output. */
void mim_sink_bound(struct mim_sink *sink, const struct mim_control *control, int64_t deadline_ms);
/* "frame_%03d.ext": the files to write into the archive that the sink gets, which must be one; NULL: the path did not say. */
const char *mim_sink_inside(const struct mim_sink *sink);
/* Prepares for the first byte. `seeks`: patch or read_back will be used; a sink that cannot seek spools its bytes. */
enum mim_status mim_sink_begin(struct mim_sink *sink, bool seeks, struct mim_error *err);
enum mim_status mim_sink_write(struct mim_sink *sink, const void *data, uint64_t size, struct mim_error *err);
/* Overwrites bytes at `offset`; past the end it extends the output, with zeros in a gap. */
enum mim_status mim_sink_patch(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset,
                               struct mim_error *err);
int64_t mim_sink_read_back(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset, struct mim_error *err);
uint64_t mim_sink_tell(const struct mim_sink *sink);
/* The same from any thread, possibly a moment old. */
uint64_t mim_sink_bytes_taken(const struct mim_sink *sink);

/* Makes the complete output appear. */
enum mim_status mim_sink_commit(struct mim_sink *sink, struct mim_error *err);
/* Undoes the output; allowed also before begin and after a failed commit. */
void mim_sink_rollback(struct mim_sink *sink);

#endif
