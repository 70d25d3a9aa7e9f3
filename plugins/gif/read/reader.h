/* SPDX-License-Identifier: MIT */
/* The reader's operations. */
#ifndef MIM_GIF_READER_H
#define MIM_GIF_READER_H

#include <mim/plugin.h>

extern const struct mim_reader_ops gif_reader_ops;

#endif
