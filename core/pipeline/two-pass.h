/* SPDX-License-Identifier: MIT */
/* The first of two passes: every frame is shown to the plugin and spooled, then comes back. */
#ifndef MIM_CORE_PIPELINE_TWO_PASS_H
#define MIM_CORE_PIPELINE_TWO_PASS_H

#include "pipeline/encode-frame.h"

struct mim_two_pass;

enum mim_status mim_two_pass_create(struct mim_two_pass **out, struct mim_plugin_writer *writer, struct mim_error *err);
void mim_two_pass_destroy(struct mim_two_pass *two_pass);

/* The frame is accepted. It is converted, surveyed and spooled; the caller clears it. */
enum mim_status mim_two_pass_add(struct mim_two_pass *two_pass, struct mim_encode_frame *frame, struct mim_error *err);
/* All have been seen: the plugin settles what it goes by. */
enum mim_status mim_two_pass_end(struct mim_two_pass *two_pass, struct mim_error *err);
uint64_t mim_two_pass_count(const struct mim_two_pass *two_pass);
/* Frames in order, ready to be encoded. */
enum mim_status mim_two_pass_replay(struct mim_two_pass *two_pass, struct mim_encode_frame *frame,
                                    struct mim_error *err);

#endif
