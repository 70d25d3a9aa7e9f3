/* SPDX-License-Identifier: MIT */
/* The layout and the time base that all frames of a conversion fit, found before the first is decoded. */
#ifndef MIM_CORE_API_JOINED_LAYOUT_H
#define MIM_CORE_API_JOINED_LAYOUT_H

#include <mim/reader.h>
#include <mim/sequence.h>

#include "plugin/writer-calls.h"

/* Widen the writer's layout and refine its time base to hold the selected frames of an open reader. Ignores damage and
 * streams. */
void mim_joined_layout_add_reader(struct mim_plugin_writer *writer, struct mim_reader *reader);
/* The same for a source that is not open. */
void mim_joined_layout_add_source(struct mim_plugin_writer *writer, struct mim_context *context,
                                  struct mim_source *source, const struct mim_read_options *options);

#endif
