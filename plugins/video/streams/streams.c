/* SPDX-License-Identifier: MIT */
/* Opens the sources, and passes times of frames on to the feeds. */
#include "streams/streams.h"

#include <string.h>

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "ffmpeg/averror.h"
#include "streams/chapters.h"
#include "streams/choice.h"
#include "streams/track-tags.h"

static int32_t
open_feed(struct mim_job *job, struct video_feed *feed, unsigned count)
{
    feed->sources = av_calloc(count, sizeof *feed->sources);
    feed->packet = av_packet_alloc();
    if (!feed->sources || !feed->packet)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a source");
    feed->source_count = count;
    return MIM_OK;
}

/* --- the named file ----------------------------------------------------------------------------------------------- */

/* The video begins with the file. */
static int32_t
place_named(struct video_streams *streams)
{
    const struct mim_origin origin = { .source = 1, .time = streams->named.sources[0].first };
    streams->named.sources[0].number = origin.source;
    return video_timeline_add(&streams->named.timeline, streams->job, &origin, 0, 0);
}

static int32_t
open_named(struct video_streams *streams, struct video_mux *mux, struct video_log *log)
{
    struct mim_job *job = streams->job;
    struct video_feed *feed = &streams->named;
    int32_t status = open_feed(job, feed, 1);
    if (status != MIM_OK)
        return status;
    struct video_source *source = &feed->sources[0];
    source->uri = streams->audio;
    feed->mux = mux;
    feed->log = log;
    status = video_source_open(source, job, log);
    if (status != MIM_OK)
        return status;
    if (source->sound < 0)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "audio: '%.200s' has no sound", streams->audio);
    if (streams->target->is_elementary)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio: a bare stream cannot hold any");
    source->streams[source->sound].kind = MIM_OFFER_SOUND;
    for (unsigned i = 0; i < source->stream_count; i++)
        if ((int)i != source->sound)
            source->streams[i].kind = 0;
    const struct video_choice choice = { job, streams->target, streams->codec, true, false };
    status = video_choice_make(&choice, feed);
    if (status == MIM_OK && !feed->track_count)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio: %s", source->streams[source->sound].refusal);
    return status == MIM_OK ? place_named(streams) : status;
}

/* --- the sources of the frames ------------------------------------------------------------------------------------ */

static const char *
find_refusal(const struct video_target *target, const struct mim_sequence *sequence)
{
    if (target->is_elementary)
        return "a bare stream cannot hold any";
    if (sequence->timing & MIM_TIMING_REPLACED)
        return "fps changes the duration of the video";
    if (!(sequence->timing & MIM_TIMING_FORWARD))
        return "frames are repeated or in another order";
    return sequence->timing & MIM_TIMING_SOURCE ? NULL : "the source has no timing";
}

/* The reader may have chosen another stream for its frames than this would: that is one it does not offer. */
static void
find_main(struct mim_job *job, struct video_source *source)
{
    for (unsigned i = 0; i < source->stream_count; i++) {
        const struct mim_offer *offer = NULL;
        bool is_offered = false;
        for (uint32_t k = 0; (offer = job->host->offered(job, source->number, k)) && !is_offered; k++)
            is_offered = offer->kind != MIM_OFFER_CHAPTERS && offer->index == i;
        if (!is_offered && source->streams[i].kind == MIM_OFFER_VIDEO)
            source->main = (int)i;
    }
}

/* Of several sources only the first stays open. */
static int32_t
open_sources(struct video_streams *streams, struct video_mux *mux, const struct mim_sequence *sequence,
             struct video_log *log)
{
    struct mim_job *job = streams->job;
    struct video_feed *feed = &streams->sources;
    int32_t status = open_feed(job, feed, sequence->source_count);
    feed->mux = mux;
    feed->log = log;
    for (unsigned i = 0; i < feed->source_count && status == MIM_OK; i++) {
        feed->sources[i].number = i + 1;
        feed->sources[i].main = feed->sources[i].sound = -1;
        status = video_source_open(&feed->sources[i], job, log);
        if (i > 0)
            video_source_close(&feed->sources[i], job);
    }
    if (status != MIM_OK)
        return status;
    find_main(job, &feed->sources[0]);
    feed->open = &feed->sources[0];
    feed->is_endless = sequence->timing & MIM_TIMING_WHOLE;
    const struct video_choice choice = { job, streams->target, streams->codec, !strcmp(streams->audio, "copy"),
                                         feed->is_endless && feed->source_count == 1 };
    return video_choice_make(&choice, feed);
}

int32_t
video_streams_open(struct mim_job *job, struct video_streams *streams, struct video_mux *mux,
                   const struct video_target *target, const struct mim_sequence *sequence, struct video_log *log)
{
    bool is_named = strcmp(streams->audio, "copy") != 0 && strcmp(streams->audio, "none") != 0;
    streams->job = job;
    streams->target = target;
    if (!*streams->audio)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio is empty: expected copy, none or a file");
    streams->refusal = find_refusal(target, sequence);
    int32_t status = is_named ? open_named(streams, mux, log) : MIM_OK;
    if (status != MIM_OK || streams->refusal || !sequence->source_count)
        return status;
    return open_sources(streams, mux, sequence, log);
}

int32_t
video_streams_describe_video(const struct video_streams *streams, const struct video_mux *mux, AVStream *video)
{
    const struct video_source *source = streams->sources.source_count ? &streams->sources.sources[0] : NULL;
    if (!source || source->main < 0)
        return MIM_OK;
    return video_track_tags_copy(mux, streams->target, video, source->streams[source->main].tags);
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static int32_t
report_disorder(struct video_streams *streams)
{
    bool is_news = streams->sources.timeline.is_disordered && !streams->has_reported_disorder && streams->sources.track_count;
    if (!is_news)
        return MIM_OK;
    streams->has_reported_disorder = true;
    return streams->job->host->notice(streams->job, MIM_NOTICE_OTHER,
                                      "sound and subtitles end here: frames have another order or speed than in the source");
}

int32_t
video_streams_note_frame(struct video_streams *streams, int64_t start, int64_t end, AVRational base)
{
    struct video_timeline *named = &streams->named.timeline;
    struct mim_origin origin = { .struct_size = sizeof origin };
    start = av_rescale_q(start, base, AV_TIME_BASE_Q);
    end = av_rescale_q(end, base, AV_TIME_BASE_Q);
    if (named->count)
        named->segments[0].end = end;
    if (!streams->sources.source_count)
        return MIM_OK;
    streams->job->host->origin(streams->job, &origin);
    int32_t status = video_timeline_add(&streams->sources.timeline, streams->job, &origin, start, end);
    return status == MIM_OK ? report_disorder(streams) : status;
}

int32_t
video_streams_write_until(struct video_streams *streams, int64_t time, AVRational base, bool is_end)
{
    time = av_rescale_q(time, base, AV_TIME_BASE_Q);
    int32_t status = video_feed_write_until(&streams->sources, time, is_end);
    return status == MIM_OK ? video_feed_write_until(&streams->named, time, is_end) : status;
}

int32_t
video_streams_finish(struct video_streams *streams)
{
    int code = streams->sources.source_count && streams->target->has_chapters ? video_chapters_write(&streams->sources) : 0;
    return code < 0 ? video_fail(streams->job, code, "chapters") : MIM_OK;
}

/* --- offers ------------------------------------------------------------------------------------------------------- */

static bool
has_track(const struct video_feed *feed, unsigned place, uint32_t stream)
{
    for (unsigned i = 0; i < feed->track_count; i++)
        if (feed->tracks[i].inputs[place] == (int64_t)stream)
            return true;
    return false;
}

int32_t
video_streams_take(const struct video_streams *streams, uint32_t number, const struct mim_offer *offer)
{
    struct mim_job *job = streams->job;
    const struct video_feed *feed = &streams->sources;
    if (offer->kind == MIM_OFFER_SOUND && strcmp(streams->audio, "copy") != 0)
        return MIM_OK;
    if (offer->kind == MIM_OFFER_IMAGE || offer->kind == MIM_OFFER_PROPERTY ||
        (offer->kind == MIM_OFFER_ATTACHMENT && !streams->target->has_attachments))
        return MIM_UNSUPPORTED;
    if (streams->refusal)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s", streams->refusal);
    if (number > feed->source_count)
        return MIM_UNSUPPORTED;
    const struct video_source *source = &feed->sources[number - 1];
    if (offer->kind == MIM_OFFER_CHAPTERS)
        return streams->target->has_chapters && source->chapter_count ? MIM_OK : MIM_UNSUPPORTED;
    if (has_track(feed, number - 1, offer->index))
        return MIM_OK;
    if (offer->index < source->stream_count && *source->streams[offer->index].refusal)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s", source->streams[offer->index].refusal);
    return MIM_UNSUPPORTED;
}

void
video_streams_close(struct mim_job *job, struct video_streams *streams)
{
    video_feed_close(&streams->sources, job);
    video_feed_close(&streams->named, job);
}
