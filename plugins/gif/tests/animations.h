/* SPDX-License-Identifier: MIT */
/* Small movies to write, and whether they come back. */
#ifndef MIM_GIF_TESTS_MOVIES_H
#define MIM_GIF_TESTS_MOVIES_H

#include "session.h"

enum { MOVIE_WIDTH = 37, MOVIE_HEIGHT = 23 };

/** All black or clear; `frames` is the caller's to free. */
struct movie movie_blank(uint32_t channels, uint32_t count);

uint8_t *movie_pixel(const struct movie *movie, uint32_t frame, uint32_t i);

/** Draw blocks of random colours, of that many, that appear, change and vanish. */
void movie_scribble(struct movie *movie, uint64_t *seed, uint32_t colours);

/** Does the frame of the file that was read last look like that one of the movie? */
bool movie_is_shown(const struct reading *reading, const struct movie *movie, uint32_t frame);

/** Every frame, and no other, comes back as it went in. */
void movie_check_exact(const struct movie *movie, const struct setting *settings);

/** Bytes of the file. */
size_t movie_size(const struct movie *movie, const struct setting *settings);

#endif
