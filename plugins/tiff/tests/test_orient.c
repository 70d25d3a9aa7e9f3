/* SPDX-License-Identifier: MIT */
/* The eight orientations. */
#include <mim/kit/test-case.h>

#include <tiff.h>

#include "read/orient.h"

enum { WIDTH = 3, HEIGHT = 2 };

/* Orient a page of two rows, numbered 1 to 6 as stored. */
static void
show_page(uint32_t orientation, uint8_t shown[WIDTH * HEIGHT], uint32_t *width)
{
    static const uint8_t stored[HEIGHT][WIDTH] = { { 1, 2, 3 }, { 4, 5, 6 } };
    struct tiff_page page = { .width = WIDTH, .height = HEIGHT, .orientation = orientation, .is_turned = true };
    struct mim_raster raster = { .data = shown };

    tiff_oriented_size(&page, &raster.width, &raster.height);
    raster.stride = *width = raster.width;
    for (uint32_t y = 0; y < HEIGHT; y++)
        tiff_scatter(stored[y], WIDTH, 1, tiff_oriented_row(&page, &raster, 1, y));
}

static void
applies_each_orientation(void)
{
    static const struct {
        uint8_t pixels[WIDTH * HEIGHT + 1];
        uint32_t width;
    } wanted[] = {
        [1] = { "\1\2\3\4\5\6", 3 }, [2] = { "\3\2\1\6\5\4", 3 }, [3] = { "\6\5\4\3\2\1", 3 }, [4] = { "\4\5\6\1\2\3", 3 },
        [5] = { "\1\4\2\5\3\6", 2 }, [6] = { "\4\1\5\2\6\3", 2 }, [7] = { "\6\3\5\2\4\1", 2 }, [8] = { "\3\6\2\5\1\4", 2 },
    };
    for (uint32_t orientation = 1; orientation <= 8; orientation++) {
        uint8_t shown[WIDTH * HEIGHT] = { 0 };
        uint32_t width = 0;
        show_page(orientation, shown, &width);
        CHECK(width == wanted[orientation].width);
        assert_memory_equal(shown, wanted[orientation].pixels, sizeof shown);
    }
}

static void
turns_bits_like_bytes(void)
{
    enum { SIDE = 19, STRIDE = 3 };
    for (uint32_t orientation = 1; orientation <= 8; orientation++) {
        struct tiff_page page = { .width = SIDE, .height = 11, .orientation = orientation, .is_turned = true };
        uint8_t shown[SIDE * SIDE] = { 0 }, packed[SIDE * STRIDE];
        struct mim_raster raster = { .data = shown }, bits = { .data = packed, .stride = STRIDE };
        memset(packed, 0x5a, sizeof packed);
        tiff_oriented_size(&page, &raster.width, &raster.height);
        raster.stride = bits.width = raster.width;
        bits.height = raster.height;
        for (uint32_t y = 0; y < page.height; y++) {
            uint8_t row[SIDE], coded[STRIDE] = { 0, 0, 0x1f };
            for (uint32_t x = 0; x < SIDE; x++) {
                row[x] = (x * x + 3 * y) % 5 < 2;
                coded[x / 8] |= (uint8_t)(row[x] << (7 - x % 8));
            }
            tiff_scatter(row, SIDE, 1, tiff_oriented_row(&page, &raster, 1, y));
            tiff_scatter_bits(&page, &bits, coded, y);
        }
        for (uint32_t y = 0; y < raster.height; y++) {
            for (uint32_t x = 0; x < raster.width; x++)
                CHECK((packed[y * STRIDE + x / 8] >> (7 - x % 8) & 1) == shown[y * raster.stride + x]);
            CHECK(!(packed[y * STRIDE + (raster.width - 1) / 8] & 0xff >> ((raster.width - 1) % 8 + 1)));
        }
    }
}

static void
keeps_the_bytes_of_a_pixel_together(void)
{
    static const uint16_t stored[] = { 1, 2, 3, 4, 5, 6 }; /* two pixels of three samples */
    uint16_t shown[6] = { 0 };
    struct tiff_page page = { .width = 2, .height = 1, .orientation = ORIENTATION_TOPRIGHT, .is_turned = true };
    struct mim_raster raster = { .data = (uint8_t *)shown, .width = 2, .height = 1, .stride = sizeof shown };
    tiff_scatter((const uint8_t *)stored, 2, 6, tiff_oriented_row(&page, &raster, 6, 0));
    CHECK(shown[0] == 4 && shown[1] == 5 && shown[2] == 6 && shown[3] == 1);
}

static void
keeps_rows_when_the_orientation_is_not_applied(void)
{
    uint8_t shown[6] = { 0 };
    struct tiff_page page = { .width = 3, .height = 2, .orientation = ORIENTATION_BOTRIGHT };
    struct mim_raster raster = { .data = shown, .width = 3, .height = 2, .stride = 3 };
    struct tiff_path path = tiff_oriented_row(&page, &raster, 1, 1);
    CHECK(path.first == shown + 3 && path.step == 1);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(applies_each_orientation),
        CASE(turns_bits_like_bytes),
        CASE(keeps_the_bytes_of_a_pixel_together),
        CASE(keeps_rows_when_the_orientation_is_not_applied),
    };
    return cmocka_run_group_tests_name("tiff orient", cases, NULL, NULL);
}
