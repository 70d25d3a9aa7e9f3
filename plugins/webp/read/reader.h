/* SPDX-License-Identifier: MIT */
/* The reader's operations. */
#ifndef MIM_WEBP_READER_H
#define MIM_WEBP_READER_H

#include <mim/plugin.h>

extern const struct mim_reader_ops webp_reader_ops;

#endif
