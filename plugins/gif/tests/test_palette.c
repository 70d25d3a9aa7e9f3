/* SPDX-License-Identifier: MIT */
/* Colour sets, samples, quantizers, refinement, nearest entries. */
#include <math.h>
#include <stdlib.h>

#include <mim/kit/test-case.h>

#include "palette/colour-set.h"
#include "palette/key.h"
#include "palette/nearest.h"
#include "palette/quantize.h"
#include "palette/refine.h"
#include "random.h"

static struct gif_colour_set colours;
static struct gif_sample sample;
static struct gif_points points;
static struct gif_nearest nearest;

static void
counts_colours_up_to_the_limit(void)
{
    uint32_t keys[257];

    for (uint32_t i = 0; i < 257; i++)
        keys[i] = i * 65521 % 0x1000000;
    gif_colour_set_clear(&colours);
    CHECK(gif_colour_set_add(&colours, keys, 256, 256));
    CHECK(gif_colour_set_add(&colours, keys, 256, 256));
    CHECK(colours.count == 256);
    CHECK(!gif_colour_set_add(&colours, keys + 256, 1, 256));
    gif_colour_set_clear(&colours);
    CHECK(!gif_colour_set_add(&colours, keys, 3, 2));
}

static void
maps_colours_to_their_numbers(void)
{
    const uint32_t keys[] = { 7, 7, GIF_TRANSPARENT, 0, 0xffffff, 7, GIF_TRANSPARENT };
    uint8_t indices[7];

    gif_colour_set_clear(&colours);
    CHECK(gif_colour_set_add(&colours, keys, 7, 3));
    gif_colour_set_map(&colours, keys, 7, 99, indices);
    CHECK(!memcmp(indices, (uint8_t[]){ 0, 0, 99, 1, 2, 0, 99 }, 7));
    gif_colour_set_sort(&colours, 0);
    gif_colour_set_map(&colours, keys, 7, 99, indices);
    CHECK(!memcmp(indices, (uint8_t[]){ 1, 1, 99, 2, 0, 1, 99 }, 7));
    CHECK(colours.keys[0] == 0xffffff && colours.keys[2] == 0);
}

enum { QUANTIZERS = 3 };

static uint32_t
run_quantizer(uint32_t which, const uint32_t *keys, uint32_t count, uint32_t limit, uint32_t *palette)
{
    const struct gif_quantizer *quantizer = gif_quantizers[which];
    void *memory = malloc(quantizer->memory_size + 1);

    CHECK(memory);
    gif_sample_clear(&sample);
    gif_sample_add(&sample, keys, count);
    gif_points_set(&points, &sample);
    uint32_t chosen = quantizer->choose(memory, &sample, &points, limit, palette);
    free(memory);
    return chosen;
}

/* Wu's quantizer gives colours that differ in their upper five bits separate cells, and thus separate boxes. Median
 * cut never splits a single colour. */
static void
finds_each_of_a_few_colours(void)
{
    uint64_t seed = 1;
    uint32_t keys[4096], palette[256];

    for (uint32_t i = 0; i < 4096; i++) {
        uint32_t number = next_random(&seed) % 200;
        keys[i] = number % 6 * 48 << 16 | number / 6 % 6 * 48 << 8 | number / 36 * 40;
    }
    for (uint32_t which = 0; which < QUANTIZERS; which += 2) {
        uint32_t count = run_quantizer(which, keys, 4096, 256, palette);
        CHECK(count == 200);
        for (uint32_t i = 0; i < 4096; i++) {
            bool found = false;
            for (uint32_t k = 0; k < count; k++)
                found |= palette[k] == keys[i];
            CHECK(found);
        }
    }
}

static void
respects_the_limit(void)
{
    uint64_t seed = 2;
    static uint32_t keys[100000];
    uint32_t palette[256];

    for (uint32_t i = 0; i < 100000; i++)
        keys[i] = next_random(&seed) & 0xffffff;
    for (uint32_t which = 0; which < QUANTIZERS; which++)
        for (uint32_t limit = 1; limit <= 256; limit += limit < 20 ? 1 : 59)
            CHECK(run_quantizer(which, keys, 100000, limit, palette) == limit);
}

static uint32_t
squared_distance(uint32_t one, uint32_t two)
{
    int32_t red = (int32_t)(one >> 16) - (int32_t)(two >> 16);
    int32_t green = (int32_t)(one >> 8 & 255) - (int32_t)(two >> 8 & 255),
            blue = (int32_t)(one & 255) - (int32_t)(two & 255);

    return red * red + green * green + blue * blue;
}

static void
finds_the_nearest_of_all(void)
{
    uint64_t seed = 3;
    uint32_t palette[256], keys[3000];
    uint8_t indices[3000];

    for (uint32_t round = 0; round < 20; round++) {
        uint32_t count = round < 10 ? 256 : 1 + next_random(&seed) % 256;
        for (uint32_t i = 0; i < count; i++) /* clustered in every other round */
            palette[i] = next_random(&seed) & (round % 2 ? 0x0f0f1f : 0xffffff);
        gif_nearest_set(&nearest, palette, count);
        for (uint32_t i = 0; i < 3000; i++)
            keys[i] = next_random(&seed) & (i % 2 ? 0x1f1f1f : 0xffffff);
        gif_nearest_map(&nearest, keys, 3000, 0, indices);
        for (uint32_t i = 0; i < 3000; i++) {
            uint32_t best = 0;
            for (uint32_t k = 1; k < count; k++)
                best = squared_distance(keys[i], palette[k]) < squared_distance(keys[i], palette[best]) ? k : best;
            CHECK(indices[i] == best);
        }
    }
}

/* 256 colours must approximate soft shades well. */
static void
approximates_a_smooth_image_closely(void)
{
    enum { SIDE = 256 };
    static uint32_t keys[SIDE * SIDE];
    static uint8_t indices[SIDE * SIDE];
    uint32_t palette[256];

    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++)
            keys[y * SIDE + x] = x << 16 | y << 8 | (x + y) / 2;
    for (uint32_t which = 0; which < QUANTIZERS; which++) {
        double error = 0;
        uint32_t count = run_quantizer(which, keys, SIDE * SIDE, 256, palette);
        gif_nearest_set(&nearest, palette, count);
        gif_nearest_map(&nearest, keys, SIDE * SIDE, 0, indices);
        for (uint32_t i = 0; i < SIDE * SIDE; i++)
            error += squared_distance(keys[i], palette[indices[i]]);
        CHECK(10 * log10(255.0 * 255 * 3 * SIDE * SIDE / error) > 34);
    }
}

/* Samples of one to three pixels must not divide by zero. */
static void
accepts_the_smallest_samples(void)
{
    const uint32_t keys[] = { 0x102030, 0x102030, 0xf0e0d0 };
    uint32_t palette[256];

    for (uint32_t which = 0; which < QUANTIZERS; which++) {
        for (uint32_t count = 1; count <= 3; count++)
            for (uint32_t limit = 1; limit <= 256; limit += 51)
                CHECK(run_quantizer(which, keys, count, limit, palette) >= 1);
        if (which != 1)
            CHECK(run_quantizer(which, keys, 2, 256, palette) == 1 && palette[0] == 0x102030);
    }
}

static void
keeps_all_pixels_that_fit(void)
{
    uint32_t keys[] = { 1, GIF_TRANSPARENT, 2 };

    gif_sample_clear(&sample);
    for (uint32_t i = 0; i < GIF_SAMPLE_MAX / 2; i++)
        gif_sample_add(&sample, keys, 3);
    CHECK(sample.count == GIF_SAMPLE_MAX && sample.every == 1);
    for (uint32_t i = 0; i < GIF_SAMPLE_MAX; i++)
        CHECK(sample.keys[i] == 1 + i % 2);
}

/* The sample covers all tenths of a large image, and all columns, evenly. */
static void
samples_large_images_evenly(void)
{
    enum { PIXELS = 10000000 };
    uint32_t tenths[10] = { 0 }, columns[4] = { 0 };

    gif_sample_clear(&sample);
    for (uint32_t i = 0; i < PIXELS; i++)
        gif_sample_add(&sample, &i, 1);
    CHECK(sample.every == 128 && sample.count > GIF_SAMPLE_MAX / 2);
    for (uint32_t i = 0; i < sample.count; i++) {
        tenths[sample.keys[i] / (PIXELS / 10)]++;
        columns[sample.keys[i] % 4]++;
    }
    for (int i = 0; i < 10; i++)
        CHECK(tenths[i] > sample.count / 10.1 && tenths[i] < sample.count / 9.9);
    for (int i = 0; i < 4; i++)
        CHECK(columns[i] > sample.count / 4.1 && columns[i] < sample.count / 3.9);
}

/* A few colours stay separate; many are merged with similar ones, and the sums stay complete. */
static void
merges_colours_into_points(void)
{
    for (uint32_t spread = 1; spread <= 256; spread *= 4) {
        uint64_t seed = 7, red = 0, blue = 0, red_sum = 0, blue_sum = 0, pixels = 0;

        gif_sample_clear(&sample);
        for (uint32_t i = 0; i < 60000; i++) {
            uint32_t key = next_random(&seed) & (spread - 1) * 0x010101;
            gif_sample_add(&sample, &key, 1);
            red += key >> 16;
            blue += key & 0xff;
        }
        gif_points_set(&points, &sample);
        CHECK(points.bits == (spread <= 16 ? 8 : spread == 64 ? 6 : 5));
        CHECK(points.count <= GIF_POINTS_MAX && points.count <= spread * spread * spread);
        for (uint32_t i = 0; i < points.count; i++) {
            pixels += points.points[i].count;
            red_sum += points.points[i].red;
            blue_sum += points.points[i].blue;
            CHECK(points.points[i].count && points.cells[i] >> 16 < spread && (points.cells[i] & 0xff) < spread);
        }
        CHECK(pixels == 60000 && red_sum == red && blue_sum == blue);
    }
}

static uint64_t
error_of(const uint32_t *palette, uint32_t count)
{
    uint64_t error = 0;
    uint8_t index;

    gif_nearest_set(&nearest, palette, count);
    for (uint32_t i = 0; i < sample.count; i++) {
        gif_nearest_map(&nearest, &sample.keys[i], 1, 0, &index);
        error += squared_distance(sample.keys[i], palette[index]);
    }
    return error;
}

/* Starts from the palette of each quantizer, and from a single useless colour. */
static void
refinement_lowers_the_error(void)
{
    static uint32_t keys[20000];
    uint64_t seed = 5;
    uint32_t palette[256];

    for (uint32_t i = 0; i < 20000; i++)
        keys[i] = (next_random(&seed) % 100 + next_random(&seed) % 100) << 16 | (next_random(&seed) % 60 * 4) << 8 |
                  next_random(&seed) % 30;
    for (uint32_t limit = 16; limit <= 256; limit += 120) {
        uint64_t worst = UINT64_MAX;
        for (uint32_t which = 0; which < QUANTIZERS; which++) {
            uint32_t count = run_quantizer(which, keys, 20000, limit, palette);
            uint64_t before = error_of(palette, count);
            count = gif_refine(&nearest, &points, limit, count, palette);
            CHECK(count == limit && error_of(palette, count) < before);
            worst = before < worst ? before : worst;
        }
        palette[0] = 0x0000ff;
        CHECK(gif_refine(&nearest, &points, limit, 1, palette) == limit);
        CHECK(error_of(palette, limit) < worst * 2);
    }
}

static void
refinement_finds_each_of_a_few_colours(void)
{
    const uint32_t keys[] = { 0xff0000, 0x00ff00, 0x0000ff, 0x0000fe, 0xff0000 };
    uint32_t palette[256] = { 0x808080, 0x808080 };

    gif_sample_clear(&sample);
    gif_sample_add(&sample, keys, 5);
    gif_points_set(&points, &sample);
    uint32_t count = gif_refine(&nearest, &points, 256, 2, palette);
    CHECK(count == 4 && error_of(palette, count) == 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(counts_colours_up_to_the_limit),
        CASE(maps_colours_to_their_numbers),
        CASE(finds_each_of_a_few_colours),
        CASE(respects_the_limit),
        CASE(finds_the_nearest_of_all),
        CASE(approximates_a_smooth_image_closely),
        CASE(accepts_the_smallest_samples),
        CASE(refinement_lowers_the_error),
        CASE(refinement_finds_each_of_a_few_colours),
        CASE(keeps_all_pixels_that_fit),
        CASE(samples_large_images_evenly),
        CASE(merges_colours_into_points),
    };
    return cmocka_run_group_tests_name("palette", cases, NULL, NULL);
}
