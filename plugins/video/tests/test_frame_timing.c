/* SPDX-License-Identifier: MIT */
/* When frames are shown, and how regular they are. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "write/cadence.h"
#include "write/frame-timing.h"

static struct mim_sequence
sequence_of(uint32_t num, uint32_t den, int64_t pts, int64_t duration)
{
    return (struct mim_sequence){
        .struct_size = sizeof(struct mim_sequence),
        .time_num = num,
        .time_den = den,
        .first = { .struct_size = sizeof(struct mim_frame_info), .pts = pts, .duration = duration }
    };
}

static struct video_time
next_time(struct mim_job *job, struct video_frame_timing *timing, uint64_t index, int64_t pts, int64_t duration)
{
    struct video_time time;
    const struct mim_frame_info info = { .struct_size = sizeof info, .pts = pts, .duration = duration };
    CHECK(video_frame_timing_next(job, timing, index, &info, &time) == MIM_OK);
    return time;
}

static unsigned
count_notices(const struct mim_test_host *host)
{
    unsigned count = 0;
    for (unsigned code = 0; code < MIM_NOTICE_COUNT; code++)
        count += host->notices[code];
    return count;
}

static void
default_rate_is_ten_frames_per_second(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence sequence = sequence_of(0, 0, MIM_NO_PTS, 0);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &sequence, false) == MIM_OK);
    CHECK(timing.tick.num == 1 && timing.tick.den == 10 && timing.rate.num == 10 && timing.rate.den == 1);
    struct video_time time = next_time(&job, &timing, 7, MIM_NO_PTS, 0);
    CHECK(time.start == 7 && time.duration == 1 && count_notices(&host) == 0);
    mim_test_host_clear(&host);
}

static void
fps_overrides_the_source_with_a_notice_unless_equal(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence sequence = sequence_of(1, 30000, 0, 1001);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 30000, 1001 }, &sequence, false) == MIM_OK);
    CHECK(count_notices(&host) == 0 && !timing.replaces);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 30, 1 }, &sequence, false) == MIM_OK);
    CHECK(count_notices(&host) == 1 && timing.replaces && timing.tick.num == 1 && timing.tick.den == 30);
    mim_test_host_clear(&host);
}

static void
invalid_fps_is_an_option_error(void)
{
    static const struct mim_rational wrong[] = { { 0, 1 }, { -5, 1 }, { 5, -1 }, { INT64_MAX, 3 } };
    const struct mim_sequence sequence = sequence_of(0, 0, MIM_NO_PTS, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mim_test_host host = { 0 };
        struct mim_job job = mim_test_host_job(&host, NULL, NULL);
        struct video_frame_timing timing;
        CHECK(video_frame_timing_start(&job, &timing, wrong[i], &sequence, false) == MIM_OPTION);
        mim_test_host_clear(&host);
    }
}

static void
times_start_at_the_first_timestamp_or_add_up_durations(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence stamped = sequence_of(1, 100, 500, 10), plain = sequence_of(1, 100, MIM_NO_PTS, 10);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &stamped, false) == MIM_OK);
    CHECK(next_time(&job, &timing, 0, 500, 10).start == 0);
    CHECK(next_time(&job, &timing, 1, 530, 10).start == 30);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &plain, false) == MIM_OK);
    CHECK(next_time(&job, &timing, 0, MIM_NO_PTS, 10).start == 0);
    CHECK(next_time(&job, &timing, 1, MIM_NO_PTS, 25).start == 10);
    CHECK(next_time(&job, &timing, 2, MIM_NO_PTS, 5).start == 35);
    CHECK(count_notices(&host) == 0);
    mim_test_host_clear(&host);
}

static void
frames_without_duration_move_by_a_tick_with_one_notice(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence sequence = sequence_of(1, 100, 0, 10);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &sequence, false) == MIM_OK);
    for (uint64_t i = 0; i < 3; i++)
        CHECK(next_time(&job, &timing, i, 0, 10).start == (int64_t)i);
    CHECK(next_time(&job, &timing, 3, 50, 10).start == 50); /* later frames keep their times */
    CHECK(count_notices(&host) == 1);
    mim_test_host_clear(&host);
}

static void
extreme_times_are_clamped(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence sequence = sequence_of(UINT32_MAX, 1, INT64_MIN + 1, INT64_MAX);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &sequence, false) == MIM_OK);
    struct video_time before = next_time(&job, &timing, 0, INT64_MIN + 1, INT64_MAX),
                      after = next_time(&job, &timing, 1, INT64_MAX, INT64_MAX);
    CHECK(before.start == 0 && after.start > before.start && after.duration > 0);
    mim_test_host_clear(&host);
}

static bool
find_cadence(const int64_t *starts, unsigned count, AVRational tick, AVRational *rate)
{
    struct video_cadence cadence = { .count = 0 };
    for (unsigned i = 0; i < count; i++)
        video_cadence_note(&cadence, starts[i]);
    return video_cadence_is_regular(&cadence, tick, (AVRational){ 7, 1 }, rate);
}

static void
equal_steps_give_a_rate_despite_rounded_milliseconds(void)
{
    AVRational rate;
    CHECK(find_cadence((const int64_t[]){ 0, 4, 8, 12 }, 4, (AVRational){ 1, 100 }, &rate) && rate.num == 25 &&
          rate.den == 1);
    CHECK(find_cadence((const int64_t[]){ 0, 33, 67, 100, 133, 167, 200 }, 7, (AVRational){ 1, 1000 }, &rate));
    CHECK(rate.num == 30 && rate.den == 1);
    CHECK(find_cadence((const int64_t[]){ 0 }, 1, (AVRational){ 1, 100 }, &rate) && rate.num == 7);
    CHECK(!find_cadence((const int64_t[]){ 0, 10, 30, 35 }, 4, (AVRational){ 1, 100 }, &rate));
}

static void
grid_is_the_common_divisor_but_not_too_fine(void)
{
    struct video_cadence cadence = { { 0, 10, 30, 35 }, 4 }, fine = { { 0, 33, 70 }, 3 };
    AVRational grid = video_cadence_grid(&cadence, (AVRational){ 1, 100 });
    CHECK(grid.num == 1 && grid.den == 20);
    grid = video_cadence_grid(&fine, (AVRational){ 1, 90000 });
    CHECK(grid.num == 1 && grid.den == 200);
}

static void
very_long_frames_have_a_rate_and_a_grid(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing;
    const struct mim_sequence sequence = sequence_of(1, 1000, 0, INT64_MAX / 1000 + 1);
    const struct video_cadence cadence = { .starts = { 0, INT64_MAX / 4 }, .count = 2 };
    AVRational grid = video_cadence_grid(&cadence, (AVRational){ INT32_MAX, 1 });

    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ 0, 0 }, &sequence, false) == MIM_OK);
    CHECK(timing.rate.num > 0 && av_q2d(timing.rate) < 1);
    CHECK(video_frame_timing_start(&job, &timing, (struct mim_rational){ INT64_MAX - 1, INT64_MAX / 2 }, &sequence,
                                   false) == MIM_OK);
    CHECK(timing.replaces && timing.rate.num == 2 && timing.rate.den == 1);
    CHECK(grid.num > 0 && grid.den > 0);
    mim_test_host_clear(&host);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(default_rate_is_ten_frames_per_second),
        CASE(fps_overrides_the_source_with_a_notice_unless_equal),
        CASE(invalid_fps_is_an_option_error),
        CASE(times_start_at_the_first_timestamp_or_add_up_durations),
        CASE(frames_without_duration_move_by_a_tick_with_one_notice),
        CASE(extreme_times_are_clamped),
        CASE(equal_steps_give_a_rate_despite_rounded_milliseconds),
        CASE(grid_is_the_common_divisor_but_not_too_fine),
        CASE(very_long_frames_have_a_rate_and_a_grid),
    };
    return cmocka_run_group_tests_name("video frame timing", cases, NULL, NULL);
}
