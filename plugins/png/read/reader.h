/* SPDX-License-Identifier: MIT */
/* The reader of pictures and animations. */
#ifndef MIM_PNG_READER_H
#define MIM_PNG_READER_H

#include <mim/plugin.h>

extern const struct mim_reader_ops pngx_reader_ops;

#endif
