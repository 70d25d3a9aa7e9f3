/* SPDX-License-Identifier: MIT */
/* Two passes over a file: one for the sum of the pixels, one for the time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "loop.h"

/* FNV-1a over words, which is fast and does not miss differences. */
static uint64_t
add_word(uint64_t sum, uint64_t word)
{
    return (sum ^ word) * 0x100000001b3u;
}

static uint64_t
sum_plain(uint64_t sum, const uint8_t *row, size_t size)
{
    uint64_t word;
    size_t at = 0;

    for (; at + sizeof(word) <= size; at += sizeof(word)) {
        memcpy(&word, row + at, sizeof(word));
        sum = add_word(sum, word);
    }
    for (; at < size; at++)
        sum = add_word(sum, row[at]);
    return sum;
}

static uint64_t
sum_colour(uint64_t sum, enum loop_layout layout, const uint8_t *row, size_t size)
{
    size_t step = layout == LOOP_RGB ? 3 : 4;
    size_t red = layout == LOOP_BGRA ? 2 : 0;

    for (const uint8_t *pixel = row; pixel + step <= row + size; pixel += step) {
        uint8_t alpha = layout == LOOP_RGB ? 255 : pixel[3];
        sum = add_word(sum, alpha == 0 ? 0 : (uint64_t)pixel[red] << 24 | pixel[1] << 16 | pixel[2 - red] << 8 | alpha);
    }
    return sum;
}

static uint64_t
add_bytes(const uint8_t *row, size_t size)
{
    uint64_t total = 0;
    for (size_t at = 0; at < size; at++)
        total += row[at];
    return total;
}

double
loop_mean(const struct loop *loop)
{
    return loop->count ? (double)loop->total / (double)loop->count : 0;
}

void
loop_frame(struct loop *loop, enum loop_layout layout, const void *pixels, uint32_t height, size_t row_bytes,
           size_t stride)
{
    const uint8_t *row = pixels;

    loop->frames++;
    loop->seen += row[row_bytes / 2];
    if (!loop->summing)
        return;
    for (uint32_t y = 0; y < height; y++, row += stride) {
        loop->sum =
            layout == LOOP_PLAIN ? sum_plain(loop->sum, row, row_bytes) : sum_colour(loop->sum, layout, row, row_bytes);
        loop->total += add_bytes(row, row_bytes);
        loop->count += row_bytes;
    }
}

static uint64_t
now_ns(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int
loop_main(loop_function decode, int argc, char **argv)
{
    struct loop first = { .summing = 1 };
    struct loop second = { 0 };

    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE...\n", argv[0]);
        return 2;
    }
    if (decode(&first, argc, argv) != 0)
        return 1;

    uint64_t wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (decode(&second, argc, argv) != 0)
        return 1;
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (first.seen != second.seen || first.frames != second.frames) {
        fprintf(stderr, "%s: the passes differ\n", argv[1]);
        return 1;
    }
    printf("%" PRIu64 " %016" PRIx64 " %.3f %" PRIu64 " %" PRIu64 "\n", second.frames, first.sum, loop_mean(&first), wall, cpu);
    return 0;
}
