/* SPDX-License-Identifier: MIT */
/* The size of frames and the aspect of their samples. */
#include <mim/kit/test-case.h>

#include "read/sizing.h"

static bool
is_size(struct video_frame_size size, uint32_t width, uint32_t height, int num, int den)
{
    return size.width == width && size.height == height && size.aspect.num == num && (!num || size.aspect.den == den);
}

static void
samples_become_square_by_columns_or_rows(void)
{
    struct video_sizing sizing = { .aspect = { 16, 11 }, .makes_square = true };
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 233, 90, 0, 1));
    sizing.aspect = (AVRational){ 11, 16 };
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 160, 131, 0, 1));
    sizing.makes_square = false;
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 160, 90, 11, 16));
}

static void
turned_pictures_have_a_turned_aspect(void)
{
    struct video_sizing sizing = { .aspect = { 16, 11 } };
    CHECK(is_size(video_frame_size(&sizing, true, 160, 90), 90, 160, 11, 16));
    sizing.makes_square = true;
    CHECK(is_size(video_frame_size(&sizing, true, 160, 90), 90, 233, 0, 1));
}

static void
a_given_size_keeps_the_shape_of_the_picture(void)
{
    struct video_sizing sizing = { .size = { 320, 90 }, .aspect = { 2, 1 }, .makes_square = true };
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 320, 90, 0, 1));
    sizing.size = (struct mim_size){ 80, 90 };
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 80, 90, 4, 1));
    sizing.aspect = (AVRational){ 1, 1 }; /* meant to change the shape */
    CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 80, 90, 0, 1));
}

static void
aspects_that_say_nothing_are_square(void)
{
    static const AVRational aspects[] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { -4, 3 }, { 1, 1 }, { 1000, 1001 } };
    for (size_t i = 0; i < sizeof aspects / sizeof *aspects; i++) {
        const struct video_sizing sizing = { .aspect = aspects[i], .makes_square = true };
        CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 160, 90, 0, 1));
        CHECK(is_size(video_frame_size(&sizing, true, 160, 90), 90, 160, 0, 1));
    }
}

static void
absurd_aspects_do_not_overflow(void)
{
    static const AVRational aspects[] = { { INT32_MAX, 1 }, { 1, INT32_MAX } };
    for (size_t i = 0; i < sizeof aspects / sizeof *aspects; i++) {
        struct video_sizing sizing = { .aspect = aspects[i], .makes_square = true };
        CHECK(is_size(video_frame_size(&sizing, false, 160, 90), 160, 90, 0, 1));
        sizing.size = (struct mim_size){ UINT32_MAX, 1 };
        struct video_frame_size size = video_frame_size(&sizing, false, INT32_MAX, INT32_MAX);
        CHECK(size.width == UINT32_MAX && size.height == 1);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(samples_become_square_by_columns_or_rows),
        CASE(turned_pictures_have_a_turned_aspect),
        CASE(a_given_size_keeps_the_shape_of_the_picture),
        CASE(aspects_that_say_nothing_are_square),
        CASE(absurd_aspects_do_not_overflow),
    };
    return cmocka_run_group_tests_name("sizing", cases, NULL, NULL);
}
