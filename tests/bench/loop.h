/* SPDX-License-Identifier: MIT */
/* What the decoding loops share: two passes over a file, one to sum up the pixels, one against the clock. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stddef.h>
#include <stdint.h>

/** How samples lie in memory. 8-bit colour is summed up as RGBA with clear pixels all zero, to compare all three. */
enum loop_layout { LOOP_RGB, LOOP_RGBA, LOOP_BGRA, LOOP_PLAIN };

struct loop {
    uint64_t frames;
    uint64_t sum;  /**< of all pixels; only in the first pass */
    uint64_t seen; /**< a byte of every frame, so that no decoding can be left out */
    int summing;
};

/** A frame is there. `row_bytes` is the length of a packed row. */
void loop_frame(struct loop *loop, enum loop_layout layout, const void *pixels, uint32_t height, size_t row_bytes,
                size_t stride);

/** Decode all frames of argv[1]; 0 on success, else something was printed. */
typedef int (*loop_function)(struct loop *loop, int argc, char **argv);

/** main(): both passes, then "frames sum wall-ns cpu-ns" of the second on standard output. */
int loop_main(loop_function decode, int argc, char **argv);

#endif
