/* SPDX-License-Identifier: MIT */
/* Orienting pictures: checks every pixel for all eight orientations. */
#include <mim/kit/test-case.h>

#include "read/orientation.h"

enum { WIDTH = 5, HEIGHT = 3 };

static void
check_turn(bool is_transposed, bool is_mirrored, bool is_flipped, uint32_t pixel)
{
    struct video_orientation orientation = { .is_transposed = is_transposed,
                                             .is_mirrored = is_mirrored,
                                             .is_flipped = is_flipped };
    uint8_t from[HEIGHT][WIDTH * 8], to[8][64];
    uint32_t width = is_transposed ? HEIGHT : WIDTH, height = is_transposed ? WIDTH : HEIGHT;
    struct mim_raster raster = { .width = width, .height = height, .stride = sizeof to[0], .data = to[0] };

    memset(to, 0xee, sizeof to);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH * pixel; x++)
            from[y][x] = (uint8_t)(y * 50 + x);
    video_turn(&orientation, from[0], sizeof from[0], WIDTH, HEIGHT, pixel, &raster);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint32_t across = is_mirrored ? width - 1 - x : x, down = is_flipped ? height - 1 - y : y;
            uint32_t column = is_transposed ? down : across, row = is_transposed ? across : down;
            CHECK(!memcmp(&to[y][x * pixel], &from[row][column * pixel], pixel));
        }
    for (uint32_t y = 0; y < 8; y++)
        for (uint32_t x = y < height ? width * pixel : 0; x < sizeof to[0]; x++)
            CHECK(to[y][x] == 0xee);
}

static void
orienting_moves_every_pixel_and_writes_no_other(void)
{
    static const uint32_t sizes[] = { 1, 2, 3, 4, 6, 8 };
    for (unsigned way = 0; way < 8; way++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            check_turn(way & 1, way & 2, way & 4, sizes[i]);
}

int
main(void)
{
    const struct CMUnitTest cases[] = { CASE(orienting_moves_every_pixel_and_writes_no_other) };
    return cmocka_run_group_tests_name("orient", cases, NULL, NULL);
}
