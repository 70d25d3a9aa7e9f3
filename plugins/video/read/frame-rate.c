/* SPDX-License-Identifier: MIT */
/* Even times. A frame shows the last picture whose time, rounded to whole frames, is not after it. */
#include "read/frame-rate.h"

#include <libavutil/common.h>
#include <libavutil/mathematics.h>

/* In frames, to the nearest, from where the file's clock starts. */
static int64_t
ticks(const struct video_rate *rate, const struct video_walk *walk, int64_t pts)
{
    const struct video_demux *demux = &walk->player.demux;
    int64_t start = demux->format->start_time;
    if (start != AV_NOPTS_VALUE)
        pts -= av_clip64(av_rescale_q(start, AV_TIME_BASE_Q, demux->stream->time_base), -VIDEO_LATEST, VIDEO_LATEST);
    int64_t frames = av_rescale_q_rnd(pts, demux->stream->time_base, av_inv_q(rate->fps), AV_ROUND_NEAR_INF);
    return av_clip64(frames, -VIDEO_LATEST, VIDEO_LATEST);
}

static int64_t
ticks_of(const struct video_rate *rate, const struct video_walk *walk, uint64_t shot)
{
    return ticks(rate, walk, walk->index.shots[shot].pts);
}

int64_t
video_rate_first(const struct video_rate *rate, const struct video_walk *walk)
{
    return ticks_of(rate, walk, 0);
}

/* At least one frame, however short the only picture. */
static bool
is_past(const struct video_rate *rate, const struct video_walk *walk, int64_t end, uint64_t number)
{
    int64_t last = ticks(rate, walk, end);
    int64_t first = video_rate_first(rate, walk);
    return number > 0 && (last < first || (uint64_t)(last - first) <= number);
}

/* Advance to the picture of the frame, as far as pictures are known: the next one is known to have been seen, or
 * to be none. */
static int32_t
advance(struct video_rate *rate, struct video_walk *walk, uint64_t number)
{
    const struct video_index *index = &walk->index;
    int64_t due = video_rate_first(rate, walk) + (int64_t)number;
    int64_t start, end;

    for (;;) {
        int32_t status = index->has_all_shots ? MIM_OK : video_walk_to(walk, rate->shot);
        if (status == MIM_OK)
            status = video_walk_times(walk, rate->shot, &start, &end);
        if (status != MIM_OK)
            return status;
        if (rate->shot + 1 >= index->shot_count)
            return is_past(rate, walk, video_walk_end(walk), number) ? MIM_END : MIM_OK;
        if (ticks_of(rate, walk, rate->shot + 1) > due)
            return MIM_OK;
        rate->shot++;
    }
}

int32_t
video_rate_find(struct video_rate *rate, struct video_walk *walk, uint64_t number, uint64_t *shot)
{
    enum { NEAR = 48 }; /* frames that are sooner walked than all pictures looked for */
    int32_t status = MIM_OK;

    if (!rate->fps.den) {
        *shot = number;
        return MIM_OK;
    }
    if (!walk->index.has_all_shots && (number < rate->frame || number > rate->frame + NEAR))
        status = video_walk_scan(walk);
    if (status == MIM_OK && !walk->index.shot_count)
        status = video_walk_to(walk, 0);
    if (number < rate->frame)
        rate->frame = rate->shot = 0;
    if (status == MIM_OK)
        status = advance(rate, walk, number);
    if (status == MIM_END) {
        status = video_walk_verdict(walk);
        return status == MIM_OK ? MIM_END : status;
    }
    if (status != MIM_OK)
        return status;
    rate->frame = number;
    *shot = rate->shot;
    return MIM_OK;
}

uint64_t
video_rate_count(const struct video_rate *rate, const struct video_walk *walk)
{
    const struct video_index *index = &walk->index;
    uint64_t count = index->shot_count;
    if (!rate->fps.den || !count)
        return count;
    int64_t end = ticks(rate, walk, video_walk_end(walk));
    int64_t first = video_rate_first(rate, walk);
    return end > first ? (uint64_t)(end - first) : 1;
}
