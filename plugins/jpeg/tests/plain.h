/* SPDX-License-Identifier: MIT */
/* Pictures that libjpeg alone encodes and decodes. */
#ifndef MIM_JPEG_TESTS_PLAIN_H
#define MIM_JPEG_TESTS_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

#include <mim/kit/test-bytes.h>

struct plain_layout {
    uint32_t width, height;
    int components, columns, rows; /* factors of the first component; the others have 1 x 1 */
    unsigned restart_interval;
    bool is_progressive;
};

/* A picture with edges and noise; the caller frees it. */
struct mim_test_bytes plain_encode(const struct plain_layout *layout);

/*
 * Decode as gray, RGB or CMYK into packed rows, which the caller frees. NULL: libjpeg refuses the file, or its pixels are more
 * than `max_bytes`. `warnings` is the number of libjpeg's warnings.
 */
uint8_t *plain_decode(const uint8_t *data, size_t size, size_t max_bytes, long *warnings);

#endif
