/* SPDX-License-Identifier: MIT */
/* Conversion of samples and colours of all types, against what is said here once more. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "base/sample.h"
#include "frame/conversion.h"
#include "slow-ratio.h"

/* What a sample type is, said here once more. */
static const struct type {
    enum mim_sample sample;
    int64_t least;
    uint64_t most;
    bool real;
} types[] = {
    { MIM_SAMPLE_U8, 0, 255, false }, { MIM_SAMPLE_U16, 0, 65535, false }, { MIM_SAMPLE_U32, 0, UINT32_MAX, false },
    { MIM_SAMPLE_U64, 0, UINT64_MAX, false }, { MIM_SAMPLE_I8, INT8_MIN, INT8_MAX, false },
    { MIM_SAMPLE_I16, INT16_MIN, INT16_MAX, false }, { MIM_SAMPLE_I32, INT32_MIN, INT32_MAX, false },
    { MIM_SAMPLE_I64, INT64_MIN, INT64_MAX, false }, { MIM_SAMPLE_F32, 0, 1, true }, { MIM_SAMPLE_F64, 0, 1, true },
};
#define TYPES (sizeof types / sizeof *types)

/* A sample of any type: integers by sign and size, for no type of C holds those of both 64-bit ones. */
struct value {
    bool negative; /* of a size that is not 0 */
    uint64_t size;
    long double real;
};

#define WIDTH 300 /* more than what is converted at a time */

static struct value
unsigned_value(uint64_t size)
{
    return (struct value){ .size = size };
}

static struct value
signed_value(int64_t integer)
{
    return (struct value){ .negative = integer < 0, .size = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer };
}

static uint64_t
bits_of(struct value value)
{
    return value.negative ? 0 - value.size : value.size;
}

static bool
same_integer(struct value a, struct value b)
{
    return a.negative == b.negative && a.size == b.size;
}

/* For what is compared with some slack. */
static long double
integer_of(struct value value)
{
    return value.negative ? -(long double)value.size : (long double)value.size;
}

static struct value
value_at(const struct type *type, const uint8_t *row, size_t i)
{
    const uint8_t *at = row + i * mim_sample_size(type->sample);
    struct value value = { 0 };
    if (type->sample == MIM_SAMPLE_F32) {
        float real;
        memcpy(&real, at, sizeof real);
        value.real = real;
    } else if (type->sample == MIM_SAMPLE_F64) {
        double real;
        memcpy(&real, at, sizeof real);
        value.real = real;
    } else {
        uint64_t bits;
        mim_sample_load_integers(type->sample, at, 1, &bits);
        value = type->least < 0 ? signed_value((int64_t)bits) : unsigned_value(bits);
    }
    return value;
}

static void
set_value(const struct type *type, uint8_t *row, size_t i, struct value value)
{
    uint8_t *at = row + i * mim_sample_size(type->sample);
    float narrow = (float)value.real;
    double wide = (double)value.real;
    uint64_t bits = bits_of(value);
    if (type->sample == MIM_SAMPLE_F32)
        memcpy(at, &narrow, sizeof narrow);
    else if (type->sample == MIM_SAMPLE_F64)
        memcpy(at, &wide, sizeof wide);
    else
        mim_sample_store_integers(type->sample, &bits, 1, at);
}

static uint64_t
at_random(void)
{
    static uint64_t state = 1;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

/* The ends, the middle, and anything between. */
static struct value
some_value(const struct type *type, size_t i)
{
    uint64_t most = type->most;
    struct value special[] = { unsigned_value(0),        unsigned_value(1),            unsigned_value(most),
                               unsigned_value(most - 1), unsigned_value(most / 2),     unsigned_value(most / 2 + 1),
                               signed_value(type->least), signed_value(type->least + 1), signed_value(-1) };
    if (type->real)
        return (struct value){ .real = i % 5 == 0 ? (long double)(i / 5 % 3) / 2 : (at_random() >> 40) / 16777216.0L };
    if (i % 3 == 0 && (!special[i / 3 % 9].negative || type->least < 0))
        return special[i / 3 % 9];
    struct value value = type->least < 0 ? signed_value((int64_t)(at_random() >> (i % 64)))
                                         : unsigned_value(at_random() >> (i % 64));
    if (most != UINT64_MAX)
        value.size %= most + 1;
    value.negative = value.negative && value.size;
    return value;
}

/* Full range to full range, to the nearest; what is below the range of the target is its least. */
static struct value
rescale(const struct type *from, const struct type *to, struct value value)
{
    if (value.negative && !to->least)
        return unsigned_value(0);
    uint64_t end = to->most + value.negative, size = slow_scale(value.size, to->most, from->most);
    size = size > end ? end : size;
    return (struct value){ .negative = value.negative && size, .size = size };
}

/* Two rows that start at odd addresses and lie an odd number of bytes apart, with marks behind them. */
struct rows {
    uint8_t *memory;
    struct mim_raster raster;
};

static struct rows
rows_of(const struct type *type, uint32_t width, uint32_t channels)
{
    struct rows rows = { .raster = { .struct_size = sizeof rows.raster,
                                     .sample = type->sample,
                                     .width = width,
                                     .height = 2,
                                     .channels = channels } };
    rows.raster.stride = (uint64_t)width * channels * mim_sample_size(type->sample) + 3;
    rows.memory = malloc(1 + 2 * rows.raster.stride);
    CHECK(rows.memory);
    memset(rows.memory, 0xa5, 1 + 2 * rows.raster.stride);
    rows.raster.data = rows.memory + 1;
    return rows;
}

static uint8_t *
row_of(const struct rows *rows, uint32_t y)
{
    return rows->raster.data + y * rows->raster.stride;
}

static struct mim_conversion_loss
convert(const struct rows *from, const struct rows *to, const struct mim_conversion_target *target)
{
    struct mim_conversion conversion;
    struct mim_conversion_loss loss = { 0 };
    CHECK(mim_conversion_plan((enum mim_sample)from->raster.sample, from->raster.channels, target, &conversion, NULL) ==
          MIM_OK);
    CHECK(conversion.to_channels == to->raster.channels && conversion.to_sample == (enum mim_sample)to->raster.sample);
    mim_conversion_run(&conversion, &from->raster, &to->raster, 0, 1, &loss);
    mim_conversion_run(&conversion, &from->raster, &to->raster, 1, 1, &loss);
    for (uint32_t y = 0; y < 2; y++) /* nothing between the rows is written */
        CHECK(!memcmp(row_of(to, y + 1) - 3, "\xa5\xa5\xa5", 3));
    return loss;
}

static bool
near(long double found, long double expected, long double slack)
{
    return found >= expected - slack && found <= expected + slack;
}

static void
check_sample(const struct type *from, const struct type *to, struct value in, struct value out)
{
    bool right;
    if (!from->real && !to->real)
        right = same_integer(out, rescale(from, to, in));
    else if (to->real)
        right = near(out.real, from->real ? in.real : integer_of(in) / (long double)from->most,
                     to->sample == MIM_SAMPLE_F32 ? 6e-8L : 3e-16L);
    else /* a double holds 53 bits of the fraction */
        right = near(integer_of(out), in.real * (long double)to->most, 0.5L + (long double)to->most * 3e-16L);
    if (!right)
        fail_msg("%s %.0Lf %Lf became %s %.0Lf %Lf", mim_sample_name(from->sample), integer_of(in), in.real,
                 mim_sample_name(to->sample), integer_of(out), out.real);
}

static void
check_samples(const struct type *from, const struct type *to, uint32_t width, bool exhaustive)
{
    struct rows in = rows_of(from, width, 1), out = rows_of(to, width, 1);
    bool negative = false;

    for (uint32_t i = 0; i < 2 * width; i++) {
        struct value value = exhaustive ? signed_value(from->least + (int64_t)(i % width)) : some_value(from, i);
        negative |= value.negative;
        set_value(from, row_of(&in, i / width), i % width, value);
    }
    struct mim_conversion_loss loss = convert(&in, &out, &(struct mim_conversion_target){ .sample = to->sample });
    for (uint32_t i = 0; i < 2 * width; i++)
        check_sample(from, to, value_at(from, row_of(&in, i / width), i % width),
                     value_at(to, row_of(&out, i / width), i % width));
    CHECK(loss.clipped == (negative && !to->least && !to->real));
    CHECK(!loss.transparent && !loss.unscaled);
    free(in.memory);
    free(out.memory);
}

static void
every_type_becomes_every_other_at_the_ends(void)
{
    for (size_t from = 0; from < TYPES; from++)
        for (size_t to = 0; to < TYPES; to++)
            check_samples(&types[from], &types[to], WIDTH, false);
}

static void
all_values_of_8_and_16_bits_become_every_type(void)
{
    static const size_t narrow[] = { 0, 1, 4, 5 };
    for (size_t k = 0; k < 4; k++)
        for (size_t to = 0; to < TYPES; to++)
            check_samples(&types[narrow[k]], &types[to], mim_sample_size(types[narrow[k]].sample) == 1 ? 256 : 65536,
                          true);
}

/* 0..1 is full range; what is outside, or no number, is no sample. */
static void
floats_outside_0_to_1_are_refused(void)
{
    static const double outside[] = { -0.001, 1.001, 1e30, -1e30, INFINITY, -INFINITY, NAN };
    for (size_t kind = 8; kind < TYPES; kind++)
        for (size_t to = 0; to < TYPES; to++)
            for (size_t i = 0; i < 7; i++) {
                struct rows in = rows_of(&types[kind], 3, 1), out = rows_of(&types[to], 3, 1);
                for (uint32_t k = 0; k < 6; k++)
                    set_value(&types[kind], row_of(&in, k / 3), k % 3,
                              (struct value){ .real = k == 4 ? outside[i] : 0.5 });
                CHECK(convert(&in, &out, &(struct mim_conversion_target){ .sample = types[to].sample }).unscaled ==
                      !types[to].real);
                free(in.memory);
                free(out.memory);
            }
}

/* Pixels as fractions: background, compositing and luma said in one place, for all types. */
static void
recolour(const long double *from, uint32_t from_channels, const uint8_t *ground, long double *to, uint32_t to_channels)
{
    bool alpha_in = from_channels % 2 == 0, alpha_out = to_channels % 2 == 0;
    long double alpha = alpha_in ? from[from_channels - 1] : 1, rgb[3];
    for (uint32_t k = 0; k < 3; k++) {
        rgb[k] = from[from_channels >= 3 ? k : 0];
        if (!alpha_out)
            rgb[k] = rgb[k] * alpha + ground[k] / 255.0L * (1 - alpha);
    }
    if (to_channels >= 3)
        memcpy(to, rgb, sizeof rgb);
    else
        to[0] = (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) / 65536;
    if (alpha_out)
        to[to_channels - 1] = alpha;
}

/* Rounding comes after each step: rescaling, compositing, luma. */
static void
check_pixel(const struct type *from, const struct type *to, const uint8_t *in, uint32_t from_channels,
            const uint8_t *out, uint32_t to_channels, const uint8_t *ground)
{
    long double source[4], expected[4];
    for (uint32_t k = 0; k < from_channels; k++) {
        struct value value = value_at(from, in, k);
        source[k] = from->real ? value.real : integer_of(value) / (long double)from->most;
        if (source[k] < 0 && !to->real)
            source[k] = 0;
        if (!from->real && !to->real && !to->least && to->most <= UINT32_MAX)
            source[k] = integer_of(rescale(from, to, value)) / (long double)to->most;
    }
    recolour(source, from_channels, ground, expected, to_channels);
    for (uint32_t k = 0; k < to_channels; k++) {
        struct value value = value_at(to, out, k);
        long double found = to->real ? value.real : integer_of(value);
        bool steps = !to->real && from_channels % 2 == 0 && to_channels == 1;
        long double slack = to->real ? (to->sample == MIM_SAMPLE_F32 ? 3e-7L : 1e-15L)
                                     : (steps ? 1.01L : 0.50001L) + (long double)to->most * 1e-15L;
        if (!near(found, expected[k] * (to->real ? 1 : (long double)to->most), slack))
            fail_msg("%s of %u channels to %s of %u: channel %u is %Lf, not %Lf", mim_sample_name(from->sample),
                     from_channels, mim_sample_name(to->sample), to_channels, k, found,
                     expected[k] * (long double)to->most);
    }
}

static void
check_channels(const struct type *from, uint32_t from_channels, const struct type *to, uint32_t to_channels)
{
    struct mim_conversion_target target = { .sample = to->sample,
                                        .channels = to_channels,
                                        .has_background = from_channels == 4,
                                        .background = { 200, 100, 7, 255 } };
    static const uint8_t white[3] = { 255, 255, 255 };
    struct rows in = rows_of(from, WIDTH, from_channels), out = rows_of(to, WIDTH, to_channels);
    bool see_through = false;

    for (uint32_t i = 0; i < 2 * WIDTH * from_channels; i++) {
        struct value value = some_value(from, i);
        if (value.negative)
            value = unsigned_value(0);
        bool alpha = from_channels % 2 == 0 && i % from_channels == from_channels - 1;
        see_through |= alpha && (from->real ? value.real != 1 : value.size != from->most);
        set_value(from, row_of(&in, i / (WIDTH * from_channels)), i % (WIDTH * from_channels), value);
    }
    struct mim_conversion_loss loss = convert(&in, &out, &target);
    CHECK(loss.transparent == (see_through && to_channels % 2 == 1));
    CHECK(!loss.clipped && !loss.unscaled);
    for (uint32_t i = 0; i < 2 * WIDTH; i++)
        check_pixel(from, to, row_of(&in, i / WIDTH) + i % WIDTH * from_channels * mim_sample_size(from->sample),
                    from_channels, row_of(&out, i / WIDTH) + i % WIDTH * to_channels * mim_sample_size(to->sample),
                    to_channels, target.has_background ? target.background : white);
    free(in.memory);
    free(out.memory);
}

static void
every_number_of_channels_becomes_every_other_in_every_type(void)
{
    for (size_t from = 0; from < TYPES; from++)
        for (size_t to = 0; to < TYPES; to++)
            for (uint32_t a = 1; a <= 4; a++)
                for (uint32_t b = 1; b <= 4; b++)
                    if (a != b)
                        check_channels(&types[from], a, &types[to], b);
}

/* One channel's share of the mean, rounded down, and what that leaves: the sum itself need not fit 64 bits. */
static void
add_share(struct value value, uint32_t channels, uint64_t *shares, uint64_t *rests)
{
    uint64_t rest = value.size % channels, share = value.size / channels;
    if (value.negative && rest) {
        share++;
        rest = channels - rest;
    }
    *shares += value.negative ? 0 - share : share;
    *rests += rest;
}

static void
the_mean_is_the_floor_of_all_channels(void)
{
    for (size_t t = 0; t < TYPES; t++)
        for (uint32_t channels = 1; channels <= 7; channels++) {
            struct rows in = rows_of(&types[t], WIDTH, channels), out = rows_of(&types[t], WIDTH, 1);
            for (uint32_t i = 0; i < 2 * WIDTH * channels; i++)
                set_value(&types[t], row_of(&in, i / (WIDTH * channels)), i % (WIDTH * channels),
                          some_value(&types[t], i));
            convert(&in, &out, &(struct mim_conversion_target){ .mean = true });
            for (uint32_t i = 0; i < 2 * WIDTH; i++) {
                struct value found = value_at(&types[t], row_of(&out, i / WIDTH), i % WIDTH);
                long double sum = 0;
                uint64_t shares = 0, rests = 0;
                for (uint32_t k = 0; k < channels; k++) {
                    struct value one = value_at(&types[t], row_of(&in, i / WIDTH), i % WIDTH * channels + k);
                    sum += one.real;
                    add_share(one, channels, &shares, &rests);
                }
                CHECK(bits_of(found) == shares + rests / channels);
                CHECK(near(found.real, sum / channels, types[t].sample == MIM_SAMPLE_F32 ? 6e-8L : 3e-16L));
            }
            free(in.memory);
            free(out.memory);
        }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_type_becomes_every_other_at_the_ends),
        CASE(all_values_of_8_and_16_bits_become_every_type),
        CASE(floats_outside_0_to_1_are_refused),
        CASE(every_number_of_channels_becomes_every_other_in_every_type),
        CASE(the_mean_is_the_floor_of_all_channels),
    };
    return cmocka_run_group_tests_name("raster", cases, NULL, NULL);
}
