/* SPDX-License-Identifier: MIT */
/* The operations that write archives. */
#ifndef MIM_ARCHIVE_WRITER_H
#define MIM_ARCHIVE_WRITER_H

#include <mim/plugin.h>

int32_t arc_create_zip(struct mim_job *job);
int32_t arc_create_tar(struct mim_job *job);
int32_t arc_add(struct mim_job *job, const struct mim_member *member);
int32_t arc_write(struct mim_job *job, const void *data, uint64_t size);
int32_t arc_finish(struct mim_job *job);
void arc_write_close(struct mim_job *job);

#endif
