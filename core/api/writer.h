/* SPDX-License-Identifier: MIT */
/* What calls on whole sequences need of a writer. */
#ifndef MIM_CORE_API_WRITER_H
#define MIM_CORE_API_WRITER_H

#include <stdbool.h>

#include <mim/writer.h>

struct mim_source;

/* So many frames will come, if that was not said when it was opened. Before the first. */
void mim_writer_expect(struct mim_writer *writer, uint64_t count);

/* What the frames come from, for a plugin that looks there for more, such as a sound track. Before the first. */
void mim_writer_set_origin(struct mim_writer *writer, struct mim_source *source);

/* Does the format decide by the number of frames? Then it is worth a scan of the input. */
bool mim_writer_wants_count(const struct mim_writer *writer);

/* Append without a copy: the pixels stay as they are until the writer is finished or abandoned. */
enum mim_status mim_writer_lend(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err);

#endif
