/* SPDX-License-Identifier: MIT */
/* Constant frame rate: a frame shows the last picture whose time, rounded to whole frames, is not after the frame's. */
#include "read/frame-rate.h"

#include <libavutil/common.h>
#include <libavutil/mathematics.h>

/* A time in frames since the start of the file, rounded to the nearest. */
static int64_t
frame_ticks(const struct video_frame_rate *rate, const struct video_cursor *cursor, int64_t pts)
{
    const struct video_demux *demux = &cursor->decoder.demux;
    int64_t start = demux->format->start_time;
    if (start != AV_NOPTS_VALUE)
        pts -= av_clip64(av_rescale_q(start, AV_TIME_BASE_Q, demux->stream->time_base), -VIDEO_LATEST, VIDEO_LATEST);
    int64_t frames = av_rescale_q_rnd(pts, demux->stream->time_base, av_inv_q(rate->fps), AV_ROUND_NEAR_INF);
    return av_clip64(frames, -VIDEO_LATEST, VIDEO_LATEST);
}

static int64_t
ticks_of(const struct video_frame_rate *rate, const struct video_cursor *cursor, uint64_t picture)
{
    return frame_ticks(rate, cursor, cursor->scan.index.pictures[picture].pts);
}

int64_t
video_frame_rate_first(const struct video_frame_rate *rate, const struct video_cursor *cursor)
{
    return ticks_of(rate, cursor, 0);
}

/* Even a single very short picture gives one frame. */
static bool
is_past(const struct video_frame_rate *rate, const struct video_cursor *cursor, int64_t end, uint64_t number)
{
    int64_t last = frame_ticks(rate, cursor, end);
    int64_t first = video_frame_rate_first(rate, cursor);
    return number > 0 && (last < first || (uint64_t)(last - first) <= number);
}

/* Advance to the picture of the frame. video_cursor_times() has decoded the picture after the current one, or found that
 * there is none. */
static int32_t
advance_to(struct video_frame_rate *rate, struct video_cursor *cursor, uint64_t number)
{
    const struct video_index *index = &cursor->scan.index;
    int64_t due = video_frame_rate_first(rate, cursor) + (int64_t)number;
    int64_t start, end;

    for (;;) {
        int32_t status = index->has_all_pictures ? MIM_OK : video_cursor_seek(cursor, rate->picture);
        if (status == MIM_OK)
            status = video_cursor_times(cursor, rate->picture, &start, &end);
        if (status != MIM_OK)
            return status;
        if (rate->picture + 1 >= index->picture_count)
            return is_past(rate, cursor, video_cursor_end(cursor), number) ? MIM_END : MIM_OK;
        if (ticks_of(rate, cursor, rate->picture + 1) > due)
            return MIM_OK;
        rate->picture++;
    }
}

int32_t
video_frame_rate_find(struct video_frame_rate *rate, struct video_cursor *cursor, uint64_t number, uint64_t *picture)
{
    enum { NEAR = 48 }; /* stepping over so many frames costs less than a scan */
    int32_t status = MIM_OK;

    if (!rate->fps.den) {
        *picture = number;
        return MIM_OK;
    }
    if (!cursor->scan.index.has_all_pictures && (number < rate->frame || number > rate->frame + NEAR))
        status = video_scan_run(&cursor->scan);
    if (status == MIM_OK && !cursor->scan.index.picture_count)
        status = video_cursor_seek(cursor, 0);
    if (number < rate->frame)
        rate->frame = rate->picture = 0;
    if (status == MIM_OK)
        status = advance_to(rate, cursor, number);
    if (status == MIM_END) {
        status = video_scan_verdict(&cursor->scan);
        return status == MIM_OK ? MIM_END : status;
    }
    if (status != MIM_OK)
        return status;
    rate->frame = number;
    *picture = rate->picture;
    return MIM_OK;
}

uint64_t
video_frame_rate_count(const struct video_frame_rate *rate, const struct video_cursor *cursor)
{
    const struct video_index *index = &cursor->scan.index;
    uint64_t count = index->picture_count;
    if (!rate->fps.den || !count)
        return count;
    int64_t end = frame_ticks(rate, cursor, video_cursor_end(cursor));
    int64_t first = video_frame_rate_first(rate, cursor);
    return end > first ? (uint64_t)(end - first) : 1;
}
