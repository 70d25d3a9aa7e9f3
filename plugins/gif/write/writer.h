/* SPDX-License-Identifier: MIT */
/* The writer's operations. */
#ifndef MIM_GIF_WRITER_H
#define MIM_GIF_WRITER_H

#include <mim/plugin.h>

extern const struct mim_writer_ops gif_writer_ops;

#endif
