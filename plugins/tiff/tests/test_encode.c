/* SPDX-License-Identifier: MIT */
/* Encoded data decode to the same bytes and stay within their bound. */
#include <stdlib.h>

#include <mim/kit/test-case.h>

#include "codec/lzw-decoder.h"
#include "codec/lzw-encoder.h"
#include "codec/packbits.h"
#include "codec/predictor.h"

enum { MAX_SIZE = 70000, KINDS = 5 };

static uint8_t plain[MAX_SIZE], back[MAX_SIZE];

/* One value; a ramp; two random values; noise; noise in long runs. */
static void
fill_plain(unsigned kind, size_t size)
{
    uint32_t state = 7;
    uint8_t last = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t chance = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
        last = chance % 16 == 0 ? chance : last;
        plain[i] = kind == 0 ? 9 : kind == 1 ? (uint8_t)i : kind == 2 ? chance & 1 : kind == 3 ? chance : last;
    }
}

static void
check_lzw(struct tiff_lzw_table *table, struct tiff_lzw_decoder *decoder, size_t size)
{
    size_t bound = tiff_lzw_bound(size);
    uint8_t *coded = malloc(bound); /* exactly the bound, for the sanitizer */
    size_t coded_size = tiff_lzw_encode(table, plain, size, coded);
    CHECK(coded_size <= bound);
    CHECK(tiff_lzw_decode(decoder, coded, coded_size, back, size));
    assert_memory_equal(back, plain, size);
    free(coded);
}

static void
lzw_round_trips_around_a_full_table(void)
{
    struct tiff_lzw_table *table = malloc(sizeof *table);
    struct tiff_lzw_decoder *decoder = malloc(sizeof *decoder);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        fill_plain(kind, MAX_SIZE);
        for (size_t size = 1; size < 600; size++)
            check_lzw(table, decoder, size);
        for (size_t size = 3700; size < 4200; size++)
            check_lzw(table, decoder, size);
        for (size_t size = 7500; size < MAX_SIZE; size += 997)
            check_lzw(table, decoder, size);
    }
    free(decoder);
    free(table);
}

static void
packbits_round_trips_and_ends_runs_with_their_row(void)
{
    static const size_t rows[] = { 1, 2, 3, 127, 128, 129, 130, 257, 1000 };
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
            for (size_t count = 1; count < 4; count++) {
                size_t row = rows[i], size = row * count, bound = tiff_packbits_bound(size, row), at = 0;
                uint8_t *coded = malloc(bound);
                fill_plain(kind, size);
                size_t coded_size = tiff_packbits_encode(plain, size, row, coded);
                CHECK(coded_size <= bound && tiff_packbits_decode(coded, coded_size, back, size));
                assert_memory_equal(back, plain, size);
                for (size_t done = 0; at < coded_size;) { /* no run crosses the end of its row */
                    int code = (int8_t)coded[at];
                    size_t count_here = code < 0 ? (size_t)(1 - code) : (size_t)code + 1;
                    CHECK(done / row == (done + count_here - 1) / row);
                    done += count_here;
                    at += code < 0 ? 2 : 1 + count_here;
                }
                free(coded);
            }
}

static void
packbits_is_as_short_as_possible(void)
{
    static const struct {
        const char *plain;
        size_t coded;
    } rows[] = { { "aaa", 2 }, { "aa", 2 }, { "ab", 3 }, { "aab", 4 }, { "abbbc", 6 }, { "aaabbccc", 6 } };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t coded[32];
        size_t size = strlen(rows[i].plain);
        CHECK(tiff_packbits_encode((const uint8_t *)rows[i].plain, size, size, coded) == rows[i].coded);
    }
}

/* Summing restores the samples. */
static void
differences_sum_up_to_the_samples(void)
{
    static const unsigned depths[] = { 8, 16, 32, 64 };
    for (unsigned d = 0; d < 4; d++)
        for (size_t step = 1; step < 6; step++)
            for (size_t pixels = 1; pixels < 40; pixels++) {
                size_t bytes = depths[d] / 8, size = pixels * step * bytes;
                fill_plain(3, size);
                tiff_predict(depths[d], back, plain, size, step);
                for (size_t i = step; i < pixels * step; i++) {
                    uint64_t sum = 0, before = 0;
                    memcpy(&sum, back + i * bytes, bytes);
                    memcpy(&before, back + (i - step) * bytes, bytes);
                    sum += before;
                    memcpy(back + i * bytes, &sum, bytes);
                }
                assert_memory_equal(back, plain, size);
            }
}

static void
floats_are_split_by_significance(void)
{
    static const float row[] = { 1.0f, -2.0f };
    static const uint8_t expected[] = { 0x3f, 0x81, 0xc0, 0x80, 0, 0, 0, 0 }; /* 3f c0 | 80 00 | 00 00 | 00 00, as differences */
    uint8_t to[8], scratch[8];
    tiff_predict_floats(32, to, (const uint8_t *)row, sizeof row, 1, scratch);
    assert_memory_equal(to, expected, sizeof to);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(lzw_round_trips_around_a_full_table), CASE(packbits_round_trips_and_ends_runs_with_their_row),
        CASE(packbits_is_as_short_as_possible),    CASE(differences_sum_up_to_the_samples),
        CASE(floats_are_split_by_significance),
    };
    return cmocka_run_group_tests_name("tiff pack", cases, NULL, NULL);
}
