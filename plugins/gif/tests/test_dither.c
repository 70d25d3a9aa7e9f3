/* SPDX-License-Identifier: MIT */
/* Error diffusion, and the measure that decides on it. */
#include <stdlib.h>

#include <mim/kit/test-case.h>

#include "palette/banding.h"
#include "palette/dither.h"
#include "palette/key.h"
#include "random.h"

enum { WIDTH = 64, HEIGHT = 48, TRANSPARENT = 99 };

static struct gif_nearest nearest;
static uint32_t keys[HEIGHT][WIDTH];
static uint8_t indices[HEIGHT][WIDTH];

static void
dither_image(const uint32_t *palette, uint32_t count)
{
    struct gif_dither dither = { .errors = malloc(gif_dither_size(WIDTH)), .row_capacity = WIDTH };

    CHECK(dither.errors);
    gif_nearest_set(&nearest, palette, count);
    gif_dither_begin(&dither);
    for (uint32_t y = 0; y < HEIGHT; y++)
        gif_dither_row(&dither, &nearest, keys[y], WIDTH, TRANSPARENT, indices[y]);
    free(dither.errors);
}

static void
fill_image(uint32_t key)
{
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = key;
}

/* Each quarter of the image has black and white in the proportions of the shade. */
static void
keeps_the_mean_of_every_shade(void)
{
    for (uint32_t gray = 0; gray < 256; gray++) {
        uint32_t white[4] = { 0 };
        fill_image(gray << 16 | gray << 8 | gray);
        dither_image((uint32_t[]){ 0x000000, 0xffffff }, 2);
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
            white[i / WIDTH / (HEIGHT / 2) * 2 + i % WIDTH / (WIDTH / 2)] += indices[i / WIDTH][i % WIDTH];
        for (int quarter = 0; quarter < 4; quarter++) {
            double mean = white[quarter] * 255.0 * 4 / (WIDTH * HEIGHT);
            CHECK(mean > gray - 5.0 && mean < gray + 5.0);
        }
    }
}

static void
keeps_colours_of_the_palette(void)
{
    const uint32_t palette[] = { 0x102030, 0xff0000, 0x7f7f7f, 0x102031 };
    uint64_t seed = 1;

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = palette[next_random(&seed) % 4];
    dither_image(palette, 4);
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        CHECK(palette[indices[i / WIDTH][i % WIDTH]] == keys[i / WIDTH][i % WIDTH]);
}

/* Columns between gaps do not affect each other: gaps discard errors. */
static void
stops_errors_at_transparent_pixels(void)
{
    uint8_t alone[HEIGHT];

    fill_image(0x606060);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            keys[y][x] = x == 10 ? 0x808080 : GIF_TRANSPARENT;
    dither_image((uint32_t[]){ 0x000000, 0xffffff }, 2);
    for (uint32_t y = 0; y < HEIGHT; y++)
        alone[y] = indices[y][10];
    for (uint32_t y = 0; y < HEIGHT; y++)
        keys[y][20] = keys[y][30] = 0x606060;
    dither_image((uint32_t[]){ 0x000000, 0xffffff }, 2);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        CHECK(indices[y][10] == alone[y]);
        CHECK(indices[y][9] == TRANSPARENT && indices[y][11] == TRANSPARENT && indices[y][63] == TRANSPARENT);
    }
}

/* A colour out of the palette's reach must not smear into the rows below. */
static void
limits_errors_that_the_palette_cannot_show(void)
{
    uint32_t wrong = 0;

    fill_image(0xffffff);
    for (uint32_t y = HEIGHT / 2; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            keys[y][x] = 0x404040;
    dither_image((uint32_t[]){ 0x404040, 0x808080 }, 2);
    for (uint32_t y = HEIGHT / 2 + 6; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            wrong += indices[y][x];
    CHECK(wrong == 0);
}

static bool
shows_bands(const uint32_t *palette, uint32_t count)
{
    struct gif_banding banding = { 0 };

    gif_nearest_set(&nearest, palette, count);
    for (uint32_t y = 0; y + GIF_BANDING_SIDE <= HEIGHT; y += GIF_BANDING_SIDE)
        gif_banding_add(&banding, &nearest, keys[y], WIDTH, WIDTH);
    return gif_banding_is_visible(&banding);
}

/* Grays every eight levels. */
static const uint32_t grays[] = { 0x000000, 0x080808, 0x101010, 0x181818, 0x202020, 0x282828, 0x303030, 0x383838,
                                  0x404040, 0x484848, 0x505050, 0x585858, 0x606060, 0x686868, 0x707070, 0x787878 };

static void
sees_bands_in_a_shade(void)
{
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = (i % WIDTH + i / WIDTH) / 3 * 0x010101;
    CHECK(shows_bands(grays, 16));
    for (uint32_t i = WIDTH * HEIGHT / 4; i < WIDTH * HEIGHT; i++) /* beside areas of one colour as well */
        keys[i / WIDTH][i % WIDTH] = 0x181818;
    CHECK(shows_bands(grays, 16));
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) /* holes are not measured */
        keys[i / WIDTH][i % WIDTH] = GIF_TRANSPARENT;
    CHECK(!shows_bands(grays, 16));
}

static void
sees_no_bands_in_noise_or_flat_areas(void)
{
    uint64_t seed = 1;

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = next_random(&seed) % 120 * 0x010101;
    CHECK(!shows_bands(grays, 16));
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = (i % WIDTH / 8 * 15 + 3) * 0x010101;
    CHECK(!shows_bands(grays, 16));
    CHECK(!shows_bands((uint32_t[]){ 0x404040 }, 1));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(keeps_the_mean_of_every_shade),
        CASE(keeps_colours_of_the_palette),
        CASE(stops_errors_at_transparent_pixels),
        CASE(limits_errors_that_the_palette_cannot_show),
        CASE(sees_bands_in_a_shade),
        CASE(sees_no_bands_in_noise_or_flat_areas),
    };
    return cmocka_run_group_tests_name("dither", cases, NULL, NULL);
}
