/* SPDX-License-Identifier: MIT */
/* The sink of a series: files that appear all together, or not at all. */
#ifndef MIM_CORE_IO_SINK_SERIES_H
#define MIM_CORE_IO_SINK_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "io/sink.h"

/* `path` contains a %d. Its files are written into a directory next to them, and renamed by commit. */
enum mim_status mim_sink_series_open(struct mim_sink **out, const char *path, bool keep_existing,
                                     struct mim_error *err);
bool mim_sink_is_series(const struct mim_sink *sink);

/* The number of files to come: mim_sink_check() then finds those that exist already. Ignored by a sink that is no series. */
void mim_sink_series_expect(struct mim_sink *sink, uint64_t count);

/* The sink of the next file; used between begin and commit of the series. */
enum mim_status mim_sink_series_next(struct mim_sink *series, struct mim_sink **out, struct mim_error *err);

/* What the check did about killed processes in the same place, or "". */
const char *mim_sink_series_rescued(struct mim_sink *sink);

#endif
