/* SPDX-License-Identifier: MIT */
/* Samples of every depth, and their conversion to colours. */
#include <mim/kit/test-case.h>

#include <math.h>

#include <tiff.h>

#include "file/sample.h"
#include "read/colour.h"
#include "read/unpack.h"

static struct tiff_page
page_of(uint32_t bits, uint32_t format, bool is_scaled)
{
    struct tiff_page page = { .bits = bits, .format = format, .samples = 1, .sample = tiff_sample_type(bits, format) };
    page.is_scaled = is_scaled && bits < tiff_sample_size(page.sample) * 8;
    return page;
}

static void
chooses_the_narrowest_type(void)
{
    CHECK(tiff_sample_type(1, SAMPLEFORMAT_UINT) == MIM_SAMPLE_U8);
    CHECK(tiff_sample_type(12, SAMPLEFORMAT_UINT) == MIM_SAMPLE_U16);
    CHECK(tiff_sample_type(31, SAMPLEFORMAT_INT) == MIM_SAMPLE_I32);
    CHECK(tiff_sample_type(33, SAMPLEFORMAT_VOID) == MIM_SAMPLE_U64);
    CHECK(tiff_sample_type(16, SAMPLEFORMAT_IEEEFP) == MIM_SAMPLE_F32);
    CHECK(tiff_sample_type(24, SAMPLEFORMAT_IEEEFP) == MIM_SAMPLE_F32);
    CHECK(tiff_sample_type(64, SAMPLEFORMAT_IEEEFP) == MIM_SAMPLE_F64);
    CHECK(tiff_sample_type(12, SAMPLEFORMAT_IEEEFP) == MIM_SAMPLE_NONE);
    CHECK(tiff_sample_type(65, SAMPLEFORMAT_UINT) == MIM_SAMPLE_NONE);
    CHECK(tiff_sample_type(0, SAMPLEFORMAT_UINT) == MIM_SAMPLE_NONE);
}

/* Pack value `i` bit by bit. */
static void
pack_value(uint8_t *coded, uint32_t bits, uint64_t i, uint64_t value)
{
    for (uint32_t b = 0; b < bits; b++) {
        uint64_t at = i * bits + b;
        coded[at / 8] |= (uint8_t)((value >> (bits - 1 - b) & 1) << (7 - at % 8));
    }
}

static uint64_t
load_value(const uint8_t *bytes, unsigned size)
{
    uint64_t v64 = 0;
    uint32_t v32 = 0;
    uint16_t v16 = 0;
    memcpy(size == 8 ? (void *)&v64 : size == 4 ? (void *)&v32 : (void *)&v16, bytes, size == 1 ? 0 : size);
    return size == 8 ? v64 : size == 4 ? v32 : size == 2 ? v16 : *bytes;
}

/* value * (2^bits - 1) / max, rounded, one bit of the factor at a time, for max below 2^63. */
static uint64_t
scale_slowly(uint64_t value, uint64_t max, unsigned bits)
{
    uint64_t quotient = 0, rest = 0;
    for (unsigned bit = 0; bit < bits; bit++) {
        quotient = 2 * quotient + 2 * rest / max;
        rest = 2 * rest % max + value;
        quotient += rest / max;
        rest %= max;
    }
    return quotient + (rest >= max - rest);
}

static void
scales_odd_depths_to_the_full_range_and_rounds(void)
{
    for (uint32_t bits = 1; bits < 64; bits++) {
        if (bits == 8 || bits == 16 || bits == 24 || bits == 32)
            continue;
        struct tiff_page scaled = page_of(bits, SAMPLEFORMAT_UINT, true), plain = page_of(bits, SAMPLEFORMAT_UINT, false);
        unsigned size = tiff_sample_size(scaled.sample);
        uint64_t max = (1ull << bits) - 1;
        uint64_t values[5] = { 0, max, max / 2, max / 3, max };
        uint8_t coded[48] = { 0 }, out[48];

        for (unsigned i = 0; i < 5; i++)
            pack_value(coded, bits, i, values[i]);
        tiff_unpack(&plain, coded, 5, out, 1);
        for (unsigned i = 0; i < 5; i++)
            CHECK(load_value(out + i * size, size) == values[i]);
        tiff_unpack(&scaled, coded, 5, out, 1);
        for (unsigned i = 0; i < 5; i++)
            CHECK(load_value(out + i * size, size) == scale_slowly(values[i], max, size * 8));
    }
}

static void
signed_odd_depths_keep_their_sign(void)
{
    struct tiff_page page = page_of(12, SAMPLEFORMAT_INT, false);
    const uint8_t coded[] = { 0xff, 0xf8, 0x00 }; /* -1, -2048 */
    int16_t out[2];
    tiff_unpack(&page, coded, 2, (uint8_t *)out, 1);
    CHECK(out[0] == -1 && out[1] == -2048);

    page = page_of(12, SAMPLEFORMAT_INT, true);
    tiff_unpack(&page, coded, 2, (uint8_t *)out, 1);
    CHECK(out[0] == -16 && out[1] == INT16_MIN);
}

static void
converts_small_floats_to_f32(void)
{
    struct tiff_page page = page_of(16, SAMPLEFORMAT_IEEEFP, true);
    const uint16_t halves[] = { 0x3c00, 0xc000, 0x0001, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0x7bff };
    float out[8];
    tiff_unpack(&page, (const uint8_t *)halves, 8, (uint8_t *)out, 1);
    CHECK(out[0] == 1.0f && out[1] == -2.0f && out[2] == ldexpf(1, -24) && isinf(out[3]) && out[3] > 0);
    CHECK(isinf(out[4]) && out[4] < 0 && isnan(out[5]) && out[6] == 0 && signbit(out[6]) && out[7] == 65504.0f);

    page = page_of(24, SAMPLEFORMAT_IEEEFP, true);
    const uint32_t one = 0x3f0000;
    uint8_t coded[3];
    memcpy(coded, (const char *)&one + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__), 3);
    tiff_unpack(&page, coded, 1, (uint8_t *)out, 1);
    CHECK(out[0] == 1.0f);
}

static void
interleaves_planes(void)
{
    struct tiff_page page = page_of(16, SAMPLEFORMAT_UINT, true);
    const uint16_t plane[] = { 7, 8, 9 };
    uint16_t out[9] = { 0 };
    tiff_unpack(&page, (const uint8_t *)plane, 3, (uint8_t *)(out + 1), 3);
    CHECK(out[0] == 0 && out[1] == 7 && out[4] == 8 && out[7] == 9 && out[8] == 0);
}

static void
inverts_min_is_white_but_not_alpha(void)
{
    struct tiff_page page = page_of(8, SAMPLEFORMAT_UINT, true);
    uint8_t row[] = { 0, 10, 255, 20 };
    page.colour = TIFF_COLOUR_INVERT;
    page.samples = page.out_channels = 2;
    page.out_sample = page.sample;
    tiff_colour_row(&page, NULL, row, 2, row);
    CHECK(row[0] == 255 && row[1] == 10 && row[2] == 0 && row[3] == 20);
}

static void
inverts_signed_and_unscaled_samples_within_their_range(void)
{
    struct tiff_page page = page_of(8, SAMPLEFORMAT_INT, true);
    int8_t row[] = { -128, 127 };
    page.colour = TIFF_COLOUR_INVERT;
    page.out_channels = 1;
    tiff_colour_row(&page, NULL, (uint8_t *)row, 2, (uint8_t *)row);
    CHECK(row[0] == 127 && row[1] == -128);

    struct tiff_page four = page_of(4, SAMPLEFORMAT_UINT, false);
    uint8_t nibble = 3;
    four.colour = TIFF_COLOUR_INVERT;
    tiff_colour_row(&four, NULL, &nibble, 1, &nibble);
    CHECK(nibble == 12);
}

static void
divides_by_premultiplied_alpha(void)
{
    struct tiff_page page = page_of(8, SAMPLEFORMAT_UINT, true);
    uint8_t row[] = { 64, 128, 0, 128, 9, 9, 9, 0, 200, 200, 200, 100 };
    page.samples = page.out_channels = 4;
    page.out_sample = page.sample;
    page.is_premultiplied = true;
    tiff_colour_row(&page, NULL, row, 3, row);
    CHECK(row[0] == 128 && row[1] == 255 && row[2] == 0 && row[3] == 128); /* 64 * 255 / 128, rounded */
    CHECK(row[4] == 9 && row[7] == 0);                                     /* transparent: kept */
    CHECK(row[8] == 255 && row[11] == 100); /* brighter than its alpha: clipped */
}

static void
mixes_inks_like_libtiff(void)
{
    struct tiff_page page = page_of(8, SAMPLEFORMAT_UINT, true);
    uint8_t inks[] = { 0, 100, 255, 0, 10, 20, 30, 128 }, out[6];
    page.colour = TIFF_COLOUR_CMYK;
    page.samples = 4;
    page.out_channels = 3;
    tiff_colour_row(&page, NULL, inks, 2, out);
    CHECK(out[0] == 255 && out[1] == 155 && out[2] == 0);
    CHECK(out[3] == 127 * 245 / 255 && out[4] == 127 * 235 / 255 && out[5] == 127 * 225 / 255);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(chooses_the_narrowest_type),
        CASE(scales_odd_depths_to_the_full_range_and_rounds),
        CASE(signed_odd_depths_keep_their_sign),
        CASE(converts_small_floats_to_f32),
        CASE(interleaves_planes),
        CASE(inverts_min_is_white_but_not_alpha),
        CASE(inverts_signed_and_unscaled_samples_within_their_range),
        CASE(divides_by_premultiplied_alpha),
        CASE(mixes_inks_like_libtiff),
    };
    return cmocka_run_group_tests_name("tiff unpack", cases, NULL, NULL);
}
