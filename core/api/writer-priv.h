/* SPDX-License-Identifier: MIT */
/* The state of a writer, and what conversions know of it. */
#ifndef MIM_CORE_API_WRITER_PRIV_H
#define MIM_CORE_API_WRITER_PRIV_H

#include <mim/writer.h>

#include "pipeline/encode.h"
#include "pipeline/pool.h"
#include "plugin/operation.h"
#include "plugin/writer-calls.h"
#include "series/series-writer.h"

struct mim_writer {
    struct mim_operation operation;
    struct mim_series_writing series; /* when the sink is a series */
    struct mim_container_writer *container; /* when the output is an archive */
    struct mim_options *member_options;     /* the caller's without its own */
    bool is_series;
    bool is_single; /* one file of a format that holds one image */
    struct mim_pool *pool;
    struct mim_plugin_writer plugin;
    struct mim_encoder *encoder;
    uint64_t expected; /* frames to come, or MIM_UNKNOWN */
};

struct mim_plugin_writer *mim_writer_plugin(struct mim_writer *writer);

#endif
