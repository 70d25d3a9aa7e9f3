/* SPDX-License-Identifier: MIT */
/* Conversion of whole frames, by the quick ways and the general one. */
#include "check.h"
#include "frame/frame.h"

static struct mim_frame
frame_of(enum mim_sample sample, uint32_t width, uint32_t channels)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_frame_alloc(&frame, sample, width, 1, channels, NULL) == MIM_OK);
    return frame;
}

static void
every_u16_becomes_the_nearest_u8(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U16, 65536 / 4, 4), to = { 0 };
    uint16_t *values = from.data;

    for (unsigned i = 0; i < 65536; i++)
        values[i] = (uint16_t)i;
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_U8, 0, NULL) == MIM_OK);
    CHECK(to.channels == 4 && to.width == from.width);
    for (unsigned i = 0; i < 65536; i++)
        CHECK(((uint8_t *)to.data)[i] == (i * 255 + 32767) / 65535);
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

static void
every_u8_comes_back_from_u16(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U8, 256, 1), wide = { 0 }, back = { 0 };

    for (unsigned i = 0; i < 256; i++)
        ((uint8_t *)from.data)[i] = (uint8_t)i;
    CHECK(mim_frame_convert(&wide, &from, MIM_SAMPLE_U16, 0, NULL) == MIM_OK);
    for (unsigned i = 0; i < 256; i++)
        CHECK(((uint16_t *)wide.data)[i] == i * 257);
    CHECK(mim_frame_convert(&back, &wide, MIM_SAMPLE_U8, 0, NULL) == MIM_OK);
    CHECK(memcmp(back.data, from.data, 256) == 0);
    mim_frame_clear(&from);
    mim_frame_clear(&wide);
    mim_frame_clear(&back);
}

static void
rgb_becomes_opaque_rgba(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U8, 1021, 3), to = { 0 };
    const uint8_t *rgb = from.data;

    for (unsigned i = 0; i < 1021 * 3; i++)
        ((uint8_t *)from.data)[i] = (uint8_t)(i * 7);
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_NONE, 4, NULL) == MIM_OK);
    for (unsigned x = 0; x < 1021; x++) {
        const uint8_t *pixel = (const uint8_t *)to.data + x * 4;
        CHECK(memcmp(pixel, rgb + x * 3, 3) == 0 && pixel[3] == 255);
    }
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

static void
opaque_rgba_becomes_rgb_and_one_clear_pixel_is_composited(void)
{
    for (uint32_t width = 1; width < 40; width++)
        for (uint32_t clear = 0; clear <= width; clear++) { /* the last time there is none */
            struct mim_frame from = frame_of(MIM_SAMPLE_U8, width, 4), to = { 0 };
            uint8_t *pixels = from.data;
            for (uint32_t x = 0; x < width; x++)
                memcpy(pixels + 4 * x, (const uint8_t[]){ (uint8_t)x, 100, (uint8_t)(200 - x), x == clear ? 0 : 255 },
                       4);
            CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_U8, 3, NULL) == MIM_OK);
            for (uint32_t x = 0; x < width; x++) {
                const uint8_t *got = (const uint8_t *)to.data + 3 * x;
                CHECK(x == clear ? got[0] == 255 && got[1] == 255 && got[2] == 255 : !memcmp(got, pixels + 4 * x, 3));
            }
            mim_frame_clear(&from);
            mim_frame_clear(&to);
        }
}

/* Depth and colour at once go the general way, which has to agree with two quick ones in a row. */
static void
both_ways_agree(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U16, 997, 3), at_once = { 0 }, step = { 0 }, in_steps = { 0 };

    for (unsigned i = 0; i < 997 * 3; i++)
        ((uint16_t *)from.data)[i] = (uint16_t)(i * 23);
    CHECK(mim_frame_convert(&at_once, &from, MIM_SAMPLE_U8, 4, NULL) == MIM_OK);
    CHECK(mim_frame_convert(&step, &from, MIM_SAMPLE_U8, 0, NULL) == MIM_OK);
    CHECK(mim_frame_convert(&in_steps, &step, MIM_SAMPLE_NONE, 4, NULL) == MIM_OK);
    CHECK(memcmp(at_once.data, in_steps.data, 997 * 4) == 0);
    mim_frame_clear(&from);
    mim_frame_clear(&at_once);
    mim_frame_clear(&step);
    mim_frame_clear(&in_steps);
}

static void
a_refused_conversion_leaves_the_frame_as_it_was(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_F32, 2, 1), to = frame_of(MIM_SAMPLE_U8, 1, 1);
    struct mim_error err = { 0 };
    ((float *)from.data)[1] = 2;
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_U16, 0, &err) == MIM_ARGUMENT &&
          strstr(err.message, "f32 samples outside 0..1 cannot become u16"));
    CHECK(to.width == 1 && to.sample == MIM_SAMPLE_U8); /* as it was */
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_F64, 0, NULL) == MIM_OK && ((double *)to.data)[1] == 2);
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

/* As Pillow's convert("L") has it. */
static void
luma_is_pillows(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U8, 52 * 52 * 52, 3), to = { 0 };
    uint8_t *rgb = from.data;

    for (unsigned i = 0; i < 52 * 52 * 52; i++)
        for (unsigned k = 0, rest = i; k < 3; k++, rest /= 52)
            rgb[i * 3 + k] = (uint8_t)(rest % 52 * 5);
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_NONE, 1, NULL) == MIM_OK);
    for (unsigned i = 0; i < 52 * 52 * 52; i++)
        CHECK(((uint8_t *)to.data)[i] ==
              (rgb[i * 3] * 19595u + rgb[i * 3 + 1] * 38470u + rgb[i * 3 + 2] * 7471u + 0x8000) >> 16);
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

static void
every_alpha_composites_to_the_nearest(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U8, 65536, 2), to = { 0 };
    for (unsigned i = 0; i < 65536; i++)
        memcpy((uint8_t *)from.data + 2 * i, (uint8_t[]){ (uint8_t)(i >> 8), (uint8_t)i }, 2);
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_NONE, 1, NULL) == MIM_OK);
    for (unsigned i = 0; i < 65536; i++) {
        unsigned value = i >> 8, alpha = i & 255;
        CHECK(((uint8_t *)to.data)[i] == (value * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

static void
channels_without_a_meaning_stay_or_become_their_mean(void)
{
    struct mim_frame from = frame_of(MIM_SAMPLE_U16, 4, 5), to = { 0 };
    struct mim_error err = { 0 };

    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_U8, 0, NULL) == MIM_OK && to.channels == 5);
    CHECK(mim_frame_convert(&to, &from, MIM_SAMPLE_NONE, 3, &err) == MIM_ARGUMENT && strstr(err.message, "5"));
    CHECK(mim_frame_convert(&to, &from, (enum mim_sample)99, 0, NULL) == MIM_ARGUMENT);
    CHECK(mim_frame_mean(&to, &from, NULL) == MIM_OK && to.channels == 1 && to.sample == MIM_SAMPLE_U16);
    mim_frame_clear(&from);
    mim_frame_clear(&to);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_u16_becomes_the_nearest_u8),
        CASE(every_u8_comes_back_from_u16),
        CASE(rgb_becomes_opaque_rgba),
        CASE(opaque_rgba_becomes_rgb_and_one_clear_pixel_is_composited),
        CASE(both_ways_agree),
        CASE(a_refused_conversion_leaves_the_frame_as_it_was),
        CASE(luma_is_pillows),
        CASE(every_alpha_composites_to_the_nearest),
        CASE(channels_without_a_meaning_stay_or_become_their_mean),
    };
    return cmocka_run_group_tests_name("frame-convert", cases, NULL, NULL);
}
