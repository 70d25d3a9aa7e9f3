/* SPDX-License-Identifier: MIT */
/* Compares filters and passes with their definitions in the specification. */
#include "session.h"

#include "shared/png-filters.h"

static uint8_t
predict(int filter, int left, int above, int corner)
{
    int p = left + above - corner, from_left = abs(p - left), from_above = abs(p - above),
        from_corner = abs(p - corner);

    switch (filter) {
    case SHARED_FILTER_SUB:
        return (uint8_t)left;
    case SHARED_FILTER_UP:
        return (uint8_t)above;
    case SHARED_FILTER_AVERAGE:
        return (uint8_t)((left + above) / 2);
    case SHARED_FILTER_PAETH:
        return (uint8_t)(from_left <= from_above && from_left <= from_corner ? left
                         : from_above <= from_corner                         ? above
                                                                             : corner);
    }
    return 0;
}

static void
fill_noise(uint8_t *bytes, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

static void
filters_match_the_specification(void)
{
    uint8_t row[70], above[70], out[71];

    fill_noise(row, sizeof row, 1);
    fill_noise(above, sizeof above, 2);
    for (int filter = 0; filter < SHARED_FILTERS; filter++)
        for (uint32_t pixel = 1; pixel <= 8; pixel++)
            for (uint64_t size = pixel; size <= sizeof row; size += pixel)
                for (int has_above = 0; has_above < 2; has_above++) {
                    shared_filter_row(filter, row, has_above ? above : NULL, size, pixel, out);
                    CHECK(out[0] == filter);
                    for (uint64_t i = 0; i < size; i++) {
                        int left = i < pixel ? 0 : row[i - pixel], up = has_above ? above[i] : 0;
                        int corner = i < pixel || !has_above ? 0 : above[i - pixel];
                        CHECK(out[1 + i] == (uint8_t)(row[i] - predict(filter, left, up, corner)));
                    }
                }
}

static uint64_t
cost_of(const uint8_t *bytes, uint64_t size)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < size; i++)
        sum += (uint64_t)abs((int8_t)bytes[i]);
    return sum;
}

static void
best_filter_has_the_smallest_sum(void)
{
    static uint8_t row[9000], above[9000], out[9001], other[9001], scratch[9001];

    for (uint32_t seed = 0; seed < 20; seed++) {
        fill_noise(row, sizeof row, seed);
        for (size_t i = 0; i < sizeof row; i++) {
            above[i] = (uint8_t)(row[i] + (seed % 2 ? 1 : 100));
            if (seed % 3 == 0)
                row[i] = (uint8_t)(i / 5);
        }
        shared_filter_row_best(row, above, sizeof row, 3, SHARED_FILTER_PAETH, out, scratch);
        for (int filter = 0; filter < SHARED_FILTERS; filter++) {
            shared_filter_row(filter, row, above, sizeof row, 3, other);
            CHECK(cost_of(out + 1, sizeof row) <= cost_of(other + 1, sizeof row));
        }
        shared_filter_row(out[0], row, above, sizeof row, 3, other);
        assert_memory_equal(out, other, sizeof out);
    }
}

static void
passes_contain_every_pixel_once(void)
{
    for (uint32_t width = 1; width < 20; width++)
        for (uint32_t height = 1; height < 20; height++) {
            uint8_t pixels[400], scratch[20];
            unsigned seen[400] = { 0 };
            for (unsigned i = 0; i < width * height; i++)
                pixels[i] = (uint8_t)i;
            const struct mim_raster raster = { .sample = MIM_SAMPLE_U8,
                                               .width = width,
                                               .height = height,
                                               .channels = 1,
                                               .stride = width,
                                               .data = pixels };
            struct pngx_rows rows = {
                .raster = &raster, .width = width, .height = height, .pixel = 1, .is_interlaced = true
            };
            pngx_rows_open(&rows);
            uint64_t bytes = 0;
            for (uint64_t r = 0; r < rows.count; r++) {
                const uint8_t *row = pngx_rows_get(&rows, r, scratch);
                CHECK(pngx_rows_size(&rows, r) > 0);
                bytes += 1 + pngx_rows_size(&rows, r);
                for (uint64_t i = 0; i < pngx_rows_size(&rows, r); i++)
                    seen[row[i]]++;
            }
            CHECK(bytes == pngx_rows_bytes(&rows, 0, rows.count) && pngx_rows_starts_pass(&rows, 0));
            unsigned total = 0;
            for (unsigned i = 0; i < width * height; i++)
                total += seen[(uint8_t)i] > 0;
            CHECK(total == width * height && bytes == width * height + rows.count);
        }
}

static void
equal_pixels_become_transparent(void)
{
    const uint8_t now[] = { 1, 2, 3, 255, 9, 9, 9, 255 }, before[] = { 1, 2, 3, 255, 9, 9, 8, 255 };
    const struct mim_raster raster = {
        .sample = MIM_SAMPLE_U8, .width = 2, .height = 1, .channels = 4, .stride = 8, .data = (uint8_t *)(uintptr_t)now
    };
    struct mim_raster below = raster;
    uint8_t scratch[8];

    below.data = (uint8_t *)(uintptr_t)before;
    struct pngx_rows rows = { .raster = &raster, .below = &below, .width = 2, .height = 1, .pixel = 4 };
    pngx_rows_open(&rows);
    assert_memory_equal(pngx_rows_get(&rows, 0, scratch), "\0\0\0\0\x09\x09\x09\xff", 8);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(filters_match_the_specification),
        CASE(best_filter_has_the_smallest_sum),
        CASE(passes_contain_every_pixel_once),
        CASE(equal_pixels_become_transparent),
    };
    return cmocka_run_group_tests_name("png filter", cases, NULL, NULL);
}
