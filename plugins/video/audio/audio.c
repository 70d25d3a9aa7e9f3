/* SPDX-License-Identifier: MIT */
/* Finds the sound, and interleaves its packets with the video. */
#include "audio/audio.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/mathematics.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/log.h"

/* Demuxers for the source of the frames, which is a video, and for a file given for its sound, which may be sound only. */
#define VIDEO_DEMUXERS "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,asf,flv,ogg"
#define AUDIO_DEMUXERS VIDEO_DEMUXERS ",wav,w64,mp3,aac,flac,ac3,eac3,aiff,caf,amr,au,wv,dts"

/* Returns 0 or FFmpeg's code. */
static int
open_demuxer(struct video_audio *audio, const char *demuxers, struct video_log *log)
{
    AVDictionary *options = NULL;
    AVFormatContext *demux = avformat_alloc_context();
    if (!demux)
        return AVERROR(ENOMEM);
    video_input_attach(&audio->input, demux, log);

    int code = video_input_restrict(&options, demuxers);
    if (code < 0)
        avformat_free_context(demux);
    else
        code = avformat_open_input(&demux, NULL, NULL, &options);
    av_dict_free(&options);
    if (code < 0)
        return code;
    audio->demux = demux;
    return avformat_find_stream_info(demux, NULL);
}

static void
choose_stream(struct video_audio *audio)
{
    int best = av_find_best_stream(audio->demux, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (best < 0)
        return;
    audio->from = audio->demux->streams[best];
    for (unsigned i = 0; i < audio->demux->nb_streams; i++)
        audio->demux->streams[i]->discard = (int)i == best ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

/* Leaves `from` NULL where the source of the frames has no sound. */
static int32_t
open_source(struct mim_job *job, struct video_audio *audio, const char *uri, struct video_log *log)
{
    int32_t side = uri ? job->host->open_side(job, "audio", uri) : job->host->open_source(job, 1);
    if (side <= 0)
        return uri ? -side : MIM_OK;
    int32_t status = video_input_open(&audio->input, job);
    if (status != MIM_OK)
        return status;
    audio->input.side = side;

    char text[256];
    int code = open_demuxer(audio, uri ? AUDIO_DEMUXERS : VIDEO_DEMUXERS, log);
    if (code >= 0)
        choose_stream(audio);
    if (audio->from || (!uri && code != AVERROR(ENOMEM)))
        return job->host->poll(job);
    snprintf(text, sizeof text, "audio: cannot read sound from '%.200s'", uri ? uri : "the source");
    return code < 0 ? video_fail(job, code, text)
                    : job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "audio: '%.200s' has no sound", uri);
}

static int32_t
leave_out(struct mim_job *job, struct video_audio *audio, const char *why)
{
    char text[200];
    bool is_named = strcmp(audio->source, "copy") != 0;

    audio->from = NULL;
    if (is_named)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio: %s", why);
    snprintf(text, sizeof text, "the sound is left out: %s", why);
    return job->host->notice(job, MIM_NOTICE_OTHER, text);
}

/* Choose an encoder for a codec that the container can hold. NULL: copy packets. */
static int32_t
choose_codec(struct mim_job *job, const struct video_audio *audio, const struct video_target *target,
             const AVCodec **codec)
{
    const AVOutputFormat *format = audio->mux->context->oformat;
    enum AVCodecID id = audio->from->codecpar->codec_id;
    const char *requested = audio->codec;
    char text[200];

    *codec = NULL;
    if (requested && strcmp(requested, "copy") != 0) {
        *codec = avcodec_find_encoder_by_name(requested);
        if (*codec && (*codec)->type == AVMEDIA_TYPE_AUDIO && video_target_holds(target, format, (*codec)->id))
            return MIM_OK;
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio_codec '%.40s' %s; available: copy %s", requested,
                               *codec ? "cannot be stored in this container" : "is not a sound encoder of this FFmpeg",
                               target->sounds ? target->sounds : "");
    }
    if (video_target_holds(target, format, id))
        return MIM_OK;
    if (!requested)
        *codec = video_first_encoder(target->sounds, target, format);
    if (!*codec)
        return MIM_UNSUPPORTED;
    snprintf(text, sizeof text, "the sound is re-encoded as %s: %s cannot hold %s", (*codec)->name, audio->mux->name,
             avcodec_get_name(id));
    return job->host->notice(job, MIM_NOTICE_OTHER, text);
}

static int32_t
add_stream(struct mim_job *job, struct video_audio *audio, const struct video_target *target, struct video_log *log)
{
    const AVCodec *codec;
    char text[120];
    int32_t status = choose_codec(job, audio, target, &codec);

    if (status == MIM_UNSUPPORTED) {
        snprintf(text, sizeof text, "%s cannot hold %s", audio->mux->name,
                 avcodec_get_name(audio->from->codecpar->codec_id));
        return leave_out(job, audio, text);
    }
    if (status == MIM_OK && codec)
        status = video_transcoder_open(job, &audio->transcoder, audio->from, codec, audio->mux->context->oformat, log);
    if (status != MIM_OK)
        return status;

    AVCodecParameters *parameters = avcodec_parameters_alloc();
    int code = parameters ? 0 : AVERROR(ENOMEM);
    if (code >= 0)
        code = audio->transcoder
                   ? avcodec_parameters_from_context(parameters, video_transcoder_context(audio->transcoder))
                   : avcodec_parameters_copy(parameters, audio->from->codecpar);
    if (code >= 0 && !audio->transcoder)
        parameters->codec_tag = 0; /* tags differ between containers */
    audio->base = audio->transcoder ? video_transcoder_context(audio->transcoder)->time_base : audio->from->time_base;
    if (code >= 0)
        audio->to = video_mux_add(audio->mux, parameters, audio->base);
    avcodec_parameters_free(&parameters);
    audio->packet = av_packet_alloc();
    return audio->to && audio->packet ? MIM_OK
                                      : job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the sound");
}

/* Find out where the video starts in the source of its sound. */
static void
find_start(struct video_audio *audio, const struct mim_sequence *sequence, bool is_origin)
{
    if (is_origin)
        audio->start = sequence->source_start;
    else
        audio->start = audio->demux->start_time == AV_NOPTS_VALUE ? 0 : audio->demux->start_time;
}

int32_t
video_audio_open(struct mim_job *job, struct video_audio *audio, struct video_mux *mux,
                 const struct video_target *target, const struct mim_sequence *sequence, struct video_log *log)
{
    bool is_origin = !strcmp(audio->source, "copy");

    audio->mux = mux;
    if (!*audio->source)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "audio is empty: expected copy, none or a file");
    if (!strcmp(audio->source, "none") ||
        (is_origin && (sequence->source_count != 1 || !(sequence->timing & MIM_TIMING_SOURCE))))
        return MIM_OK;
    int32_t status = open_source(job, audio, is_origin ? NULL : audio->source, log);
    if (status != MIM_OK || !audio->from)
        return status;
    if (target->is_elementary)
        return leave_out(job, audio, "a bare stream cannot hold any");
    if (is_origin && sequence->timing & MIM_TIMING_REPLACED)
        return leave_out(job, audio, "fps changes the duration of the video");
    if (is_origin && (sequence->source_start == MIM_NO_PTS || !(sequence->timing & MIM_TIMING_WHOLE)))
        return leave_out(job, audio, "the frames are not all of the source");
    find_start(audio, sequence, is_origin);
    return add_stream(job, audio, target, log);
}

static int32_t
read_source(struct mim_job *job, struct video_audio *audio, AVPacket *packet)
{
    for (;;) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        int code = av_read_frame(audio->demux, packet);
        if (code == AVERROR(EAGAIN))
            continue;
        if (code == AVERROR_EOF)
            return MIM_END;
        if (code < 0) {
            status = job->host->notice(job, MIM_NOTICE_DAMAGED, "the sound ends early: its source is damaged");
            return status == MIM_OK ? MIM_END : status;
        }
        if (packet->stream_index == audio->from->index)
            return MIM_OK;
        av_packet_unref(packet);
    }
}

/* A muxer that cannot store negative times would shift the video. Drop packets that are mostly before 0 and start the
 * others at 0. */
static bool
fit_to_start(const struct video_audio *audio, AVPacket *packet)
{
    bool may_be_negative = audio->mux->context->oformat->flags & AVFMT_TS_NEGATIVE;
    if (packet->pts >= 0)
        return true;
    if (packet->pts + (may_be_negative ? packet->duration : packet->duration / 2) < 0)
        return false;
    if (!may_be_negative)
        packet->pts = packet->dts = 0;
    return true;
}

/* Convert times of the source to times of the video. */
static bool
shift_to_video(const struct video_audio *audio, AVPacket *packet)
{
    int64_t start = av_rescale_q(audio->start, AV_TIME_BASE_Q, audio->base);

    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = packet->dts;
    if (packet->pts == AV_NOPTS_VALUE)
        return false;
    packet->pts -= start;
    packet->dts = packet->dts == AV_NOPTS_VALUE ? packet->pts : packet->dts - start;
    return true;
}

static int32_t
next_copied(struct mim_job *job, struct video_audio *audio)
{
    for (;;) {
        int32_t status = read_source(job, audio, audio->packet);
        if (status != MIM_OK || (shift_to_video(audio, audio->packet) && fit_to_start(audio, audio->packet)))
            return status;
        av_packet_unref(audio->packet);
    }
}

static int32_t
next_coded(struct mim_job *job, struct video_audio *audio)
{
    for (;;) {
        int32_t status = video_transcoder_receive(job, audio->transcoder, audio->packet);
        if (status == MIM_OK && !fit_to_start(audio, audio->packet)) {
            av_packet_unref(audio->packet);
            continue;
        }
        if (status != MIM_END || audio->has_ended)
            return status;
        status = read_source(job, audio, audio->packet);
        audio->has_ended = status == MIM_END;
        if (status == MIM_OK || status == MIM_END)
            status =
                video_transcoder_send(job, audio->transcoder, status == MIM_OK ? audio->packet : NULL, audio->start);
        av_packet_unref(audio->packet);
        if (status != MIM_OK)
            return status;
    }
}

/* End the last packet with the video. */
static void
trim_last(const struct video_audio *audio, int64_t end, AVRational base)
{
    int64_t left = av_rescale_q(end, base, audio->base) - audio->packet->pts;
    if (left < audio->packet->duration)
        audio->packet->duration = left > 1 ? left : 1;
}

int32_t
video_audio_write_until(struct mim_job *job, struct video_audio *audio, int64_t time, AVRational base, bool is_end)
{
    while (audio->to) {
        if (!audio->has_packet) {
            int32_t status = audio->transcoder ? next_coded(job, audio) : next_copied(job, audio);
            if (status == MIM_END) {
                audio->to = NULL; /* no more sound */
                return MIM_OK;
            }
            if (status != MIM_OK)
                return status;
            audio->has_packet = true;
        }
        if (av_compare_ts(audio->packet->pts, audio->base, time, base) >= 0)
            return MIM_OK;
        audio->has_packet = false;
        if (is_end)
            trim_last(audio, time, base);
        int32_t status = video_mux_put(audio->mux, audio->packet, audio->to, audio->base);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

void
video_audio_close(struct video_audio *audio)
{
    video_transcoder_close(audio->transcoder);
    av_packet_free(&audio->packet);
    avformat_close_input(&audio->demux);
    video_input_close(&audio->input);
}
