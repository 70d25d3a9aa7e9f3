/* SPDX-License-Identifier: MIT */
/* What calls on whole sequences need of a writer. */
#ifndef MIM_CORE_WRITER_H
#define MIM_CORE_WRITER_H

#include <stdbool.h>

#include <mim/writer.h>

/* So many frames will come, if that was not said when it was opened. Before the first. */
void mim_writer_expect(struct mim_writer *writer, uint64_t count);

/* Does the format decide by the number of frames? Then it is worth a scan of the input. */
bool mim_writer_wants_count(const struct mim_writer *writer);

/* Append without a copy: the pixels stay as they are until the writer is finished or abandoned. */
enum mim_status mim_writer_lend(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err);

#endif
