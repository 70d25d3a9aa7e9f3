/* SPDX-License-Identifier: MIT */
/* The two halves of the plugin. */
#ifndef MIM_GIF_PLUGIN_H
#define MIM_GIF_PLUGIN_H

#include <mim/plugin.h>

extern const struct mim_reader_ops gif_reader_ops;
extern const struct mim_writer_ops gif_writer_ops;

#endif
