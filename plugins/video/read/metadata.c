/* SPDX-License-Identifier: MIT */
/* Reports coding, timing and tags of a video. */
#include "read/metadata.h"

#include <limits.h>
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>

#include "read/colour.h"

#define CODING(type) ((type) | MIM_META_CODING)

static int32_t
put_text(struct mim_job *job, const char *key, const char *text)
{
    return text ? job->host->meta(job, key, CODING(MIM_META_TEXT), text, strlen(text)) : MIM_OK;
}

static int32_t
put_rational(struct mim_job *job, const char *key, struct mim_rational value)
{
    return value.den ? job->host->meta(job, key, CODING(MIM_META_RATIONAL), &value, sizeof value) : MIM_OK;
}

static int32_t
put_int(struct mim_job *job, const char *key, int64_t value)
{
    return job->host->meta(job, key, CODING(MIM_META_INT), &value, sizeof value);
}

static int32_t
put_size(struct mim_job *job, const char *key, int64_t width, int64_t height)
{
    const int64_t size[2] = { width, height };
    return job->host->meta(job, key, CODING(MIM_META_INTS), size, sizeof size);
}

uint64_t
video_promised_count(const struct video_reader *self, int32_t *sure)
{
    const AVFormatContext *format = self->cursor.decoder.demux.format;
    const AVStream *stream = self->cursor.decoder.demux.stream;
    AVRational rate = self->rate.fps.den ? self->rate.fps : stream->avg_frame_rate;
    int64_t count = 0;

    *sure = MIM_SURE_HEADER;
    if (stream->nb_frames > 0 && !self->rate.fps.den)
        return (uint64_t)stream->nb_frames;
    *sure = MIM_SURE_ESTIMATE;
    if (rate.num > 0 && rate.den > 0 && stream->duration > 0)
        count = av_rescale_q(stream->duration, stream->time_base, av_inv_q(rate));
    else if (rate.num > 0 && rate.den > 0 && format->duration > 0)
        count = av_rescale_q(format->duration, AV_TIME_BASE_Q, av_inv_q(rate));
    if (count > 0)
        return (uint64_t)count;
    *sure = MIM_SURE_NONE;
    return MIM_UNKNOWN;
}

struct mim_rational
video_seconds(int64_t frame_ticks, AVRational base)
{
    struct mim_rational seconds = { 0, base.den };
    return __builtin_mul_overflow(frame_ticks, (int64_t)base.num, &seconds.num) ? (struct mim_rational){ 0, 0 }
                                                                                : seconds;
}

static struct mim_rational
promised_seconds(const AVFormatContext *format, const AVStream *stream)
{
    if (stream->duration > 0)
        return video_seconds(stream->duration, stream->time_base);
    if (format->duration > 0)
        return (struct mim_rational){ format->duration, AV_TIME_BASE };
    return (struct mim_rational){ 0, 0 };
}

/* Are all pictures known, not only by the container's table? */
static bool
is_counted(const struct video_index *index)
{
    return index->has_all_pictures && !index->is_stated;
}

/* The duration of all pictures if they are known, else that of the header. */
static struct mim_rational
seconds_of(struct video_reader *self)
{
    const AVFormatContext *format = self->cursor.decoder.demux.format;
    const AVStream *stream = self->cursor.decoder.demux.stream;
    uint64_t count = self->cursor.scan.index.picture_count;
    int64_t start, end;

    if (!is_counted(&self->cursor.scan.index) || !count)
        return promised_seconds(format, stream);
    if (self->rate.fps.den)
        return video_seconds((int64_t)video_frame_rate_count(&self->rate, &self->cursor), av_inv_q(self->rate.fps));
    if (video_cursor_times(&self->cursor, count - 1, &start, &end) != MIM_OK)
        return (struct mim_rational){ 0, 0 };
    return video_seconds(end - self->cursor.scan.index.pictures[0].pts, stream->time_base);
}

static int32_t
put_count(struct mim_job *job, const struct video_reader *self)
{
    static const char *const words[] = { "none", "estimate", "header", "exact" };
    int32_t sure = MIM_SURE_EXACT;
    uint64_t count = is_counted(&self->cursor.scan.index) ? video_frame_rate_count(&self->rate, &self->cursor)
                                                          : video_promised_count(self, &sure);
    if (count == MIM_UNKNOWN)
        return MIM_OK;
    int32_t status = put_int(job, "nframes", (int64_t)count);
    return status == MIM_OK ? put_text(job, "nframes_certainty", words[sure]) : status;
}

static const char *
audio_codec(const AVFormatContext *format)
{
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
            return avcodec_get_name(format->streams[i]->codecpar->codec_id);
    return NULL;
}

static int32_t
put_aspect(struct mim_job *job, AVRational aspect)
{
    const struct mim_rational value = { aspect.num, aspect.den };
    return job->host->meta(job, "sample_aspect", MIM_META_RATIONAL, &value, sizeof value);
}

/* The field that is shown first, of frames that have the rows of two moments. */
static int32_t
put_fields(struct mim_job *job, enum AVFieldOrder order)
{
    static const char *const fields[] = {
        [AV_FIELD_TT] = "top", [AV_FIELD_BB] = "bottom", [AV_FIELD_TB] = "bottom", [AV_FIELD_BT] = "top"
    };
    const char *first = (size_t)order < sizeof fields / sizeof *fields ? fields[order] : NULL;
    return first ? job->host->meta(job, "field_order", MIM_META_TEXT, first, strlen(first)) : MIM_OK;
}

static int32_t
put_coding(struct mim_job *job, const struct video_reader *self)
{
    const AVFormatContext *format = self->cursor.decoder.demux.format;
    const AVStream *stream = self->cursor.decoder.demux.stream;
    const AVCodecParameters *parameters = stream->codecpar;
    struct video_frame_size size = video_frame_size(&self->output.sizing, video_reader_turns(self), parameters->width,
                                                    parameters->height);

    int32_t status = put_text(job, "codec", avcodec_get_name(parameters->codec_id));
    if (status == MIM_OK)
        status = put_text(job, "pix_fmt", av_get_pix_fmt_name(parameters->format));
    if (status == MIM_OK)
        status = put_size(job, "source_size", parameters->width, parameters->height);
    if (status == MIM_OK)
        status = put_size(job, "size", size.width, size.height);
    if (status == MIM_OK && self->orientation.degrees)
        status = put_int(job, "rotate", self->orientation.degrees);
    if (status == MIM_OK && size.aspect.num)
        status = put_aspect(job, size.aspect);
    if (status == MIM_OK)
        status = put_fields(job, parameters->field_order);
    return status == MIM_OK ? put_text(job, "audio_codec", audio_codec(format)) : status;
}

/* Many files have the metadata of HDR in the first picture only. */
static int32_t
put_colour(struct mim_job *job, struct video_reader *self)
{
    bool is_decoded = !self->is_stream && video_colour_is_hdr(self->cursor.decoder.demux.stream) &&
                      video_cursor_seek(&self->cursor, 0) == MIM_OK;
    if (!self->cursor.is_open)
        return MIM_OK;
    return video_colour_report(job, self->cursor.decoder.demux.stream,
                               is_decoded ? self->cursor.current->frame : NULL);
}

/* FFmpeg takes the rate from times in milliseconds, as 19001/317: return the rate of television that it means. */
static AVRational
exact_rate(const AVStream *stream)
{
    AVRational rate = stream->avg_frame_rate.num ? stream->avg_frame_rate : stream->r_frame_rate;
    const AVRational milli = { 1, 1000 };
    int64_t whole = rate.num > 0 ? av_rescale(rate.num, 1001, INT64_C(1000) * rate.den) : 0;
    double off = whole > 0 ? (double)rate.num / rate.den / ((double)whole * 1000 / 1001) - 1 : 1;
    bool is_meant = !av_cmp_q(stream->time_base, milli) && rate.den > 1 && off > -1e-4 && off < 1e-4;
    return is_meant && whole <= INT_MAX / 1000 ? (AVRational){ (int)whole * 1000, 1001 } : rate;
}

static int32_t
put_timing(struct mim_job *job, struct video_reader *self)
{
    const AVStream *stream = self->cursor.decoder.demux.stream;
    AVRational rate = self->rate.fps.den ? self->rate.fps : exact_rate(stream);
    int32_t status = rate.num > 0 ? put_rational(job, "fps", (struct mim_rational){ rate.num, rate.den }) : MIM_OK;
    if (status == MIM_OK)
        status = put_rational(job, "duration", seconds_of(self));
    return status == MIM_OK ? put_count(job, self) : status;
}

/* Tags that describe the container itself, such as brands and offsets. They are wrong for any other file, and ffmpeg
 * copies them from one container to the next. */
static bool
is_of_container(const char *tag)
{
    static const char *const names[] = {
        "major_brand",
        "minor_version",
        "compatible_brands",
        "handler_name",
        "vendor_id", /* ISO media */
        "hasVideo",
        "hasAudio",
        "hasMetadata",
        "hasKeyframes",
        "hasCuePoints",
        "canSeekToEnd",
        "datasize",
        "videosize",
        "audiosize",
        "lasttimestamp",
        "lastkeyframetimestamp",
        "lastkeyframelocation",
        "metadatadate",
        "metadatacreator", /* FLV */
        "WMFSDKVersion",
        "WMFSDKNeeded",
        "IsVBR",
        "DeviceConformanceTemplate", /* ASF */
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!av_strcasecmp(tag, names[i]))
            return true;
    return false;
}

/* Report a tag under mim's common name. Tags that the muxer wrote describe the coding. */
static int32_t
put_tag(struct mim_job *job, const AVDictionaryEntry *tag)
{
    static const struct {
        const char *ours, *theirs;
        int32_t type;
    } known[] = {
        { "title", "title", MIM_META_TEXT },
        { "artist", "artist", MIM_META_TEXT },
        { "author", "author", MIM_META_TEXT },
        { "copyright", "copyright", MIM_META_TEXT },
        { "comment", "comment", MIM_META_TEXT },
        { "description", "description", MIM_META_TEXT },
        { "keywords", "keywords", MIM_META_TEXT },
        { "datetime", "creation_time", MIM_META_TIME },
        { "software", "encoder", CODING(MIM_META_TEXT) },
        { "software", "software", CODING(MIM_META_TEXT) },
    };
    char key[128];

    if (is_of_container(tag->key))
        return MIM_OK;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!av_strcasecmp(tag->key, known[i].theirs))
            return job->host->meta(job, known[i].ours, known[i].type, tag->value, strlen(tag->value));
    snprintf(key, sizeof key, "text:%s", tag->key);
    return job->host->meta(job, key, MIM_META_TEXT, tag->value, strlen(tag->value));
}

/* FFmpeg gives texts that state a language twice: `location-eng` and `location`. */
static bool
is_repeated(const AVDictionary *tags, const AVDictionaryEntry *tag)
{
    char base[64];
    const char *language = strrchr(tag->key, '-');
    if (!language || strlen(language) != 4 || (size_t)(language - tag->key) >= sizeof base)
        return false;
    snprintf(base, sizeof base, "%.*s", (int)(language - tag->key), tag->key);
    const AVDictionaryEntry *same = av_dict_get(tags, base, NULL, 0);
    return same && !strcmp(same->value, tag->value);
}

static int32_t
put_tags(struct mim_job *job, const AVDictionary *tags)
{
    const AVDictionaryEntry *tag = NULL;
    int32_t status = MIM_OK;
    while (status == MIM_OK && (tag = av_dict_get(tags, "", tag, AV_DICT_IGNORE_SUFFIX))) {
        status = is_repeated(tags, tag) ? MIM_OK : put_tag(job, tag);
        if (status == MIM_ARGUMENT) /* invalid UTF-8, or an invalid time */
            status = MIM_OK;
    }
    return status;
}

/* Ogg has no tags for the file; those of the stream describe it. */
static const AVDictionary *
tags_of(const struct video_demux *demux)
{
    return strcmp(demux->setup->container->demuxer, "ogg") ? demux->format->metadata : demux->stream->metadata;
}

static int32_t
describe_frame(struct mim_job *job, const struct video_read_frame *frame)
{
    int32_t status = put_rational(job, "pts", frame->time);
    return status == MIM_OK ? put_int(job, "keyframe", frame->is_key) : status;
}

int32_t
video_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    struct video_reader *self = job->state;
    (void)info;
    if (packet)
        return describe_frame(job, packet);
    if (!self->cursor.is_open)
        return MIM_OK;
    video_sizing_settle(job, &self->output.sizing);
    int32_t status = put_timing(job, self);
    if (status == MIM_OK)
        status = put_coding(job, self);
    if (status == MIM_OK)
        status = put_colour(job, self);
    if (status == MIM_OK)
        status = put_tags(job, tags_of(&self->cursor.decoder.demux));
    return status;
}
