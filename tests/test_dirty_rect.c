/* SPDX-License-Identifier: MIT */
/* The rectangle of changes, compared with that of the kit's host, which looks at every pixel. */
#include <stdlib.h>

#include <mim/frame.h>
#include <mim/kit/test-host.h>

#include "check.h"
#include "frame/dirty-rect.h"

#define MAX_SIDE 40
#define MAX_PIXEL 32
#define GAP 5 /* bytes between rows, which differ always */

static uint32_t
random_below(uint32_t below)
{
    static uint64_t state = 7;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static struct mim_raster
raster_in(uint8_t *data, int32_t sample, uint32_t width, uint32_t height, uint32_t channels, uint32_t gap)
{
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster),
                                .sample = sample,
                                .width = width,
                                .height = height,
                                .channels = channels,
                                .stride = (uint64_t)mim_sample_size((enum mim_sample)sample) * channels * width + gap,
                                .data = data };
}

/* Adds the rows in bands of a few. */
static struct mim_rect
found_changes(const struct mim_raster *one, const struct mim_raster *other, uint32_t band)
{
    struct mim_dirty_rect rect = { 0 };
    for (uint32_t y = 0; y < one->height; y += band)
        mim_dirty_rect_add(&rect, one, other, y, y + band < one->height ? y + band : one->height);
    return (struct mim_rect){ rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top };
}

static void
check_changes(const struct mim_raster *one, const struct mim_raster *other)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_rect expected;
    CHECK(mim_test_find_changes(&job, one, other, &expected) == MIM_OK);
    for (uint32_t band = 1; band <= one->height; band += 7) {
        struct mim_rect rect = found_changes(one, other, band);
        CHECK(!memcmp(&rect, &expected, sizeof rect));
    }
}

static void
finds_any_changes_of_any_pixels(void)
{
    static uint8_t first[MAX_SIDE * (MAX_SIDE * MAX_PIXEL + GAP)], second[sizeof first + MAX_SIDE];

    for (int round = 0; round < 3000; round++) {
        int32_t sample = (int32_t)(MIM_SAMPLE_U8 + random_below(MIM_SAMPLE_F64));
        uint32_t channels = 1 + random_below(4), width = 1 + random_below(MAX_SIDE), height = 1 + random_below(MAX_SIDE);
        struct mim_raster one = raster_in(first, sample, width, height, channels, GAP);
        struct mim_raster other = raster_in(second, sample, width, height, channels, GAP + 1);
        uint64_t row = one.stride - GAP;
        memset(first, 0x11, sizeof first);
        memset(second, 0x22, sizeof second);
        for (uint32_t y = 0; y < height; y++)
            memset(second + y * other.stride, 0x11, row);
        for (uint32_t changes = random_below(6); changes > 0; changes--)
            second[random_below(height) * other.stride + random_below((uint32_t)row)] = (uint8_t)random_below(256);
        check_changes(&one, &other);
    }
}

static void
equal_rasters_have_no_changes(void)
{
    uint8_t pixels[12] = { 0 };
    struct mim_raster one = raster_in(pixels, MIM_SAMPLE_U8, 2, 2, 3, 0);
    struct mim_rect rect = found_changes(&one, &one, 1);
    CHECK(!rect.x && !rect.y && !rect.width && !rect.height);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(finds_any_changes_of_any_pixels),
        CASE(equal_rasters_have_no_changes),
    };
    return cmocka_run_group_tests_name("dirty-rect", cases, NULL, NULL);
}
