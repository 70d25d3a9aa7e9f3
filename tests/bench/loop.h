/* SPDX-License-Identifier: MIT */
/* Common parts of the decoding loops: two passes over a file, one to sum the pixels and one to measure the time. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stddef.h>
#include <stdint.h>

/** Layout of samples. 8-bit colour is summed as RGBA, with transparent pixels zeroed, to compare all three layouts. */
enum loop_layout { LOOP_RGB, LOOP_RGBA, LOOP_BGRA, LOOP_PLAIN };

struct loop {
    uint64_t frames;
    uint64_t sum;  /**< of all pixels; only in the first pass, as the next two */
    uint64_t total, count; /**< of all bytes */
    uint64_t seen; /**< sum of a byte per frame, which keeps the compiler from omitting the decoding */
    int summing;
};

/** The mean of all bytes. */
double loop_mean(const struct loop *loop);

/** Process a decoded frame. `row_bytes` is the length of a packed row. */
void loop_frame(struct loop *loop, enum loop_layout layout, const void *pixels, uint32_t height, size_t row_bytes,
                size_t stride);

/** Decode all frames of argv[1]. Returns 0 on success, and prints an error otherwise. */
typedef int (*loop_function)(struct loop *loop, int argc, char **argv);

/** Implementation of main(): runs both passes, and prints "frames sum mean-byte wall-ns cpu-ns". */
int loop_main(loop_function decode, int argc, char **argv);

#endif
