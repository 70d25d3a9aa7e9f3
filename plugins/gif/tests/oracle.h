/* SPDX-License-Identifier: MIT */
/* giflib's own packing and unpacking of LZW, to hold ours against. */
#ifndef MIM_GIF_TESTS_ORACLE_H
#define MIM_GIF_TESTS_ORACLE_H

#include "host.h"

/** A file of one picture of `bits`-bit indices, written by giflib. */
struct bytes oracle_pack(const uint8_t *indices, uint32_t width, uint32_t height, uint32_t bits);

/** Wrap codes (without lengths of sub-blocks) into a file of one picture. */
struct bytes oracle_wrap(const uint8_t *codes, size_t size, uint32_t width, uint32_t height, uint32_t bits);

/** Join the sub-blocks of the one picture in a file of oracle_pack(), or of bytes that begin with its code size. */
struct bytes oracle_codes(const struct bytes *file, size_t offset_of_code_size);

/** Where the byte of the code size stands in a file of oracle_pack() or oracle_wrap(). */
size_t oracle_code_size_offset(uint32_t bits);

/** Decode the one picture with giflib. GIF_OK or GIF_ERROR. */
int oracle_unpack(const struct bytes *file, uint8_t *indices, uint32_t width, uint32_t height);

#endif
