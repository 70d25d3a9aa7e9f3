/* SPDX-License-Identifier: MIT */
/* Reads the packets of a segment, hands each to its track, and goes on to the next segment. */
#include "streams/feed.h"

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#define PREROLL 2000000 /* microseconds of reading before a segment, for codecs and subtitles that begin earlier */

static unsigned
place_of(const struct video_feed *feed, const struct video_source *source)
{
    return (unsigned)(source - feed->sources);
}

/* The track of a stream of the open source, or NULL. */
static struct video_track *
find_track(const struct video_feed *feed, unsigned stream)
{
    for (unsigned i = 0; i < feed->track_count; i++)
        if (feed->tracks[i].inputs[place_of(feed, feed->open)] == (int)stream)
            return &feed->tracks[i];
    return NULL;
}

static bool
is_wanted(const void *user, unsigned stream)
{
    return find_track(user, stream);
}

static struct video_source *
source_of(const struct video_feed *feed, const struct video_segment *segment)
{
    for (unsigned i = 0; i < feed->source_count && segment->has_time; i++)
        if (feed->sources[i].number == segment->source)
            return &feed->sources[i];
    return NULL;
}

/* --- segments ----------------------------------------------------------------------------------------------------- */

static int32_t
open_source(struct video_feed *feed, struct video_source *source)
{
    struct mim_job *job = feed->mux->job;
    if (feed->open && feed->open != source)
        video_source_close(feed->open, job);
    feed->open = source;
    int32_t status = source && !source->demux ? video_source_open(source, job, feed->log) : MIM_OK;
    if (status == MIM_OK && source)
        video_source_choose(source, is_wanted, feed);
    return status;
}

/* Read from the beginning of the file, unless the segment begins much later. */
static int32_t
go_to_segment(struct video_feed *feed, const struct video_segment *segment, bool was_read)
{
    struct video_source *source = feed->open;
    if (!source || !source->demux || (!was_read && segment->from <= source->first + PREROLL))
        return MIM_OK;
    if (video_source_seek(source, segment->from - PREROLL))
        return MIM_OK;
    video_source_close(source, feed->mux->job);
    return open_source(feed, source);
}

static int32_t
start_segment(struct video_feed *feed, const struct video_segment *segment)
{
    struct video_source *source = source_of(feed, segment);
    bool was_read = source && source == feed->open && feed->segment > 0;
    int32_t status = open_source(feed, source);
    if (status == MIM_OK)
        status = go_to_segment(feed, segment, was_read);
    for (unsigned i = 0; i < feed->track_count && status == MIM_OK; i++)
        status = video_track_start(&feed->tracks[i], feed->log, source, source ? place_of(feed, source) : 0, segment);
    av_packet_unref(feed->packet);
    feed->has_packet = false;
    feed->has_ended = !source || !source->demux;
    feed->is_placed = true;
    return status;
}

static int32_t
stop_segment(struct video_feed *feed, const struct video_segment *segment, bool is_endless)
{
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < feed->track_count && status == MIM_OK; i++)
        status = video_track_stop(&feed->tracks[i], feed->mux, segment, is_endless);
    feed->segment++;
    feed->is_placed = false;
    return status;
}

/* --- packets ------------------------------------------------------------------------------------------------------ */

static int32_t
read_packet(struct video_feed *feed)
{
    if (feed->has_packet || feed->has_ended)
        return MIM_OK;
    int32_t status = video_source_read(feed->open, feed->mux->job, feed->packet);
    feed->has_ended = status == MIM_END;
    feed->has_packet = status == MIM_OK;
    return status == MIM_END ? MIM_OK : status;
}

/* When the packet begins in the video. Packets without any time are not wanted. */
static int64_t
time_of(const struct video_feed *feed, const struct video_segment *segment, int64_t *duration)
{
    AVPacket *packet = feed->packet;
    AVRational base = feed->open->demux->streams[packet->stream_index]->time_base;
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = packet->dts;
    int64_t time = video_source_time(packet->pts, base);
    *duration = video_source_time(packet->duration, base);
    if (*duration == AV_NOPTS_VALUE || *duration < 0)
        *duration = packet->duration = 0;
    if (packet->dts != AV_NOPTS_VALUE && video_source_time(packet->dts, base) == AV_NOPTS_VALUE)
        packet->dts = AV_NOPTS_VALUE;
    return time == AV_NOPTS_VALUE ? INT64_MIN : time - segment->from + segment->at;
}

static bool
have_all_passed(const struct video_feed *feed)
{
    for (unsigned i = 0; i < feed->track_count; i++)
        if (feed->tracks[i].is_active && feed->tracks[i].kind != MIM_OFFER_SUBTITLES && !feed->tracks[i].has_passed)
            return false;
    return true;
}

static void
drop_packet(struct video_feed *feed)
{
    av_packet_unref(feed->packet);
    feed->has_packet = false;
}

/* Copied sound that is mostly after the end of its segment belongs to no segment. The next one may need a packet before its start. */
static bool
is_past(const struct video_track *track, const struct video_segment *segment, int64_t time, int64_t duration, bool is_end)
{
    if (!video_track_copies_sound(track))
        return time >= segment->end;
    return time + duration / 2 + (is_end ? 0 : video_track_preroll(track) * duration) >= segment->end;
}

/* Returns MIM_OK when the rest begins at `limit` or later, MIM_END when the segment is complete. */
static int32_t
write_segment(struct video_feed *feed, const struct video_segment *segment, int64_t limit, bool is_closed)
{
    bool is_end = is_closed && feed->segment + 1 == feed->timeline.count;
    int32_t status = MIM_OK;
    while (status == MIM_OK) {
        int64_t duration = 0;
        status = read_packet(feed);
        if (status != MIM_OK)
            return status;
        if (feed->has_ended)
            return is_closed ? MIM_END : MIM_OK;
        struct video_track *track = find_track(feed, (unsigned)feed->packet->stream_index);
        int64_t time = time_of(feed, segment, &duration);
        if (!track || time == INT64_MIN) {
            drop_packet(feed);
        } else if (limit != INT64_MAX && is_past(track, segment, time, duration, is_end)) {
            if (!is_closed)
                return MIM_OK;
            track->has_passed = true;
            drop_packet(feed);
            if (have_all_passed(feed))
                return MIM_END;
        } else if (time >= limit) {
            return MIM_OK;
        } else {
            feed->has_packet = false;
            status = video_track_put(track, feed->mux, segment, feed->open->demux->streams[feed->packet->stream_index],
                                     feed->packet);
        }
    }
    return status;
}

/* Encode sound up to `time`: with silence where no packet can come before. */
static int32_t
drain_tracks(struct video_feed *feed, const struct video_segment *segment, int64_t time)
{
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < feed->track_count && status == MIM_OK; i++) {
        struct video_track *track = &feed->tracks[i];
        bool is_next = feed->has_packet && find_track(feed, (unsigned)feed->packet->stream_index) == track;
        AVPacket *packet = feed->has_packet ? av_packet_alloc() : feed->packet;
        if (!packet)
            return feed->mux->job->host->fail(feed->mux->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a packet");
        status = video_track_drain(track, feed->mux, segment, time, !track->is_active || feed->has_ended || is_next, packet);
        if (packet != feed->packet)
            av_packet_free(&packet);
    }
    return status;
}

static int32_t
end_tracks(struct video_feed *feed)
{
    static const struct video_segment none = { 0 };

    for (unsigned i = 0; i < feed->track_count; i++)
        if (feed->tracks[i].transcoder)
            video_transcoder_end(feed->tracks[i].transcoder);
    return drain_tracks(feed, &none, 0);
}

int32_t
video_feed_write_until(struct video_feed *feed, int64_t time, bool is_end)
{
    const struct video_timeline *timeline = &feed->timeline;
    int32_t status = MIM_OK;
    while (status == MIM_OK && feed->track_count && feed->segment < timeline->count) {
        const struct video_segment *segment = &timeline->segments[feed->segment];
        bool is_last = feed->segment + 1 == timeline->count, is_closed = !is_last || is_end;
        bool is_endless = is_last && is_end && feed->is_endless;
        int64_t limit = is_endless ? INT64_MAX : is_closed ? segment->end : time;
        if (!feed->is_placed)
            status = start_segment(feed, segment);
        if (status == MIM_OK)
            status = write_segment(feed, segment, limit, is_closed);
        if (status == MIM_END) {
            status = stop_segment(feed, segment, is_endless);
            if (status == MIM_OK)
                status = drain_tracks(feed, segment, segment->end);
        } else {
            return status == MIM_OK ? drain_tracks(feed, segment, limit) : status;
        }
    }
    return status == MIM_OK && is_end && feed->track_count ? end_tracks(feed) : status;
}

void
video_feed_close(struct video_feed *feed, struct mim_job *job)
{
    for (unsigned i = 0; i < feed->track_count; i++)
        video_track_close(&feed->tracks[i]);
    for (unsigned i = 0; i < feed->source_count; i++)
        video_source_clear(&feed->sources[i], job);
    av_packet_free(&feed->packet);
    av_freep(&feed->tracks);
    av_freep(&feed->sources);
    video_timeline_close(&feed->timeline, job);
}
