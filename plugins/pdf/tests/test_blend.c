/* SPDX-License-Identifier: MIT */
/* Compares pixel conversions and filters with straightforward implementations. */
#include "session.h"

#include "blend.h"
#include "shared/png-filters.h"
#include "sharp.h"

enum { WIDTH = 203 };

static uint32_t
premultiplied(uint32_t alpha, uint32_t red, uint32_t green, uint32_t blue)
{
    return alpha << 24 | red * alpha / 255 << 16 | green * alpha / 255 << 8 | blue * alpha / 255;
}

/* Makes runs of clear and of opaque pixels, and mixtures. */
static void
make_row(uint32_t *row, uint32_t seed)
{
    for (unsigned x = 0; x < WIDTH; x++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t alpha = x < 40 ? 0 : x < 90 ? 255 : x < 130 ? (seed >> 31) * 255 : seed >> 24;
        row[x] = premultiplied(alpha, seed >> 16 & 255, seed >> 8 & 255, seed & 255);
    }
}

static int
is_near(double exact, unsigned got)
{
    double difference = exact - got;
    return difference > -1.01 && difference < 1.01;
}

static void
colours_blend_over_the_background(void)
{
    static const uint8_t grounds[][4] = { { 255, 255, 255, 255 }, { 0, 0, 0, 255 }, { 10, 200, 90, 255 } };
    uint32_t row[WIDTH];
    uint8_t rgb[3 * WIDTH], gray[WIDTH];
    for (unsigned g = 0; g < 3; g++) {
        make_row(row, g);
        pdf_blend_rgb(row, rgb, WIDTH, grounds[g]);
        pdf_blend_gray(row, gray, WIDTH, grounds[g]);
        for (unsigned x = 0; x < WIDTH; x++) {
            double rest = 1 - (row[x] >> 24) / 255.0, sum = 0;
            static const double weights[] = { 0.299, 0.587, 0.114 };
            for (unsigned c = 0; c < 3; c++) {
                double exact = (row[x] >> (16 - 8 * c) & 255) + grounds[g][c] * rest;
                CHECK(is_near(exact, rgb[3 * x + c]));
                sum += exact * weights[c];
            }
            CHECK(is_near(sum, gray[x]));
        }
    }
}

static void
alpha_is_converted_in_place(void)
{
    static const uint8_t clear[4] = { 0, 0, 0, 0 };
    for (uint32_t alpha = 1; alpha < 256; alpha++) {
        uint32_t row[256];
        for (uint32_t c = 0; c <= alpha; c++)
            row[c] = alpha << 24 | c << 16 | (alpha - c) << 8;
        pdf_blend_rgba(row, (uint8_t *)row, alpha + 1, clear);
        for (uint32_t c = 0; c <= alpha; c++) {
            const uint8_t *pixel = (const uint8_t *)&row[c];
            CHECK(pixel[0] == (c * 255 + alpha / 2) / alpha && pixel[1] == ((alpha - c) * 255 + alpha / 2) / alpha);
            CHECK(pixel[2] == 0 && pixel[3] == alpha);
        }
    }
}

static void
background_may_be_translucent(void)
{
    static const uint8_t ground[4] = { 200, 100, 0, 128 };
    uint32_t row[WIDTH];
    uint8_t rgba[4 * WIDTH];
    make_row(row, 9);
    pdf_blend_rgba(row, rgba, WIDTH, ground);
    for (unsigned x = 0; x < WIDTH; x++) {
        double rest = 1 - (row[x] >> 24) / 255.0, alpha = (row[x] >> 24) + 128 * rest;
        CHECK(is_near(alpha, rgba[4 * x + 3]));
        double exact = ((row[x] >> 16 & 255) + 200 * 128 / 255.0 * rest) * 255 / alpha;
        CHECK(exact - rgba[4 * x] < 3 && rgba[4 * x] - exact < 3);
    }
}

static void
majority_of_points_wins(void)
{
    uint32_t points[3][9] = { { 1, 1, 2, 10, 11, 12, 7, 7, 7 },
                              { 1, 2, 2, 13, 14, 15, 7, 8, 7 },
                              { 2, 2, 2, 16, 17, 18, 7, 7, 7 } };
    uint32_t out[3];
    pdf_sharpen(points[0], 9, out, 3);
    CHECK(out[0] == 2 && out[1] == 14 && out[2] == 7);
}

/* Undoes a filter. */
static void
unfilter(int filter, const uint8_t *above, const uint8_t *from, unsigned size, unsigned step, uint8_t *row)
{
    CHECK(filter <= 3);
    for (unsigned i = 0; i < size; i++) {
        unsigned left = i < step ? 0 : row[i - step];
        unsigned guess = filter == 1 ? left : filter == 2 ? above[i] : filter == 3 ? (left + above[i]) / 2 : 0;
        row[i] = (uint8_t)(from[i] + guess);
    }
}

static void
filters_can_be_undone(void)
{
    uint8_t row[300], above[300], coded[301], spare[301], back[300];
    uint32_t seed = 5;
    int seen[4] = { 0 };
    for (unsigned kind = 0; kind < 60; kind++)
        for (unsigned size = 1; size <= sizeof row; size += 13) {
            for (unsigned i = 0; i < size; i++) {
                seed = seed * 1664525 + 1013904223;
                unsigned noise = seed >> 24;
                above[i] = (uint8_t)(kind % 4 == 0 ? noise : i * 3);
                row[i] = (uint8_t)(kind % 4 == 1   ? above[i] + noise % 3
                                   : kind % 4 == 2 ? noise % 2
                                   : kind % 4 == 3 ? i * 7
                                                   : noise);
            }
            unsigned step = 1 + kind % 8;
            shared_filter_row_best(row, above, size, step, SHARED_FILTER_AVERAGE, coded, spare);
            unfilter(coded[0], above, coded + 1, size, step, back);
            CHECK(memcmp(row, back, size) == 0);
            seen[coded[0]]++;
        }
    CHECK(seen[0] && seen[1] && seen[2]);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(colours_blend_over_the_background), CASE(alpha_is_converted_in_place), CASE(background_may_be_translucent),
        CASE(majority_of_points_wins),           CASE(filters_can_be_undone),
    };
    return cmocka_run_group_tests_name("pdf blend", cases, NULL, NULL);
}
