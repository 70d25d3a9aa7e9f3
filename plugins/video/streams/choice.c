/* SPDX-License-Identifier: MIT */
/* The n-th stream of a kind in each source makes the n-th track of that kind. */
#include "streams/choice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/mem.h>

#include "streams/sound-choice.h"
#include "streams/track-tags.h"

static bool
is_of_kind(const struct video_source *source, unsigned stream, int32_t kind)
{
    return (int)stream != source->main && source->streams[stream].kind == kind;
}

/* The best sound comes first. */
static int
nth_stream(const struct video_source *source, int32_t kind, unsigned n)
{
    bool has_best = kind == MIM_OFFER_SOUND && source->sound >= 0;
    if (has_best && !n--)
        return source->sound;
    for (unsigned i = 0; i < source->stream_count; i++)
        if (is_of_kind(source, i, kind) && !(has_best && (int)i == source->sound) && !n--)
            return (int)i;
    return -1;
}

/* false: no source has an n-th stream of the kind. */
static bool
find_inputs(const struct video_feed *feed, struct video_track *track, unsigned n)
{
    bool found = false;
    for (unsigned i = 0; i < feed->source_count; i++) {
        track->inputs[i] = nth_stream(&feed->sources[i], track->kind, n);
        found |= track->inputs[i] >= 0;
    }
    return found;
}

static struct video_source_stream *
stream_at(const struct video_feed *feed, const struct video_track *track, unsigned place)
{
    int number = track->inputs[place];
    return number >= 0 ? &feed->sources[place].streams[number] : NULL;
}

static void __attribute__((format(printf, 4, 5)))
refuse(const struct video_feed *feed, struct video_track *track, unsigned place, const char *format, ...)
{
    struct video_source_stream *stream = stream_at(feed, track, place);
    va_list args;
    if (!stream)
        return;
    va_start(args, format);
    vsnprintf(stream->refusal, sizeof stream->refusal, format, args);
    va_end(args);
    track->inputs[place] = -1;
}

static bool
is_held(const struct video_choice *choice, const struct video_feed *feed, enum AVCodecID codec)
{
    return video_target_holds(choice->target, feed->mux->context->oformat, codec);
}

/* Texts that the container does not hold are converted if all sources have texts. */
static int32_t
choose_text(const struct video_choice *choice, const struct video_feed *feed, struct video_track *track)
{
    const AVCodec *encoder = video_first_encoder(choice->target->texts, choice->target, feed->mux->context->oformat);
    enum AVCodecID other = AV_CODEC_ID_NONE;
    char text[120];
    for (unsigned i = 0; i < feed->source_count && encoder; i++) {
        const struct video_source_stream *stream = stream_at(feed, track, i);
        if (stream && !video_subtitle_coder_can(stream->parameters->codec_id, encoder->id))
            return MIM_OK;
        if (stream && !is_held(choice, feed, stream->parameters->codec_id))
            other = stream->parameters->codec_id;
    }
    if (other == AV_CODEC_ID_NONE)
        return MIM_OK;
    track->text = encoder->id;
    snprintf(text, sizeof text, "subtitles are re-encoded as %s: %s cannot hold %s", encoder->name, feed->mux->name,
             avcodec_get_name(other));
    return choice->job->host->notice(choice->job, MIM_NOTICE_OTHER, text);
}

/* Copies need the same codec in all sources, which the container holds. Returns whether a source is left. */
static bool
restrict_copies(const struct video_choice *choice, const struct video_feed *feed, struct video_track *track)
{
    const struct video_source_stream *first = NULL;
    for (unsigned i = 0; i < feed->source_count; i++) {
        const struct video_source_stream *stream = stream_at(feed, track, i);
        if (!stream)
            continue;
        enum AVCodecID codec = stream->parameters->codec_id;
        if (track->kind == MIM_OFFER_ATTACHMENT && !choice->target->has_attachments)
            refuse(feed, track, i, "%s cannot hold attachments", feed->mux->name);
        else if (track->kind != MIM_OFFER_ATTACHMENT && !is_held(choice, feed, codec))
            refuse(feed, track, i, "%s cannot hold %s", feed->mux->name, avcodec_get_name(codec));
        else if (track->kind == MIM_OFFER_VIDEO && !choice->is_whole)
            refuse(feed, track, i, "a further video track is only copied as a whole");
        else if (first && !video_sound_agrees(first->parameters, stream->parameters))
            refuse(feed, track, i, "its coding differs from that of the first input");
        else if (!first)
            first = stream;
    }
    return first;
}

/* Language, title and role are those of the first source that has the track. */
static int32_t
describe_track(const struct video_choice *choice, const struct video_feed *feed, struct video_track *track,
               const struct video_source_stream *from)
{
    static const char *const names[] = { "filename", "mimetype" };
    int code = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && code >= 0; i++) {
        const AVDictionaryEntry *tag = av_dict_get(from->tags, names[i], NULL, 0);
        if (tag)
            code = av_dict_set(&track->to->metadata, names[i], tag->value, 0);
    }
    track->to->disposition = from->disposition & ~AV_DISPOSITION_ATTACHED_PIC;
    return code < 0 ? choice->job->host->fail(choice->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a tag")
                    : video_track_tags_copy(feed->mux, choice->target, track->to, from->tags);
}

/* Tags differ between containers. AVI has the units of H.264 with start codes if its tag does not say otherwise. */
static unsigned
find_codec_tag(const struct video_feed *feed, const AVCodecParameters *parameters)
{
    const unsigned tag = MKTAG('a', 'v', 'c', '1');
    bool has_lengths = parameters->codec_id == AV_CODEC_ID_H264 && parameters->extradata_size && parameters->extradata[0] == 1;
    bool is_known = av_codec_get_id(feed->mux->context->oformat->codec_tag, tag) == AV_CODEC_ID_H264;
    return has_lengths && is_known ? tag : 0;
}

static int32_t
add_to_mux(const struct video_choice *choice, const struct video_feed *feed, struct video_track *track)
{
    const struct video_source_stream *from = NULL;
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    for (unsigned i = 0; i < feed->source_count && !from; i++)
        from = stream_at(feed, track, i);
    bool is_text = track->text != AV_CODEC_ID_NONE;
    int code = parameters ? 0 : AVERROR(ENOMEM);
    if (code >= 0 && is_text)
        code = video_subtitle_coder_open(&track->coder, from->parameters, from->base, track->text, feed->log);
    const AVCodecContext *encoder = is_text             ? track->coder.encoder
                                    : track->transcoder ? video_transcoder_context(track->transcoder)
                                                        : NULL;
    if (code >= 0)
        code = encoder ? avcodec_parameters_from_context(parameters, encoder)
                       : avcodec_parameters_copy(parameters, from->parameters);
    if (code >= 0 && !encoder)
        parameters->codec_tag = find_codec_tag(feed, parameters);
    track->base = track->transcoder                 ? video_transcoder_context(track->transcoder)->time_base
                  : track->kind == MIM_OFFER_SOUND ? (AVRational){ 1, from->parameters->sample_rate }
                                                    : from->base;
    if (code >= 0)
        track->to = video_mux_add(feed->mux, parameters, track->base);
    avcodec_parameters_free(&parameters);
    if (!track->to)
        return choice->job->host->fail(choice->job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a track");
    return describe_track(choice, feed, track, from);
}

/* Returns MIM_END if nothing of the track can be written. */
static int32_t
settle_track(const struct video_choice *choice, struct video_feed *feed, struct video_track *track, unsigned n)
{
    const struct video_target *target = choice->target;
    bool is_further = track->kind == MIM_OFFER_VIDEO || (track->kind == MIM_OFFER_SOUND && n);
    bool is_possible = !is_further || (track->kind == MIM_OFFER_VIDEO ? target->has_many_videos : target->has_many_sounds);
    if (!is_possible || feed->mux->context->nb_streams >= VIDEO_MAX_STREAMS) {
        for (unsigned i = 0; i < feed->source_count; i++)
            refuse(feed, track, i, "%s cannot hold a further track", feed->mux->name);
        return MIM_END;
    }
    if (track->kind == MIM_OFFER_SOUND) {
        int32_t status = video_sound_choose(choice, feed, track);
        if (status != MIM_OK || track->transcoder)
            return status;
    }
    int32_t status = track->kind == MIM_OFFER_SUBTITLES ? choose_text(choice, feed, track) : MIM_OK;
    if (status != MIM_OK || track->text != AV_CODEC_ID_NONE)
        return status;
    return restrict_copies(choice, feed, track) ? MIM_OK : MIM_END;
}

static int32_t
add_track(const struct video_choice *choice, struct video_feed *feed, int32_t kind, unsigned n)
{
    struct mim_job *job = choice->job;
    struct video_track track = { .kind = kind, .end = INT64_MIN };
    struct video_track *grown = av_realloc_array(feed->tracks, feed->track_count + 1, sizeof *grown);
    track.inputs = av_calloc(feed->source_count, sizeof *track.inputs);
    if (grown)
        feed->tracks = grown;
    if (!grown || !track.inputs) {
        av_freep(&track.inputs);
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a track");
    }
    if (!find_inputs(feed, &track, n)) {
        av_freep(&track.inputs);
        return MIM_END;
    }
    int32_t status = settle_track(choice, feed, &track, n);
    if (status == MIM_OK)
        status = add_to_mux(choice, feed, &track);
    if (status == MIM_OK)
        feed->tracks[feed->track_count++] = track;
    else
        video_track_close(&track);
    return status == MIM_END ? MIM_OK : status;
}

int32_t
video_choice_make(const struct video_choice *choice, struct video_feed *feed)
{
    static const int32_t kinds[] = { MIM_OFFER_SOUND, MIM_OFFER_VIDEO, MIM_OFFER_SUBTITLES, MIM_OFFER_ATTACHMENT };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int32_t status = MIM_OK;
        for (unsigned n = 0; status == MIM_OK && (kinds[i] != MIM_OFFER_SOUND || choice->wants_sound); n++)
            status = add_track(choice, feed, kinds[i], n);
        if (status != MIM_OK && status != MIM_END)
            return status;
    }
    return MIM_OK;
}
