/* SPDX-License-Identifier: MIT */
/* The first of two passes: every frame is shown to the plugin and spooled, then comes back. */
#ifndef MIM_CORE_PIPELINE_TWO_PASS_H
#define MIM_CORE_PIPELINE_TWO_PASS_H

#include "pipeline/encode-frame.h"

struct mim_survey;

enum mim_status mim_survey_create(struct mim_survey **out, struct mim_plugin_writer *writer, struct mim_error *err);
void mim_survey_destroy(struct mim_survey *survey);

/* The slot is accepted. It is converted, surveyed and spooled; the caller clears it. */
enum mim_status mim_survey_add(struct mim_survey *survey, struct mim_out_slot *slot, struct mim_error *err);
/* All have been seen: the plugin settles what it goes by. */
enum mim_status mim_survey_end(struct mim_survey *survey, struct mim_error *err);
uint64_t mim_survey_count(const struct mim_survey *survey);
/* Frames in order, ready to be encoded. */
enum mim_status mim_survey_replay(struct mim_survey *survey, struct mim_out_slot *slot, struct mim_error *err);

#endif
