/* SPDX-License-Identifier: MIT */
/* Joins frames that follow each other in their source to segments. */
#include "streams/timeline.h"

#include <mim/kit/array.h>

#define TOLERANCE 20000 /* of rounded times; less than a frame of sound */

/* How much later the frame is in its source than the segment would have it. */
static int64_t
deviation(const struct video_segment *segment, const struct mim_origin *origin, int64_t start)
{
    return (origin->time - segment->from) - (start - segment->at);
}

/* A frame without a time is repeated, or belongs to a source without times. */
static bool
goes_on(struct video_timeline *timeline, const struct mim_origin *origin, int64_t start)
{
    const struct video_segment *last = timeline->count ? &timeline->segments[timeline->count - 1] : NULL;
    if (!last || last->source != origin->source)
        return false;
    if (!last->has_time || origin->time == MIM_NO_PTS)
        return true;
    int64_t late = deviation(last, origin, start);
    timeline->is_disordered |= late < -TOLERANCE;
    return late <= TOLERANCE && late >= -TOLERANCE;
}

/* Single frames, one after another, have another speed than their source. */
static bool
is_single_again(const struct video_timeline *timeline, uint32_t source)
{
    enum { SINGLES = 2 };
    if (timeline->count < SINGLES)
        return false;
    for (uint64_t i = timeline->count - SINGLES; i < timeline->count; i++)
        if (timeline->segments[i].source != source || timeline->segments[i].frames > 1 || !timeline->segments[i].has_time)
            return false;
    return true;
}

/* Times that no file really has count as unknown, so that sums and differences do not overflow. */
static int64_t
bounded_time(int64_t time, int64_t otherwise)
{
    const int64_t latest = INT64_C(3000000000000000); /* 95 years */
    return time <= latest && time >= -latest ? time : otherwise;
}

int32_t
video_timeline_add(struct video_timeline *timeline, struct mim_job *job, const struct mim_origin *given, int64_t start,
                   int64_t end)
{
    const struct mim_origin bounded = { .source = given->source, .time = bounded_time(given->time, MIM_NO_PTS) };
    const struct mim_origin *origin = &bounded;
    start = bounded_time(start, 0);
    end = bounded_time(end, start);
    if (!goes_on(timeline, origin, start)) {
        void *moved = mim_array_reserve(job, timeline->segments, &timeline->capacity, timeline->count + 1,
                                        sizeof *timeline->segments);
        if (!moved)
            return MIM_NOMEM;
        timeline->segments = moved;
        timeline->is_disordered |= is_single_again(timeline, origin->source);
        bool has_time = origin->source && origin->time != MIM_NO_PTS && !timeline->is_disordered;
        timeline->segments[timeline->count++] =
            (struct video_segment){ origin->source, has_time, has_time ? origin->time : 0, start, start, 0 };
    }
    timeline->segments[timeline->count - 1].end = end;
    timeline->segments[timeline->count - 1].frames++;
    return MIM_OK;
}

void
video_timeline_close(struct video_timeline *timeline, struct mim_job *job)
{
    mim_array_free(job, timeline->segments, timeline->capacity, sizeof *timeline->segments);
    *timeline = (struct video_timeline){ 0 };
}
