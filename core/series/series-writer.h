/* SPDX-License-Identifier: MIT */
/* Writing a series: writer ops of the core, which make a file of each frame. */
#ifndef MIM_CORE_SERIES_SERIES_WRITER_H
#define MIM_CORE_SERIES_SERIES_WRITER_H

#include <mim/plugin.h>

#include "container/container-writer.h"
#include "options/options.h"
#include "plugin/operation.h"

/* How the files of a series are written; operation->series points to it. Borrowed while the writer lives. */
struct mim_series_writing {
    const struct mim_writer_ops *ops;
    const char *format;
    struct mim_container_writer *container; /* the files are members of an archive; NULL: operation->sink is a series */
    struct mim_options *options;
    struct mim_option_table other; /* the reader's options, for messages */
    unsigned workers;
};

/* operation->sink is a series, or gets an archive. */
extern const struct mim_writer_ops mim_series_writer_ops;

#endif
