/* SPDX-License-Identifier: MIT */
/* Segments of sources in a written video. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "streams/timeline.h"

#define TICK 40000 /* microseconds of a frame */

static struct mim_test_host host;
static struct mim_job job;
static struct video_timeline timeline;

static int
begin(void **state)
{
    (void)state;
    host = (struct mim_test_host){ 0 };
    job = mim_test_host_job(&host, NULL, NULL);
    timeline = (struct video_timeline){ 0 };
    return 0;
}

static int
end(void **state)
{
    (void)state;
    video_timeline_close(&timeline, &job);
    mim_test_host_clear(&host);
    return atomic_load(&host.allocated) != 0;
}

/* Frame `number` of the video comes from `frame` of the source. */
static void
add(uint32_t source, int64_t number, int64_t frame)
{
    const struct mim_origin origin = { .source = source, .time = frame < 0 ? MIM_NO_PTS : frame * TICK };
    CHECK(video_timeline_add(&timeline, &job, &origin, number * TICK, (number + 1) * TICK) == MIM_OK);
}

static bool
is_segment(uint64_t i, uint32_t source, int64_t from, int64_t at, int64_t stop)
{
    const struct video_segment *segment = &timeline.segments[i];
    return i < timeline.count && segment->source == source && segment->has_time && segment->from == from * TICK &&
           segment->at == at * TICK && segment->end == stop * TICK;
}

static void
frames_in_order_are_one_segment(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        add(1, i, 10 + i);
    CHECK(timeline.count == 1 && is_segment(0, 1, 10, 0, 5) && !timeline.is_disordered);
}

static void
sources_and_ranges_begin_segments(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        add(1, i, i);
    for (int i = 2; i < 4; i++)
        add(1, i, 8 + i);
    for (int i = 4; i < 6; i++)
        add(2, i, i - 4);
    CHECK(timeline.count == 3 && is_segment(0, 1, 0, 0, 2) && is_segment(1, 1, 10, 2, 4) && is_segment(2, 2, 0, 4, 6));
    CHECK(!timeline.is_disordered);
}

static void
repeated_frames_belong_to_their_segment(void **state)
{
    (void)state;
    add(1, 0, 0);
    add(1, 1, -1);
    add(1, 2, 2);
    CHECK(timeline.count == 1 && is_segment(0, 1, 0, 0, 3));
}

static void
rounded_times_are_tolerated(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const struct mim_origin origin = { .source = 1, .time = i * TICK + (i % 2 ? 9000 : -9000) };
        CHECK(video_timeline_add(&timeline, &job, &origin, i * TICK, (i + 1) * TICK) == MIM_OK);
    }
    CHECK(timeline.count == 1 && !timeline.is_disordered);
}

static void
sources_without_times_have_none(void **state)
{
    (void)state;
    add(1, 0, -1);
    add(1, 1, -1);
    add(2, 2, 0);
    CHECK(timeline.count == 2 && !timeline.segments[0].has_time && is_segment(1, 2, 0, 2, 3));
}

static void
going_back_is_disorder(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        add(1, i, 2 - i);
    CHECK(timeline.is_disordered && !timeline.segments[timeline.count - 1].has_time);
}

static void
another_speed_is_disorder(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        add(1, i, 2 * i);
    CHECK(timeline.is_disordered && !timeline.segments[timeline.count - 1].has_time);
}

static void
slower_frames_are_disorder(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        add(1, 2 * i, i);
    CHECK(timeline.is_disordered);
}

static void
memory_that_is_refused_fails(void **state)
{
    (void)state;
    const struct mim_origin origin = { .source = 1 };
    host.allocation.fail_at = 1;
    CHECK(video_timeline_add(&timeline, &job, &origin, 0, TICK) == MIM_NOMEM && !timeline.count);
}

#define TIMELINE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest cases[] = {
        TIMELINE(frames_in_order_are_one_segment),       TIMELINE(sources_and_ranges_begin_segments),
        TIMELINE(repeated_frames_belong_to_their_segment), TIMELINE(rounded_times_are_tolerated),
        TIMELINE(sources_without_times_have_none),       TIMELINE(going_back_is_disorder),
        TIMELINE(another_speed_is_disorder),             TIMELINE(slower_frames_are_disorder),
        TIMELINE(memory_that_is_refused_fails),
    };
    return cmocka_run_group_tests_name("timeline", cases, NULL, NULL);
}
