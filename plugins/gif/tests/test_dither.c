/* SPDX-License-Identifier: MIT */
/* Error diffusion, and the measure that decides on it. */
#include <stdlib.h>
#include <string.h>

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
    static struct gif_dither dither;

    dither = (struct gif_dither){ .memory = malloc(gif_dither_size(WIDTH)), .row_capacity = WIDTH };
    CHECK(dither.memory);
    gif_nearest_set(&nearest, palette, count);
    gif_nearest_start(&nearest, true);
    gif_dither_begin(&dither, &nearest, WIDTH);
    for (uint32_t y = 0; y < HEIGHT; y += GIF_DITHER_ROWS) {
        for (uint32_t i = 0; i < GIF_DITHER_ROWS; i++)
            memcpy(dither.keys + gif_dither_row(&dither, i), keys[y + i], sizeof keys[y + i]);
        gif_dither_map(&dither, &nearest, TRANSPARENT);
        for (uint32_t i = 0; i < GIF_DITHER_ROWS; i++)
            memcpy(indices[y + i], dither.indices + gif_dither_row(&dither, i), WIDTH);
    }
    free(dither.memory);
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

/* Three numbers per pixel, in sixteenths, with a pixel at each end of a row. */
static int32_t errors[HEIGHT + 1][WIDTH + 2][3];

static uint8_t
map_serially(uint32_t y, uint32_t x)
{
    int32_t value[3];
    uint32_t key = 0;

    for (int i = 0; i < 3; i++) {
        value[i] = (int32_t)(keys[y][x] >> (8 * i) & 0xff) * 16 + errors[y][x + 1][i];
        value[i] = value[i] < 0 ? 0 : value[i] > 255 * 16 ? 255 * 16 : value[i];
        key |= (uint32_t)(value[i] + 8) / 16 << (8 * i);
    }
    uint8_t entry = gif_nearest_to_pixel(&nearest, key);
    for (int i = 0; i < 3; i++) {
        int32_t error = value[i] - (int32_t)(nearest.colours[entry] >> (8 * i) & 0xff) * 16;
        errors[y][x + 2][i] += error * 7 >> 4;
        errors[y + 1][x][i] += error * 3 >> 4;
        errors[y + 1][x + 1][i] += error * 5 >> 4;
        errors[y + 1][x + 2][i] += error - (error * 7 >> 4) - (error * 3 >> 4) - (error * 5 >> 4);
    }
    return entry;
}

static void
equals_a_diffusion_pixel_by_pixel(void)
{
    uint32_t palette[64];
    uint64_t seed = 1;

    for (uint32_t i = 0; i < 64; i++)
        palette[i] = (uint32_t)next_random(&seed) & 0xffffff;
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        keys[i / WIDTH][i % WIDTH] = next_random(&seed) % 9 ? next_random(&seed) & 0xffffff : GIF_TRANSPARENT;
    dither_image(palette, 64);
    memset(errors, 0, sizeof errors);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            CHECK(indices[y][x] == (keys[y][x] == GIF_TRANSPARENT ? TRANSPARENT : map_serially(y, x)));
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
        CASE(equals_a_diffusion_pixel_by_pixel),
        CASE(sees_bands_in_a_shade),
        CASE(sees_no_bands_in_noise_or_flat_areas),
    };
    return cmocka_run_group_tests_name("dither", cases, NULL, NULL);
}
