/* SPDX-License-Identifier: MIT */
/* Checks the facts that a plugin gives of a frame. */
#ifndef MIM_CORE_PLUGIN_FRAME_FACTS_H
#define MIM_CORE_PLUGIN_FRAME_FACTS_H

#include <mim/error.h>
#include <mim/plugin.h>

struct mim_operation;

/* Of a reader's prepare. BROKEN_PLUGIN; parts 0 becomes 1. */
enum mim_status mim_frame_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence,
                                      uint64_t index, struct mim_frame_info *info, struct mim_error *err);
/* Of a writer's accepts, which was given `before`. The same. */
enum mim_status mim_frame_facts_check_accepted(const struct mim_operation *operation, uint64_t index,
                                               const struct mim_frame_info *before, struct mim_frame_info *info,
                                               struct mim_error *err);

#endif
