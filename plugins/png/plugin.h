/* SPDX-License-Identifier: MIT */
/* The pieces of the plugin's table: one reader, and writers of pictures and of animations. */
#ifndef MIM_PNG_PLUGIN_H
#define MIM_PNG_PLUGIN_H

#include <mim/plugin.h>

extern const struct mim_reader_ops pngx_reader_ops;
extern const struct mim_writer_ops pngx_writer_ops;
extern const struct mim_writer_ops pngx_movie_writer_ops;

#endif
