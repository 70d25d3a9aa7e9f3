/* SPDX-License-Identifier: MIT */
/* Small animations, and checks that they survive writing and reading. */
#ifndef MIM_GIF_TESTS_ANIMATIONS_H
#define MIM_GIF_TESTS_ANIMATIONS_H

#include "session.h"

enum { ANIMATION_WIDTH = 37, ANIMATION_HEIGHT = 23 };

/* All black, or all transparent with 4 channels. The caller frees `frames`. */
struct animation animation_blank(uint32_t channels, uint32_t count);

uint8_t *animation_pixel(const struct animation *animation, uint32_t frame, uint32_t i);

/* Draw blocks of up to `colours` random colours that appear, change and vanish. */
void animation_scribble(struct animation *animation, uint64_t *seed, uint32_t colours);

/* Does the frame read last look like this frame of the animation? */
bool animation_is_shown(const struct reading *reading, const struct animation *animation, uint32_t frame);

/* Check that writing and reading returns exactly the same frames. */
void animation_check_exact(const struct animation *animation, const struct setting *settings);

/* Size of the file in bytes. */
size_t animation_size(const struct animation *animation, const struct setting *settings);

#endif
