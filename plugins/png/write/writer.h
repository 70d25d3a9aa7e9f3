/* SPDX-License-Identifier: MIT */
/* The writers of pictures and of animations. */
#ifndef MIM_PNG_WRITER_H
#define MIM_PNG_WRITER_H

#include <mim/plugin.h>

extern const struct mim_writer_ops pngx_writer_ops;
extern const struct mim_writer_ops pngx_animation_writer_ops;

#endif
