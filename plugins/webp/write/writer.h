/* SPDX-License-Identifier: MIT */
/* The writer's operations. */
#ifndef MIM_WEBP_WRITER_H
#define MIM_WEBP_WRITER_H

#include <mim/plugin.h>

extern const struct mim_writer_ops webp_writer_ops;

#endif
