/* SPDX-License-Identifier: MIT */
/* Metadata of a later source of a conversion, which are offered to the writer with its frames. */
#ifndef MIM_CORE_PLUGIN_JOINED_METADATA_H
#define MIM_CORE_PLUGIN_JOINED_METADATA_H

#include "plugin/writer-calls.h"

/* Before the metadata of the frame itself. Reports properties of pictures in which the source differs from the first, if the
 * output states only those. */
enum mim_status mim_joined_metadata_offer(struct mim_plugin_writer *writer, uint32_t number, uint64_t index,
                                          struct mim_error *err);

#endif
