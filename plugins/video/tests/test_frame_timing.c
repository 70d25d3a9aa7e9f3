/* SPDX-License-Identifier: MIT */
/* The rate of a file, and how regular its frames are. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "write/cadence.h"
#include "write/frame-timing.h"

static struct video_frame_timing
timing_of(uint32_t num, uint32_t den, int64_t duration, uint32_t flags)
{
    struct video_frame_timing timing;
    const struct mim_sequence sequence = { .struct_size = sizeof sequence,
                                           .time_num = num,
                                           .time_den = den,
                                           .timing = flags,
                                           .first = { .struct_size = sizeof sequence.first, .duration = duration } };
    video_frame_timing_start(&timing, &sequence);
    return timing;
}

static bool
is_ratio(AVRational value, int num, int den)
{
    return value.num == num && value.den == den;
}

static void
rate_comes_from_the_first_frame(void)
{
    struct video_frame_timing timing = timing_of(1, 30000, 1001, MIM_TIMING_SOURCE);
    CHECK(is_ratio(timing.tick, 1, 30000) && is_ratio(timing.rate, 30000, 1001));
    CHECK(!timing.is_even && !timing.is_requested);
    timing = timing_of(1, 1000, 33, MIM_TIMING_SOURCE);
    CHECK(is_ratio(timing.tick, 1, 1000) && is_ratio(timing.rate, 30, 1));
    timing = timing_of(1, 1000, INT64_MAX / 1000 + 1, MIM_TIMING_SOURCE);
    CHECK(timing.rate.num > 0 && av_q2d(timing.rate) < 1);
}

static void
even_frames_last_a_tick_of_the_rate(void)
{
    struct video_frame_timing timing = timing_of(33, 1000, 1, MIM_TIMING_SOURCE | MIM_TIMING_EVEN);
    CHECK(timing.is_even && is_ratio(timing.tick, 1, 30) && is_ratio(timing.rate, 30, 1));
    timing = timing_of(1, 10, 1, MIM_TIMING_EVEN);
    CHECK(timing.is_even && is_ratio(timing.tick, 1, 10) && is_ratio(timing.rate, 10, 1));
    timing = timing_of(33, 1000, 1, MIM_TIMING_FPS | MIM_TIMING_EVEN); /* a rate that is requested stays exact */
    CHECK(timing.is_requested && is_ratio(timing.tick, 33, 1000) && is_ratio(timing.rate, 1000, 33));
}

static void
frames_that_a_container_moves_are_reported_once(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_frame_timing timing = timing_of(1, 100, 10, MIM_TIMING_SOURCE);
    const AVRational grid = { 1, 20 };
    CHECK(video_frame_timing_check_grid(&job, &timing, 15, grid) == MIM_OK && !host.notices[MIM_NOTICE_TIMING]);
    for (int i = 0; i < 2; i++) {
        CHECK(video_frame_timing_check_grid(&job, &timing, 16, grid) == MIM_OK);
        CHECK(host.notices[MIM_NOTICE_TIMING] == 1);
    }
    mim_test_host_clear(&host);
}

static void
rounded_times_are_straightened_within_a_millisecond(void)
{
    struct video_frame_timing timing = timing_of(1, 1000, 33, MIM_TIMING_SOURCE);
    AVPacket packet = { .pts = 1001, .dts = -67, .duration = 33 };
    CHECK(video_frame_timing_set_rate(&timing, (AVRational){ 30000, 1001 }));
    CHECK(is_ratio(video_frame_timing_tick(&timing), 1, 30000));
    video_frame_timing_straighten(&timing, &packet);
    CHECK(packet.pts == 30 * 1001 && packet.dts == -2 * 1001 && packet.duration == 1001);
    packet = (AVPacket){ .pts = 1010, .dts = 1010, .duration = 100 }; /* between two frames */
    video_frame_timing_straighten(&timing, &packet);
    CHECK(packet.pts == 30300 && packet.dts == 30300 && packet.duration == 3000);
    timing = timing_of(1, 90000, 3003, MIM_TIMING_SOURCE);
    CHECK(!video_frame_timing_set_rate(&timing, (AVRational){ 30000, 1001 }));
    packet = (AVPacket){ .pts = 5, .dts = 4, .duration = 3 };
    video_frame_timing_straighten(&timing, &packet);
    CHECK(packet.pts == 5 && packet.dts == 4 && packet.duration == 3);
}

static bool
find_cadence(const int64_t *starts, unsigned count, AVRational tick, AVRational *rate)
{
    struct video_cadence cadence = { .max = VIDEO_CADENCE_MAX };
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
    struct video_cadence cadence = { .starts = { 0, 10, 30, 35 }, .count = 4 }, fine = { .starts = { 0, 33, 70 }, .count = 3 };
    AVRational grid = video_cadence_grid(&cadence, (AVRational){ 1, 100 });
    CHECK(grid.num == 1 && grid.den == 20);
    grid = video_cadence_grid(&fine, (AVRational){ 1, 90000 });
    CHECK(grid.num == 1 && grid.den == 200);
}

static void
very_long_frames_have_a_grid(void)
{
    const struct video_cadence cadence = { .starts = { 0, INT64_MAX / 4 }, .count = 2 };
    AVRational grid = video_cadence_grid(&cadence, (AVRational){ INT32_MAX, 1 });
    CHECK(grid.num > 0 && grid.den > 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(rate_comes_from_the_first_frame),
        CASE(even_frames_last_a_tick_of_the_rate),
        CASE(rounded_times_are_straightened_within_a_millisecond),
        CASE(frames_that_a_container_moves_are_reported_once),
        CASE(equal_steps_give_a_rate_despite_rounded_milliseconds),
        CASE(grid_is_the_common_divisor_but_not_too_fine),
        CASE(very_long_frames_have_a_grid),
    };
    return cmocka_run_group_tests_name("video frame timing", cases, NULL, NULL);
}
