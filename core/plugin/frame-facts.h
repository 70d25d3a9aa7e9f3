/* SPDX-License-Identifier: MIT */
/* Checks the facts that a plugin gives of a sequence and its frames. */
#ifndef MIM_CORE_PLUGIN_FRAME_FACTS_H
#define MIM_CORE_PLUGIN_FRAME_FACTS_H

#include <stdbool.h>

#include <mim/error.h>
#include <mim/plugin.h>

struct mim_operation;

/* Of a reader's open or scan. BROKEN_PLUGIN. */
enum mim_status mim_sequence_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence,
                                         struct mim_error *err);
/* Of a reader's prepare; `has_pixels`: it can decode. BROKEN_PLUGIN; parts 0 becomes 1. */
enum mim_status mim_frame_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence,
                                      uint64_t index, bool has_pixels, struct mim_frame_info *info,
                                      struct mim_error *err);
/* Of a writer's accepts, which was given `before`. The same. */
enum mim_status mim_frame_facts_check_accepted(const struct mim_operation *operation, uint64_t index,
                                               const struct mim_frame_info *before, struct mim_frame_info *info,
                                               struct mim_error *err);

#endif
