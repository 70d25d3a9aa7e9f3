/* SPDX-License-Identifier: MIT */
/* Where the durations of written frames come from: options, or the source. */
#include "frame-timing-cases.h"

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
        CASE(without_timing_there_are_ten_frames_per_second),
        CASE(fps_replaces_the_source_unless_equal),
        CASE(contradictory_options_fail),
        CASE(as_many_durations_as_frames_are_required),
        CASE(loop_counts_come_from_the_option_or_the_source),
        CASE(writers_without_a_grid_get_the_source),
        CASE(options_have_the_bounds_of_the_writer),
        CASE(invalid_declarations_are_found),
    };
    return cmocka_run_group_tests_name("timing-options", cases, NULL, NULL);
}
