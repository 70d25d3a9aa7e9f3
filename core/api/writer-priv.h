/* SPDX-License-Identifier: MIT */
/* What conversions know of a writer. */
#ifndef MIM_CORE_API_WRITER_PRIV_H
#define MIM_CORE_API_WRITER_PRIV_H

#include <mim/writer.h>

#include "plugin/writer-calls.h"

struct mim_plugin_writer *mim_writer_plugin(struct mim_writer *writer);

#endif
