/* SPDX-License-Identifier: MIT */
/* Small movies to write, and whether they come back. */
#ifndef MIM_GIF_TESTS_ANIMATIONS_H
#define MIM_GIF_TESTS_ANIMATIONS_H

#include "session.h"

enum { ANIMATION_WIDTH = 37, ANIMATION_HEIGHT = 23 };

/** All black or clear; `frames` is the caller's to free. */
struct animation animation_blank(uint32_t channels, uint32_t count);

uint8_t *animation_pixel(const struct animation *animation, uint32_t frame, uint32_t i);

/** Draw blocks of random colours, of that many, that appear, change and vanish. */
void animation_scribble(struct animation *animation, uint64_t *seed, uint32_t colours);

/** Does the frame of the file that was read last look like that one of the movie? */
bool animation_is_shown(const struct reading *reading, const struct animation *animation, uint32_t frame);

/** Every frame, and no other, comes back as it went in. */
void animation_check_exact(const struct animation *animation, const struct setting *settings);

/** Bytes of the file. */
size_t animation_size(const struct animation *animation, const struct setting *settings);

#endif
