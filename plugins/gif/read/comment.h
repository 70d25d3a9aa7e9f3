/* SPDX-License-Identifier: MIT */
/* Comment extensions as metadata. */
#ifndef MIM_GIF_COMMENT_H
#define MIM_GIF_COMMENT_H

#include "read/blocks.h"

/*
 * Read the comments of one or two spans (`second` may be NULL) and deliver them as one value, one comment a line. GIF
 * requires ASCII, but files contain anything: text that is not UTF-8 is converted from Latin-1. Any thread.
 */
int32_t gif_comment_deliver(struct mim_job *job, const struct gif_span *first, const struct gif_span *second);

#endif
