/* SPDX-License-Identifier: MIT */
/* Conversion of samples and colours, by the quick ways and the general one. */
#include <mim/frame.h>

#include "check.h"

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

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_u16_becomes_the_nearest_u8),
        CASE(every_u8_comes_back_from_u16),
        CASE(rgb_becomes_opaque_rgba),
        CASE(both_ways_agree),
    };
    return cmocka_run_group_tests_name("raster", cases, NULL, NULL);
}
