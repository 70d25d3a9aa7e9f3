/* SPDX-License-Identifier: MIT */
/* Opens a source as FFmpeg's input, and keeps what it says of its streams. */
#include "streams/source.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/mathematics.h>
#include <libavutil/mem.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/stream.h"

/* Demuxers for a source of frames, which is a video, and for a file given for its sound, which may be sound only. */
#define VIDEO_DEMUXERS "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,asf,flv,ogg"
#define AUDIO_DEMUXERS VIDEO_DEMUXERS ",wav,w64,mp3,aac,flac,ac3,eac3,aiff,caf,amr,au,wv,dts"

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* Returns 0 or FFmpeg's code. */
static int
open_demuxer(struct video_source *source, struct video_log *log)
{
    AVDictionary *options = NULL;
    AVFormatContext *demux = avformat_alloc_context();
    if (!demux)
        return AVERROR(ENOMEM);
    video_input_attach(&source->input, demux, log);

    int code = video_input_restrict(&options, source->uri ? AUDIO_DEMUXERS : VIDEO_DEMUXERS);
    if (code < 0)
        avformat_free_context(demux);
    else
        code = avformat_open_input(&demux, NULL, NULL, &options);
    av_dict_free(&options);
    if (code < 0)
        return code;
    source->demux = demux;
    return avformat_find_stream_info(demux, NULL);
}

int64_t
video_source_time(int64_t time, AVRational base)
{
    const int64_t latest = INT64_C(3000000000000000); /* 95 years */
    int64_t microseconds = time == AV_NOPTS_VALUE ? time : av_rescale_q(time, base, AV_TIME_BASE_Q);
    return microseconds <= latest && microseconds >= -latest ? microseconds : AV_NOPTS_VALUE;
}

static int
learn_stream(struct video_source_stream *known, const AVFormatContext *demux, const AVStream *stream)
{
    *known = (struct video_source_stream){
        .kind = video_stream_kind(demux, stream),
        .parameters = avcodec_parameters_alloc(),
        .base = stream->time_base,
        .disposition = stream->disposition,
        .start = video_source_time(stream->start_time, stream->time_base),
        .end = AV_NOPTS_VALUE,
    };
    int64_t duration = stream->duration > 0 ? video_source_time(stream->duration, stream->time_base) : AV_NOPTS_VALUE;
    if (known->start != AV_NOPTS_VALUE && duration != AV_NOPTS_VALUE)
        known->end = known->start + duration;
    int code = known->parameters ? avcodec_parameters_copy(known->parameters, stream->codecpar) : AVERROR(ENOMEM);
    return code < 0 ? code : av_dict_copy(&known->tags, stream->metadata, 0);
}

static int
learn_chapters(struct video_source *source)
{
    unsigned count = source->demux->nb_chapters;
    int code = 0;
    source->chapters = count ? av_calloc(count, sizeof *source->chapters) : NULL;
    if (count && !source->chapters)
        return AVERROR(ENOMEM);
    source->chapter_count = count;
    for (unsigned i = 0; i < count && code >= 0; i++) {
        const AVChapter *chapter = source->demux->chapters[i];
        source->chapters[i].start = video_source_time(chapter->start, chapter->time_base);
        source->chapters[i].end = video_source_time(chapter->end, chapter->time_base);
        code = av_dict_copy(&source->chapters[i].tags, chapter->metadata, 0);
    }
    return code;
}

static void
find_main(struct video_source *source)
{
    int64_t best = 0;
    source->main = -1;
    source->sound = av_find_best_stream(source->demux, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    for (unsigned i = 0; i < source->demux->nb_streams; i++) {
        int64_t score = video_stream_score(source->demux->streams[i]);
        if (score > best) {
            best = score;
            source->main = (int)i;
        }
    }
}

static int
learn_facts(struct video_source *source)
{
    AVFormatContext *demux = source->demux;
    int code = 0;
    source->streams = av_calloc(demux->nb_streams ? demux->nb_streams : 1, sizeof *source->streams);
    if (!source->streams)
        return AVERROR(ENOMEM);
    source->stream_count = demux->nb_streams;
    for (unsigned i = 0; i < demux->nb_streams && code >= 0; i++)
        code = learn_stream(&source->streams[i], demux, demux->streams[i]);
    find_main(source);
    source->start = source->main < 0 ? AV_NOPTS_VALUE : source->streams[source->main].start;
    source->end = source->main < 0 ? AV_NOPTS_VALUE : source->streams[source->main].end;
    source->first = video_source_time(demux->start_time, AV_TIME_BASE_Q);
    source->first = source->first == AV_NOPTS_VALUE ? 0 : source->first;
    return code < 0 ? code : learn_chapters(source);
}

static int32_t
fail_named(struct mim_job *job, const struct video_source *source, int code)
{
    char text[256];
    snprintf(text, sizeof text, "audio: cannot read sound from '%.200s'", source->uri);
    return video_fail(job, code, text);
}

int32_t
video_source_open(struct video_source *source, struct mim_job *job, struct video_log *log)
{
    int32_t side = source->uri ? job->host->open_side(job, "audio", source->uri)
                               : job->host->open_source(job, source->number);
    if (side <= 0)
        return source->uri ? -side : MIM_OK;
    int32_t status = video_input_open(&source->input, job);
    source->input.side = side;
    if (status != MIM_OK)
        return status;

    int code = open_demuxer(source, log);
    if (code >= 0 && !source->streams)
        code = learn_facts(source);
    if (code >= 0)
        return job->host->poll(job);
    if (source->uri)
        return fail_named(job, source, code);
    video_source_close(source, job);
    return code == AVERROR(ENOMEM) ? job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a source")
                                   : job->host->poll(job);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

void
video_source_choose(struct video_source *source, bool (*is_wanted)(const void *user, unsigned stream), const void *user)
{
    for (unsigned i = 0; source->demux && i < source->demux->nb_streams; i++)
        source->demux->streams[i]->discard = is_wanted(user, i) ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

int32_t
video_source_read(struct video_source *source, struct mim_job *job, AVPacket *packet)
{
    while (source->demux) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        int code = av_read_frame(source->demux, packet);
        if (code == AVERROR(EAGAIN))
            continue;
        if (code == AVERROR_EOF)
            return MIM_END;
        if (code < 0) {
            status = job->host->notice(job, MIM_NOTICE_DAMAGED, "the sound ends early: its source is damaged");
            return status == MIM_OK ? MIM_END : status;
        }
        if (source->demux->streams[packet->stream_index]->discard != AVDISCARD_ALL)
            return MIM_OK;
        av_packet_unref(packet);
    }
    return MIM_END;
}

bool
video_source_seek(struct video_source *source, int64_t time)
{
    return av_seek_frame(source->demux, -1, time > source->first ? time : source->first, AVSEEK_FLAG_BACKWARD) >= 0;
}

void
video_source_close(struct video_source *source, struct mim_job *job)
{
    avformat_close_input(&source->demux);
    video_input_close(&source->input);
    if (source->input.side > 0)
        job->host->close_side(job, source->input.side);
    source->input = (struct video_input){ 0 };
}

void
video_source_clear(struct video_source *source, struct mim_job *job)
{
    video_source_close(source, job);
    for (unsigned i = 0; i < source->stream_count; i++) {
        avcodec_parameters_free(&source->streams[i].parameters);
        av_dict_free(&source->streams[i].tags);
    }
    for (unsigned i = 0; i < source->chapter_count; i++)
        av_dict_free(&source->chapters[i].tags);
    av_freep(&source->streams);
    av_freep(&source->chapters);
    source->stream_count = source->chapter_count = 0;
}
