/* SPDX-License-Identifier: MIT */
/* Durations of written frames: from options or the source, rounded to the times of a writer. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "options/options.h"
#include "plugin/frame-timing.h"
#include "plugin/operation.h"

static const struct mim_writer_timing hundredths = {
    .struct_size = sizeof hundredths, .grid = MIM_GRID_FIXED, .den = 100, .max_duration = 65535, .max_loop = 65536
};
static const struct mim_writer_timing slowed = { /* as GIF */
    .struct_size = sizeof slowed, .grid = MIM_GRID_FIXED, .den = 100, .max_duration = 65535, .max_loop = 65536, .min_duration = 2
};
static const struct mim_writer_timing fractions = {
    .struct_size = sizeof fractions, .grid = MIM_GRID_FRACTION, .den = 65535, .max_duration = 65535, .max_loop = 65536
};

static const struct mim_writer_timing free_base = {
    .struct_size = sizeof free_base, .grid = MIM_GRID_FREE, .den = INT32_MAX
};
static const struct mim_writer_timing one_rate = {
    .struct_size = sizeof one_rate, .grid = MIM_GRID_RATE, .den = INT32_MAX
};

static struct mim_operation operation = { .plugin = "test", .lock = PTHREAD_MUTEX_INITIALIZER };
static struct mim_writer_ops ops;
static struct mim_frame_timing timing;
static struct mim_sequence sequence;
static struct mim_error err;

/* A sequence of `count` frames without timing, for a writer of a grid. */
static void
prepare(const struct mim_writer_timing *grid, uint64_t count)
{
    ops = (struct mim_writer_ops){
        .struct_size = sizeof ops, .flags = MIM_WRITER_TIMING | MIM_WRITER_LOOP, .timing = grid
    };
    timing = (struct mim_frame_timing){ .options.loop = -1 };
    sequence = (struct mim_sequence){ .struct_size = sizeof sequence,
                                      .count = count,
                                      .loop = -1,
                                      .first = { .struct_size = sizeof sequence.first, .pts = MIM_NO_PTS } };
    err = (struct mim_error){ 0 };
}

static enum mim_status
start(void)
{
    return mim_frame_timing_start(&timing, &ops, &operation, "test", &sequence, &err);
}

static void
set_source(uint32_t num, uint32_t den, int64_t first)
{
    sequence.time_num = num;
    sequence.time_den = den;
    sequence.first.duration = first;
}

static struct mim_frame_info
next_at(uint64_t index, int64_t pts, int64_t duration)
{
    struct mim_frame_info info = { .struct_size = sizeof info, .pts = pts, .duration = duration };
    CHECK(mim_frame_timing_next(&timing, index, &info, &err) == MIM_OK);
    return info;
}

static struct mim_frame_info
next(uint64_t index, int64_t duration)
{
    return next_at(index, MIM_NO_PTS, duration);
}

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

static bool
is_base(uint32_t num, uint32_t den)
{
    return sequence.time_num == num && sequence.time_den == den;
}

/* The text of the only notice since the last call, or "". */
static const char *
only_notice(void)
{
    static char text[sizeof operation.notices.first->text];
    const struct mim_pending_notice *first = operation.notices.first;
    CHECK(!first || !first->next);
    snprintf(text, sizeof text, "%s", first ? first->text : "");
    mim_notices_clear(&operation.notices);
    return text;
}

static void
without_timing_there_are_ten_frames_per_second(void)
{
    const struct mim_writer_timing *const grids[] = { &free_base, &one_rate };

    for (int i = 0; i < 2; i++) {
        prepare(grids[i], 9);
        CHECK(start() == MIM_OK && is_base(1, 10) && sequence.timing == MIM_TIMING_EVEN);
        CHECK(sequence.first.pts == 0 && sequence.first.duration == 1 && sequence.source_start == MIM_NO_PTS);
        CHECK(next(7, 0).pts == 7 && next(8, 0).duration == 1);
    }
}

static void
fps_replaces_the_source_unless_equal(void)
{
    prepare(&free_base, 9);
    set_source(1, 30000, 1001);
    sequence.first.pts = 90000;
    timing.options.fps = (struct mim_rational){ 30000, 1001 };
    CHECK(start() == MIM_OK && is_base(1001, 30000) && sequence.source_start == 3000000);
    CHECK(sequence.timing == (MIM_TIMING_FPS | MIM_TIMING_SOURCE | MIM_TIMING_EVEN));
    CHECK(mim_frame_timing_report(&timing, &err) == MIM_OK && !*only_notice());
    prepare(&free_base, 9);
    set_source(1, 30000, 1001);
    timing.options.fps = (struct mim_rational){ 30, 1 };
    CHECK(start() == MIM_OK && is_base(1, 30) && sequence.timing & MIM_TIMING_REPLACED);
    CHECK(mim_frame_timing_report(&timing, &err) == MIM_OK && !*only_notice()); /* the caller asked for it */
    prepare(&one_rate, 9);
    timing.options.fps = (struct mim_rational){ INT64_C(1) << 31, 3 };
    CHECK(start() == MIM_OPTION && strstr(err.message, "fps is 2147483648/3, both numbers must be at most 2147483647"));
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

static void
contradictory_options_fail(void)
{
    const double seconds[] = { 1, 2 };

    prepare(&hundredths, 3);
    timing.options.duration = (struct mim_list){ .values = seconds, .count = 1 };
    timing.options.fps = (struct mim_rational){ 10, 1 };
    CHECK(start() == MIM_ARGUMENT && strstr(err.message, "duration and fps exclude each other"));
    prepare(&hundredths, 3);
    timing.options.fps = (struct mim_rational){ -1, 1 };
    CHECK(start() == MIM_OPTION && strstr(err.message, "fps is -1/1, it must be above 0"));
    prepare(&hundredths, 3);
    timing.options.duration = (struct mim_list){ .values = seconds, .count = 2 };
    CHECK(start() == MIM_ARGUMENT && strstr(err.message, "2 durations for 3 frames"));
}

static void
as_many_durations_as_frames_are_required(void)
{
    const double seconds[] = { 1, 2 };
    struct mim_frame_info info = { .struct_size = sizeof info };

    prepare(&fractions, MIM_UNKNOWN);
    timing.options.duration = (struct mim_list){ .values = seconds, .count = 2 };
    CHECK(start() == MIM_OK);
    next(0, 0);
    CHECK(mim_frame_timing_end(&timing, 1, &err) == MIM_ARGUMENT && strstr(err.message, "2 durations for 1 frames"));
    next(1, 0);
    CHECK(mim_frame_timing_end(&timing, 2, &err) == MIM_OK);
    CHECK(mim_frame_timing_next(&timing, 2, &info, &err) == MIM_ARGUMENT &&
          strstr(err.message, "2 durations, but there are more frames"));
}

static void
check_loop(int64_t option, int32_t source, int32_t expected, bool is_lowered)
{
    prepare(&hundredths, 2);
    timing.options.loop = option;
    sequence.loop = source;
    CHECK(start() == MIM_OK && sequence.loop == expected && timing.is_loop_lowered == is_lowered);
    CHECK(sequence.timing == (option >= 0 ? MIM_TIMING_LOOP : 0));
    CHECK(mim_frame_timing_report(&timing, &err) == MIM_OK);
    assert_string_equal(only_notice(), is_lowered ? "test supports at most 65536 plays" : "");
}

static void
loop_counts_come_from_the_option_or_the_source(void)
{
    check_loop(-1, -1, 0, false);
    check_loop(-1, 0, 0, false);
    check_loop(-1, 5, 5, false);
    check_loop(0, 5, 0, false);
    check_loop(2, 0, 2, false);
    check_loop(65536, 1000000, 65536, false);
    check_loop(-1, 1000000, 65536, true);
}

static void
writers_without_a_grid_get_the_source(void)
{
    prepare(NULL, 3);
    set_source(7, 11, 5);
    sequence.loop = 4;
    CHECK(start() == MIM_OK && sequence.time_num == 7 && sequence.time_den == 11 && sequence.loop == 4);
    CHECK(next(0, 5).duration == 5 && next(1, -3).duration == -3);
    ops.struct_size = offsetof(struct mim_writer_ops, timing); /* of an older plugin */
    CHECK(!mim_writer_timing(&ops) && !mim_writer_options(&ops, NULL).own_count);
}

/* The message about an option, with the bounds of a grid. */
static void
check_bound(const char *assignment, const char *message)
{
    struct mim_options *options = mim_options_create();
    struct mim_bound_options *bound = NULL;
    struct mim_option_table table = mim_writer_options(&ops, &timing.options);

    CHECK(mim_options_parse(options, assignment, &err) == MIM_OK);
    err.message[0] = '\0';
    enum mim_status status = mim_options_bind(options, &table, NULL, "test", NULL, &bound, &err);
    assert_string_equal(err.message, message);
    CHECK((status == MIM_OK) == !*message);
    mim_bound_options_destroy(bound);
    mim_options_destroy(options);
}

static void
options_have_the_bounds_of_the_writer(void)
{
    prepare(&hundredths, 1);
    check_bound("duration=655.35", "");
    check_bound("duration=0.1,655.36", "test: duration = 0.1,655.36: expected 0..655.35");
    check_bound("loop=65537", "test: loop = 65537: expected 0..65536");
    check_bound("fps=1/0", "test: fps = 1/0: expected a number or a fraction N/D");
    check_bound("loops=1", "test: there is no option loops; did you mean loop?");
    ops.flags &= ~(uint32_t)MIM_WRITER_LOOP;
    check_bound("loop=1", "test: there is no option loop; there are duration, fps");
    ops.timing = NULL;
    check_bound("fps=1", "test: there is no option fps; writing takes none");
    ops.timing = &free_base;
    check_bound("duration=1", "test: there is no option duration; there are fps");
}

static void
invalid_declarations_are_found(void)
{
    struct mim_writer_timing broken = hundredths;

    prepare(&broken, 1);
    CHECK(!mim_writer_timing_fault(&ops));
    broken.grid = 99;
    CHECK(strstr(mim_writer_timing_fault(&ops), "unknown grid"));
    broken = hundredths;
    broken.struct_size = 4;
    CHECK(strstr(mim_writer_timing_fault(&ops), "struct_size"));
    broken = hundredths;
    broken.den = 0;
    CHECK(strstr(mim_writer_timing_fault(&ops), "bound"));
    broken = hundredths;
    broken.max_loop = 0;
    CHECK(strstr(mim_writer_timing_fault(&ops), "bound"));
    ops.flags = MIM_WRITER_TIMING;
    broken.max_duration = 0;
    CHECK(strstr(mim_writer_timing_fault(&ops), "bound"));
    broken.grid = MIM_GRID_FREE;
    CHECK(!mim_writer_timing_fault(&ops));
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
        CASE(without_timing_there_are_ten_frames_per_second),
        CASE(fps_replaces_the_source_unless_equal),
        CASE(free_times_begin_at_the_first_timestamp_or_add_up_durations),
        CASE(free_times_increase_with_one_notice),
        CASE(brief_frames_last_a_tenth),
        CASE(brief_frames_stay_in_their_format),
        CASE(short_frames_are_lengthened_for_players_without_taking_from_the_next),
        CASE(extreme_times_are_clamped),
        CASE(one_rate_is_that_of_the_first_frame),
        CASE(contradictory_options_fail),
        CASE(as_many_durations_as_frames_are_required),
        CASE(loop_counts_come_from_the_option_or_the_source),
        CASE(writers_without_a_grid_get_the_source),
        CASE(options_have_the_bounds_of_the_writer),
        CASE(invalid_declarations_are_found),
    };
    return cmocka_run_group_tests_name("frame-timing", cases, NULL, NULL);
}
