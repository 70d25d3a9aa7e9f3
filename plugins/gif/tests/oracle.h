/* SPDX-License-Identifier: MIT */
/* giflib's LZW encoder and decoder as a reference. */
#ifndef MIM_GIF_TESTS_ORACLE_H
#define MIM_GIF_TESTS_ORACLE_H

#include <mim/kit/test-bytes.h>
#include <mim/kit/test-case.h>

/* A file with one image of `bits`-bit indices, written by giflib. */
struct mim_test_bytes oracle_pack(const uint8_t *indices, uint32_t width, uint32_t height, uint32_t bits);

/* Wrap codes without sub-block lengths in a file with one image. */
struct mim_test_bytes oracle_wrap(const uint8_t *codes, size_t size, uint32_t width, uint32_t height, uint32_t bits);

/* Join the sub-blocks that follow the code size at this offset. */
struct mim_test_bytes oracle_codes(const struct mim_test_bytes *file, size_t offset_of_code_size);

/* Offset of the code size in a file of oracle_pack() or oracle_wrap(). */
size_t oracle_code_size_offset(uint32_t bits);

/* Decode the image with giflib. GIF_OK or GIF_ERROR. */
int oracle_unpack(const struct mim_test_bytes *file, uint8_t *indices, uint32_t width, uint32_t height);

#endif
