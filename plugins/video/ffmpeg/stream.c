/* SPDX-License-Identifier: MIT */
/* Kinds and descriptions of streams. */
#include "ffmpeg/stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/channel_layout.h>

/* A picture beside a video, such as the still that FFmpeg 7 finds beside the sequence of an AVIF file. */
static bool
is_cover(const AVStream *stream)
{
    return stream->disposition & AV_DISPOSITION_ATTACHED_PIC || stream->nb_frames == 1;
}

/* The largest stream, cover pictures last. */
int64_t
video_stream_score(const AVStream *stream)
{
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO)
        return 0;
    if (is_cover(stream))
        return 1;
    return 2 + (int64_t)stream->codecpar->width * stream->codecpar->height +
           (stream->event_flags & AVSTREAM_EVENT_FLAG_NEW_PACKETS ? 100000000 : 0) +
           (stream->disposition & AV_DISPOSITION_DEFAULT ? 5000000 : 0);
}

int32_t
video_stream_kind(const AVFormatContext *format, const AVStream *stream)
{
    switch (stream->codecpar->codec_type) {
    case AVMEDIA_TYPE_AUDIO:
        return MIM_OFFER_SOUND;
    case AVMEDIA_TYPE_VIDEO:
        return stream->disposition & AV_DISPOSITION_ATTACHED_PIC ? MIM_OFFER_IMAGE : MIM_OFFER_VIDEO;
    case AVMEDIA_TYPE_SUBTITLE:
        return MIM_OFFER_SUBTITLES;
    case AVMEDIA_TYPE_ATTACHMENT:
        return MIM_OFFER_ATTACHMENT;
    default: /* ISO media have a track with the titles of chapters */
        return format->nb_chapters && stream->codecpar->codec_id == AV_CODEC_ID_BIN_DATA ? 0 : MIM_OFFER_DATA;
    }
}

static void __attribute__((format(printf, 3, 4)))
append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

static void
append_codec(const AVStream *stream, char *text, size_t size)
{
    char tag[AV_FOURCC_MAX_STRING_SIZE];
    const AVCodecParameters *parameters = stream->codecpar;
    if (parameters->codec_id != AV_CODEC_ID_NONE || !parameters->codec_tag)
        append(text, size, "%s", avcodec_get_name(parameters->codec_id));
    else
        append(text, size, "%s", av_fourcc_make_string(tag, parameters->codec_tag));
}

static void
append_tag(const AVStream *stream, const char *name, char *text, size_t size)
{
    const AVDictionaryEntry *tag = av_dict_get(stream->metadata, name, NULL, 0);
    if (tag && *tag->value && strcmp(tag->value, "und") != 0)
        append(text, size, ", %.60s", tag->value);
}

void
video_stream_describe(const AVStream *stream, int32_t kind, char *text, size_t size)
{
    static const char *const nouns[] = {
        [MIM_OFFER_SOUND] = "sound track",      [MIM_OFFER_VIDEO] = "video track", [MIM_OFFER_SUBTITLES] = "subtitle track",
        [MIM_OFFER_ATTACHMENT] = "attachment", [MIM_OFFER_DATA] = "data track",   [MIM_OFFER_IMAGE] = "cover",
    };
    const AVCodecParameters *parameters = stream->codecpar;
    char layout[64];

    snprintf(text, size, "%s %d (", nouns[kind], stream->index);
    append_codec(stream, text, size);
    if (kind == MIM_OFFER_SOUND && parameters->sample_rate > 0)
        append(text, size, ", %d Hz", parameters->sample_rate);
    if (kind == MIM_OFFER_SOUND && av_channel_layout_describe(&parameters->ch_layout, layout, sizeof layout) > 0)
        append(text, size, ", %s", layout);
    if (kind == MIM_OFFER_VIDEO || kind == MIM_OFFER_IMAGE)
        append(text, size, ", %dx%d", parameters->width, parameters->height);
    append_tag(stream, "language", text, size);
    append_tag(stream, kind == MIM_OFFER_ATTACHMENT ? "filename" : "title", text, size);
    append(text, size, ")");
}
