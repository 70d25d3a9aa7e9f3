/* SPDX-License-Identifier: MIT */
/* Durations of written frames, rounded to the times of a writer. */
#include <math.h>
#include <stdlib.h>

#include "frame-timing-cases.h"

/* Sum of `count` durations, each of `duration` in the source. Keeps them in `ticks` unless NULL. */
static int64_t
sum_of(uint64_t count, int64_t duration, int64_t *ticks)
{
    int64_t sum = 0;
    CHECK(start() == MIM_OK && sequence.time_num == 1 && sequence.time_den == 100);
    for (uint64_t i = 0; i < count; i++) {
        struct mim_frame_info info = next(i, duration);
        CHECK(info.pts == sum && info.duration_den == 0);
        CHECK(i > 0 || (sequence.first.duration == info.duration && sequence.first.pts == 0));
        sum += info.duration;
        if (ticks)
            ticks[i] = info.duration;
    }
    return sum;
}

static void
ticks_keep_the_total_duration_exact(void)
{
    const double third = 1.0 / 30, list[90] = { 0.004, 0.004, 0.004, 1.5 };
    int64_t ticks[90];

    prepare(&hundredths, 90);
    CHECK(sum_of(90, 0, NULL) == 900);
    prepare(&hundredths, 90);
    timing.options.fps = (struct mim_rational){ 30000, 1001 };
    CHECK(sum_of(90, 0, ticks) == 300); /* 3.003 s */
    CHECK(ticks[0] == 3 && ticks[1] == 4 && ticks[2] == 3);
    prepare(&hundredths, 90);
    timing.options.duration = (struct mim_list){ .values = &third, .count = 1 };
    CHECK(sum_of(90, 0, NULL) == 300);
    prepare(&hundredths, 90);
    timing.options.duration = (struct mim_list){ .values = list, .count = 90 };
    CHECK(sum_of(90, 0, ticks) == 151);
    CHECK(ticks[0] == 0 && ticks[1] == 1 && ticks[2] == 0 && ticks[3] == 150);
    prepare(&hundredths, 90);
    set_source(1001, 60000, 2);
    CHECK(sum_of(90, 2, ticks) == 300 && ticks[0] == 3 && ticks[1] == 4);
}

static void
ticks_of_the_source_stay_as_they_are(void)
{
    const int64_t durations[4] = { 3, 0, 65535, 7 };

    prepare(&hundredths, 4);
    set_source(1, 100, durations[0]);
    CHECK(start() == MIM_OK && sequence.timing == MIM_TIMING_SOURCE);
    for (uint64_t i = 0; i < 4; i++)
        CHECK(next(i, durations[i]).duration == durations[i]);
}

static bool
is_fraction(const struct mim_frame_info *info, int64_t num, uint32_t den)
{
    return info->pts == MIM_NO_PTS && info->duration == num && info->duration_den == den;
}

/* The fraction of a frame of a source with this time base. */
static bool
source_becomes(uint32_t time_num, uint32_t time_den, int64_t duration, int64_t num, uint32_t den)
{
    prepare(&fractions, 1);
    set_source(time_num, time_den, duration);
    CHECK(start() == MIM_OK && !sequence.time_num && !sequence.time_den);
    return is_fraction(&sequence.first, num, den);
}

static void
exact_fractions_stay_exact(void)
{
    const double given[] = { 0.1, 1.0 / 3, 0, 65535, 0.04 };
    const int64_t expected[][2] = { { 1, 10 }, { 1, 3 }, { 0, 1 }, { 65535, 1 }, { 1, 25 } };

    prepare(&fractions, 5);
    timing.options.duration = (struct mim_list){ .values = given, .count = 5 };
    CHECK(start() == MIM_OK && sequence.timing == MIM_TIMING_DURATION);
    for (uint64_t i = 0; i < 5; i++) {
        struct mim_frame_info info = next(i, 0);
        CHECK(is_fraction(&info, expected[i][0], (uint32_t)expected[i][1]));
    }
    prepare(&fractions, 8);
    timing.options.fps = (struct mim_rational){ 30000, 1001 };
    CHECK(start() == MIM_OK && sequence.timing == MIM_TIMING_FPS);
    struct mim_frame_info info = next(7, 0);
    CHECK(is_fraction(&info, 1001, 30000));
    CHECK(source_becomes(1, 90000, 3003, 1001, 30000));
    CHECK(source_becomes(1, 0, 0, 1, 10)); /* no timing */
    CHECK(source_becomes(1, 90000, 90001 * INT64_C(60000), 60001, 1));
}

static void
rounded_fractions_sum_up_exactly(void)
{
    double sum = 0, wanted = 0;

    prepare(&fractions, 1000);
    set_source(1, 1000003, 33333);
    CHECK(start() == MIM_OK);
    for (uint64_t i = 0; i < 1000; i++) {
        int64_t ticks = 33333 + (int64_t)(i * 7 % 100);
        struct mim_frame_info info = next(i, ticks);
        sum += (double)info.duration / info.duration_den;
        wanted += (double)ticks / 1000003;
        CHECK(fabs(sum - wanted) < 0.0001);
    }
}

/* Is the first frame refused as too long? */
static bool
is_too_long(enum mim_status status)
{
    return start() == status && strstr(err.message, "frame 0 lasts too long: test supports 0 to");
}

static void
durations_beyond_the_bounds_fail(void)
{
    const struct mim_writer_timing *const grids[] = { &hundredths, &fractions };
    const int64_t longest[] = { 655, 65535 };

    for (int i = 0; i < 2; i++) {
        prepare(grids[i], 1);
        set_source(1, 1, longest[i]);
        CHECK(start() == MIM_OK);
        prepare(grids[i], 1);
        set_source(1, 1, longest[i] + 1);
        CHECK(is_too_long(MIM_ARGUMENT));
        prepare(grids[i], 1);
        set_source(1, 1, INT64_MAX);
        CHECK(is_too_long(MIM_ARGUMENT));
        prepare(grids[i], 1);
        set_source(UINT32_MAX, 1, INT64_MAX);
        CHECK(is_too_long(MIM_ARGUMENT));
        prepare(grids[i], 1);
        timing.options.fps = (struct mim_rational){ 1, longest[i] + 1 };
        CHECK(is_too_long(MIM_OPTION));
    }
}

static void
negative_durations_count_as_none(void)
{
    prepare(&hundredths, 2);
    set_source(1, 100, -5);
    CHECK(start() == MIM_OK && sequence.first.duration == 0 && next(0, -5).duration == 0 && next(1, 4).duration == 4);
    CHECK(source_becomes(1, 100, -5, 0, 1));
}

static void
free_times_begin_at_the_first_timestamp_or_add_up_durations(void)
{
    prepare(&free_base, 3);
    set_source(2, 200, 10);
    sequence.first.pts = 500;
    CHECK(start() == MIM_OK && is_base(1, 100) && sequence.timing == MIM_TIMING_SOURCE);
    CHECK(sequence.first.pts == 0 && sequence.first.duration == 10 && sequence.source_start == 5000000);
    CHECK(next_at(0, 500, 10).pts == 0 && next_at(1, 530, 10).pts == 30);
    prepare(&free_base, 3);
    set_source(1, 100, 10);
    CHECK(start() == MIM_OK);
    CHECK(next(0, 10).pts == 0 && next(1, 25).pts == 10 && next(2, 5).pts == 35);
    CHECK(!*only_notice());
    prepare(&free_base, 3);
    set_source(1, 100, 0);
    CHECK(start() == MIM_OK && sequence.first.duration == 10 && next(0, 0).duration == 10); /* 0.1 s */
}

static void
free_times_increase_with_one_notice(void)
{
    prepare(&free_base, 4);
    set_source(1, 100, 10);
    sequence.first.pts = 0;
    CHECK(start() == MIM_OK);
    for (uint64_t i = 0; i < 3; i++)
        CHECK(next_at(i, 0, 10).pts == (int64_t)i);
    CHECK(next_at(3, 50, 10).pts == 50); /* later frames keep their times */
    assert_string_equal(only_notice(), "frame times are adjusted to those that this format can store");
}

/* A frame that players of the source's format slow down, at `pts`. */
static struct mim_frame_info
next_brief(uint64_t index, int64_t pts, int64_t duration)
{
    struct mim_frame_info info = {
        .struct_size = sizeof info, .flags = MIM_FRAME_BRIEF, .pts = pts, .duration = duration
    };
    CHECK(mim_frame_timing_next(&timing, index, &info, &err) == MIM_OK);
    return info;
}

static void
brief_frames_last_a_tenth(void)
{
    prepare(&free_base, 4);
    set_source(1, 100, 0);
    sequence.first.pts = 0;
    sequence.first.flags = MIM_FRAME_BRIEF;
    CHECK(start() == MIM_OK && sequence.first.duration == 10);
    CHECK(next_brief(0, 0, 0).duration == 10 && !*only_notice());
    struct mim_frame_info info = next_at(1, 10, 7);
    CHECK(info.pts == 10 && info.duration == 7);
    assert_string_equal(only_notice(), "brief frames last 0.1 s, as players of the source's format show them");
    info = next_brief(2, 17, 1);
    CHECK(info.pts == 17 && info.duration == 10);
    CHECK(next_at(3, 27, 5).pts == 27 && !*only_notice());
    prepare(&fractions, 1);
    set_source(1, 100, 1);
    CHECK(start() == MIM_OK);
    info = next_brief(0, 0, 1);
    CHECK(info.duration == 1 && info.duration_den == 10 && !*only_notice()); /* the only frame has no timing to report */
}

static void
brief_frames_stay_in_their_format(void)
{
    prepare(&slowed, 3);
    set_source(1, 100, 0);
    sequence.first.flags = MIM_FRAME_BRIEF;
    CHECK(start() == MIM_OK && sequence.first.duration == 0);
    CHECK(next_brief(0, 0, 0).duration == 0 && next_brief(1, 0, 1).duration == 1 && next_at(2, 1, 2).duration == 2);
    CHECK(!*only_notice());
}

static void
short_frames_are_lengthened_for_players_without_taking_from_the_next(void)
{
    const double list[] = { 0.004, 0.01, 0.5, 0 };
    const int64_t ticks[] = { 2, 2, 50, 2 };

    prepare(&slowed, 4);
    timing.options.duration = (struct mim_list){ .values = list, .count = 4 };
    CHECK(start() == MIM_OK);
    for (uint64_t i = 0, at = 0; i < 4; at += (uint64_t)ticks[i++]) {
        struct mim_frame_info info = next(i, 0);
        CHECK(info.duration == ticks[i] && info.pts == (int64_t)at);
    }
    assert_string_equal(only_notice(), "frames are lengthened, because players slow down shorter ones");
    prepare(&slowed, 300);
    timing.options.fps = (struct mim_rational){ 60, 1 };
    CHECK(sum_of(300, 0, NULL) == 600);
    only_notice();
    prepare(&slowed, 300);
    timing.options.fps = (struct mim_rational){ 50, 1 };
    CHECK(sum_of(300, 0, NULL) == 600 && !*only_notice());
}

static void
extreme_times_are_clamped(void)
{
    prepare(&free_base, 2);
    set_source(UINT32_MAX, 1, INT64_MAX);
    sequence.first.pts = INT64_MIN + 1;
    CHECK(start() == MIM_OK && is_base(1, 1000000));
    struct mim_frame_info before = next_at(0, INT64_MIN + 1, INT64_MAX), after = next_at(1, INT64_MAX, INT64_MAX);
    CHECK(before.pts == 0 && after.pts > before.pts && after.duration > 0);
    only_notice();
}

static void
one_rate_is_that_of_the_first_frame(void)
{
    prepare(&one_rate, 4);
    set_source(1, 1000, 42);
    CHECK(start() == MIM_OK && is_base(42, 1000) && sequence.timing == (MIM_TIMING_SOURCE | MIM_TIMING_EVEN));
    CHECK(next(0, 42).pts == 0 && next(1, 41).pts == 1 && next(2, 43).duration == 1);
    CHECK(!*only_notice());
    CHECK(next(3, 44).pts == 3 && next(4, 99).pts == 4);
    assert_string_equal(only_notice(), "frame durations differ, but this format stores one rate for all frames");
    prepare(&one_rate, 1);
    set_source(UINT32_MAX, 2, 1);
    CHECK(start() == MIM_OK && is_base(1, 10)); /* the time base exceeds the bounds */
    prepare(&one_rate, 1);
    set_source(1, 3, INT64_MAX);
    CHECK(start() == MIM_OK && sequence.time_num >= 1u << 30 && sequence.time_den == 1);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ticks_keep_the_total_duration_exact),
        CASE(ticks_of_the_source_stay_as_they_are),
        CASE(exact_fractions_stay_exact),
        CASE(rounded_fractions_sum_up_exactly),
        CASE(durations_beyond_the_bounds_fail),
        CASE(negative_durations_count_as_none),
        CASE(free_times_begin_at_the_first_timestamp_or_add_up_durations),
        CASE(free_times_increase_with_one_notice),
        CASE(brief_frames_last_a_tenth),
        CASE(brief_frames_stay_in_their_format),
        CASE(short_frames_are_lengthened_for_players_without_taking_from_the_next),
        CASE(extreme_times_are_clamped),
        CASE(one_rate_is_that_of_the_first_frame),
    };
    return cmocka_run_group_tests_name("frame-timing", cases, NULL, NULL);
}
