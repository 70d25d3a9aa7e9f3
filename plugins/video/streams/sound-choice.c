/* SPDX-License-Identifier: MIT */
/* Sound is copied if the container holds the codec, all inputs agree, and no silence is needed between them. */
#include "streams/sound-choice.h"

#include <stdio.h>
#include <string.h>

#include <libavutil/mathematics.h>

bool
video_sound_agrees(const AVCodecParameters *one, const AVCodecParameters *other)
{
    return one->codec_id == other->codec_id && one->profile == other->profile && one->sample_rate == other->sample_rate &&
           one->block_align == other->block_align && !av_channel_layout_compare(&one->ch_layout, &other->ch_layout) &&
           one->extradata_size == other->extradata_size &&
           (!one->extradata_size || !memcmp(one->extradata, other->extradata, (size_t)one->extradata_size));
}

static const struct video_source_stream *
stream_of(const struct video_feed *feed, const struct video_track *track, unsigned place)
{
    return track->inputs[place] >= 0 ? &feed->sources[place].streams[track->inputs[place]] : NULL;
}

static const struct video_source_stream *
first_stream(const struct video_feed *feed, const struct video_track *track)
{
    const struct video_source_stream *stream = NULL;
    for (unsigned i = 0; i < feed->source_count && !stream; i++)
        stream = stream_of(feed, track, i);
    return stream;
}

/* The sound with the most channels. */
static const AVCodecParameters *
widest_sound(const struct video_feed *feed, const struct video_track *track)
{
    const AVCodecParameters *widest = first_stream(feed, track)->parameters;
    for (unsigned i = 0; i < feed->source_count; i++) {
        const struct video_source_stream *stream = stream_of(feed, track, i);
        if (stream && stream->parameters->ch_layout.nb_channels > widest->ch_layout.nb_channels)
            widest = stream->parameters;
    }
    return widest;
}

/* A gap of at most one frame of sound remains between copied packets. */
static int64_t
longest_gap(const AVCodecParameters *sound)
{
    enum { FRAME_SIZE = 1024 };
    int size = sound->frame_size > 0 && sound->frame_size < 4 * FRAME_SIZE ? sound->frame_size : FRAME_SIZE;
    return sound->sample_rate > 0 ? av_rescale(size, AV_TIME_BASE, sound->sample_rate) + 1000 : 0;
}

/* Does the sound of an input begin after its picture, or end before it while another input follows? */
static bool
has_gap(const struct video_choice *choice, const struct video_feed *feed, const struct video_track *track, unsigned place)
{
    const struct video_source *source = &feed->sources[place];
    const struct video_source_stream *stream = stream_of(feed, track, place);
    if (!stream)
        return true;
    int64_t gap = longest_gap(stream->parameters);
    bool is_known = stream->start != AV_NOPTS_VALUE && source->start != AV_NOPTS_VALUE;
    bool has_delay = (place || choice->target->has_no_delay) && is_known && stream->start - source->start > gap;
    bool is_short = place + 1 < feed->source_count && stream->end != AV_NOPTS_VALUE && source->end != AV_NOPTS_VALUE &&
                    source->end - stream->end > gap;
    return has_delay || is_short;
}

/* Why the packets cannot be copied; "": they can. */
static void
explain_encoding(const struct video_choice *choice, const struct video_feed *feed, const struct video_track *track,
                 char *why, size_t size)
{
    const AVCodecParameters *first = first_stream(feed, track)->parameters;
    *why = '\0';
    if (!video_target_holds(choice->target, feed->mux->context->oformat, first->codec_id))
        snprintf(why, size, "%s cannot hold %s", feed->mux->name, avcodec_get_name(first->codec_id));
    else if (!video_target_holds_sound(choice->target, feed->mux->context->oformat, first))
        snprintf(why, size, "%s cannot hold %s of this rate or number of channels", feed->mux->name,
                 avcodec_get_name(first->codec_id));
    for (unsigned i = 0; i < feed->source_count && !*why; i++) {
        const struct video_source_stream *stream = stream_of(feed, track, i);
        if (stream && !video_sound_agrees(first, stream->parameters))
            snprintf(why, size, "the sound of the inputs differs");
        else if (has_gap(choice, feed, track, i))
            snprintf(why, size, "silence is needed where an input has no sound");
    }
}

static void
refuse_all(const struct video_feed *feed, struct video_track *track, const char *why)
{
    for (unsigned i = 0; i < feed->source_count; i++)
        if (track->inputs[i] >= 0) {
            struct video_source_stream *stream = &feed->sources[i].streams[track->inputs[i]];
            snprintf(stream->refusal, sizeof stream->refusal, "%s", why);
        }
}

/* Choose an encoder for a codec that the container can hold. NULL: copy packets. */
static int32_t
choose_encoder(const struct video_choice *choice, const struct video_feed *feed, const char *why, const AVCodec **codec)
{
    const struct video_target *target = choice->target;
    const AVOutputFormat *format = feed->mux->context->oformat;
    const char *requested = choice->codec;

    *codec = NULL;
    if (!requested) {
        *codec = *why ? video_first_encoder(target->sounds, target, format) : NULL;
        return !*why || *codec ? MIM_OK : MIM_END;
    }
    if (!strcmp(requested, "copy"))
        return MIM_OK;
    *codec = avcodec_find_encoder_by_name(requested);
    if (*codec && (*codec)->type == AVMEDIA_TYPE_AUDIO && video_target_holds(target, format, (*codec)->id))
        return MIM_OK;
    return choice->job->host->fail(choice->job, MIM_OPTION, MIM_UNKNOWN,
                                   "audio_codec '%.40s' %s; available: copy %s", requested,
                                   *codec ? "cannot be stored in this container" : "is not a sound encoder of this FFmpeg",
                                   target->sounds ? target->sounds : "");
}

/* The sound of an input ends with its picture where another input follows. */
static int32_t
report_cuts(const struct video_choice *choice, const struct video_feed *feed, const struct video_track *track)
{
    enum { AUDIBLE = 100000 }; /* microseconds */
    for (unsigned i = 0; i + 1 < feed->source_count && feed->is_endless; i++) {
        const struct video_source *source = &feed->sources[i];
        const struct video_source_stream *stream = stream_of(feed, track, i);
        bool is_known = stream && stream->end != AV_NOPTS_VALUE && source->end != AV_NOPTS_VALUE;
        if (is_known && stream->end - source->end > AUDIBLE)
            return choice->job->host->notice(choice->job, MIM_NOTICE_OTHER,
                                             "sound that lasts longer than the picture of its input is cut");
    }
    return MIM_OK;
}

/* An encoder may have fewer channels than the sound. */
static int32_t
report_mixing(const struct video_choice *choice, const AVCodecParameters *sound, const AVCodecContext *encoder)
{
    char from[64], to[64], text[160];
    if (sound->ch_layout.nb_channels <= encoder->ch_layout.nb_channels)
        return MIM_OK;
    av_channel_layout_describe(&sound->ch_layout, from, sizeof from);
    av_channel_layout_describe(&encoder->ch_layout, to, sizeof to);
    snprintf(text, sizeof text, "sound of %s is mixed to %s", from, to);
    return choice->job->host->notice(choice->job, MIM_NOTICE_OTHER, text);
}

static int32_t
encode(const struct video_choice *choice, struct video_feed *feed, struct video_track *track, const AVCodec *codec)
{
    const AVCodecParameters *sound = widest_sound(feed, track);
    int32_t status = video_transcoder_open(choice->job, &track->transcoder, sound, codec, feed->mux->context->oformat,
                                           feed->log);
    return status == MIM_OK ? report_mixing(choice, sound, video_transcoder_context(track->transcoder)) : status;
}

int32_t
video_sound_choose(const struct video_choice *choice, struct video_feed *feed, struct video_track *track)
{
    struct mim_job *job = choice->job;
    const AVCodec *codec;
    char why[80], text[200];
    explain_encoding(choice, feed, track, why, sizeof why);
    int32_t status = report_cuts(choice, feed, track);
    if (status == MIM_OK)
        status = choose_encoder(choice, feed, why, &codec);
    if (status == MIM_END)
        refuse_all(feed, track, why);
    if (status != MIM_OK || !codec)
        return status;
    if (!choice->codec) {
        snprintf(text, sizeof text, "the sound is re-encoded as %s: %s", codec->name, why);
        status = job->host->notice(job, MIM_NOTICE_OTHER, text);
    }
    return status == MIM_OK ? encode(choice, feed, track, codec) : status;
}
