/* SPDX-License-Identifier: MIT */
/* The first of two passes: the plugin surveys each frame, which is spooled and read back for the second. */
#ifndef MIM_CORE_PIPELINE_TWO_PASS_H
#define MIM_CORE_PIPELINE_TWO_PASS_H

#include "pipeline/encode-frame.h"

struct mim_two_pass;

enum mim_status mim_two_pass_create(struct mim_two_pass **out, struct mim_plugin_writer *writer, struct mim_error *err);
void mim_two_pass_destroy(struct mim_two_pass *two_pass);

/* Convert, survey and spool a frame that is accepted. The caller clears it. */
enum mim_status mim_two_pass_add(struct mim_two_pass *two_pass, struct mim_encode_frame *frame, struct mim_error *err);
/* No more frames: the plugin concludes its survey. */
enum mim_status mim_two_pass_end(struct mim_two_pass *two_pass, struct mim_error *err);
uint64_t mim_two_pass_count(const struct mim_two_pass *two_pass);
/* Read the next frame back, ready to be encoded. */
enum mim_status mim_two_pass_replay(struct mim_two_pass *two_pass, struct mim_encode_frame *frame,
                                    struct mim_error *err);

#endif
