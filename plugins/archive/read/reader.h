/* SPDX-License-Identifier: MIT */
/* The operations that read archives, for each format. */
#ifndef MIM_ARCHIVE_READER_H
#define MIM_ARCHIVE_READER_H

#include <mim/plugin.h>

/* Open as each format; the other operations are the same for all. */
int32_t arc_open_zip(struct mim_job *job);
int32_t arc_open_tar(struct mim_job *job);
int32_t arc_open_packed_tar(struct mim_job *job);
int32_t arc_open_7z(struct mim_job *job);
int32_t arc_open_rar(struct mim_job *job);

int32_t arc_next(struct mim_job *job, struct mim_member *member);
/* ZIP, and tar that is not compressed. */
int32_t arc_seek(struct mim_job *job, uint64_t position);
int64_t arc_read(struct mim_job *job, void *data, uint64_t size);
void arc_read_close(struct mim_job *job);

#endif
