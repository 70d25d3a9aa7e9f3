/* SPDX-License-Identifier: MIT */
/* A series being written, as its files share it. */
#ifndef MIM_CORE_IO_SINK_SERIES_PRIV_H
#define MIM_CORE_IO_SINK_SERIES_PRIV_H

#include <limits.h>

#include "io/path-pattern.h"
#include "io/sink-priv.h"
#include "io/staging.h"

struct series_sink {
    struct mim_sink base; /* base.name is the pattern */
    struct mim_path_pattern name;
    bool keep_existing;
    uint64_t start, expected; /* MIM_UNKNOWN */
    uint64_t made;            /* files begun */
    struct mim_staging staging;
    char rescued[120]; /* what was done about killed processes */
};

/* The name of file `index`, without its directory. */
enum mim_status mim_series_sink_name(const struct series_sink *series, uint64_t index, char file[NAME_MAX + 1],
                                     struct mim_error *err);
/* Makes all files appear, or none. */
enum mim_status mim_series_sink_publish(struct series_sink *series, struct mim_error *err);

#endif
