/* SPDX-License-Identifier: MIT */
/* Small GIF files, block by block. */
#ifndef MIM_GIF_TESTS_BUILD_H
#define MIM_GIF_TESTS_BUILD_H

#include <stdbool.h>

#include <mim/kit/test-bytes.h>
#include <mim/kit/test-case.h>

/* Header and screen; a global table of four colours (black, red, green, blue) when `has_table`, the background red. */
void build_screen(struct mim_test_bytes *file, uint32_t width, uint32_t height, bool has_table);

/* A control block; `transparent` is -1 for none. */
void build_control(struct mim_test_bytes *file, uint32_t disposal, uint32_t delay, int transparent);

/* An image of one index, 0 to 3, without a local table. `coded` is the number of pixels in its codes. */
void build_image(struct mim_test_bytes *file, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t index,
                 uint32_t coded);

/* Code size and sub-blocks. */
void build_codes(struct mim_test_bytes *file, uint32_t code_size, const uint8_t *indices, size_t size);

/* An extension with `size` bytes in sub-blocks. */
void build_extension(struct mim_test_bytes *file, uint8_t function, const void *data, size_t size);

void build_loop(struct mim_test_bytes *file, uint32_t repeats);
void build_trailer(struct mim_test_bytes *file);

/* Three frames of 8x6: all red; a green square, disposed to the previous frame; a blue bar. */
struct mim_test_bytes build_three_frames(void);

#endif
