/* SPDX-License-Identifier: MIT */
/* Comments between the blocks, as metadata. */
#ifndef MIM_GIF_COMMENT_H
#define MIM_GIF_COMMENT_H

#include "read/blocks.h"

/**
 * Read the comments of one or two stretches (`second` may be NULL) again and deliver them as one value, a line each. GIF
 * asks for ASCII and files hold anything: what is not UTF-8 is taken for Latin-1. Any thread.
 */
int32_t gif_comment_deliver(struct mim_job *job, const struct gif_span *first, const struct gif_span *second);

#endif
