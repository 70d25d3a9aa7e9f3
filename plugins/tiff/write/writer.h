/* SPDX-License-Identifier: MIT */
/* The writer's operations. */
#ifndef MIM_TIFF_WRITE_WRITER_H
#define MIM_TIFF_WRITE_WRITER_H

#include <mim/plugin.h>

extern const struct mim_writer_ops tiff_writer_ops;

#endif
