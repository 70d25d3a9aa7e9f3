/* SPDX-License-Identifier: MIT */
/* Decodes sound, resamples it for the encoder, and encodes it in frames of the encoder's size. */
#include "audio/transcode.h"

#include <stdbool.h>

#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libswresample/swresample.h>

#include "audio/sample-queue.h"
#include "ffmpeg/averror.h"
#include "ffmpeg/codec-config.h"
#include "ffmpeg/log.h"

enum {
    FREE_FRAME_SIZE = 1024, /* samples per frame for encoders that accept any number */
    MAX_SILENCE = 60        /* seconds at once; longer jumps of time are not believed */
};

struct video_transcoder {
    AVCodecContext *decoder, *encoder;
    AVRational base;  /* of incoming packets */
    int64_t from, at; /* microseconds: this time of the source is that of the video */
    struct video_log *log;
    int log_offset;
    SwrContext *resampler; /* from the layout, rate and format below, which may change within a stream */
    AVChannelLayout layout;
    int rate, format;
    struct video_sample_queue samples; /* in the encoder's format */
    AVFrame *decoded, *frame;
    bool is_placed; /* some sound since the latest start */
    bool has_ended;
};

static int
open_decoder(struct video_transcoder *transcoder, const AVStream *from)
{
    const AVCodec *codec = avcodec_find_decoder(from->codecpar->codec_id);
    if (!codec)
        return AVERROR_DECODER_NOT_FOUND;
    avcodec_free_context(&transcoder->decoder);
    transcoder->decoder = avcodec_alloc_context3(codec);
    int code =
        transcoder->decoder ? avcodec_parameters_to_context(transcoder->decoder, from->codecpar) : AVERROR(ENOMEM);
    if (code < 0)
        return code;
    transcoder->decoder->opaque = transcoder->log;
    transcoder->decoder->log_level_offset = transcoder->log_offset;
    transcoder->decoder->pkt_timebase = from->time_base;
    if (!av_channel_layout_check(&transcoder->decoder->ch_layout) ||
        transcoder->decoder->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&transcoder->decoder->ch_layout, transcoder->decoder->ch_layout.nb_channels);
    transcoder->base = from->time_base;
    return avcodec_open2(transcoder->decoder, codec, NULL);
}

static int
open_encoder(struct video_transcoder *transcoder, const AVCodecParameters *like, const AVCodec *codec,
             const AVOutputFormat *format)
{
    const enum AVSampleFormat *formats = video_codec_supports(codec, VIDEO_SUPPORT_SAMPLES);
    AVCodecContext *encoder = transcoder->encoder = avcodec_alloc_context3(codec);
    AVChannelLayout layout = like->ch_layout;
    if (!encoder)
        return AVERROR(ENOMEM);
    if (!av_channel_layout_check(&layout) || layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&layout, like->ch_layout.nb_channels);
    encoder->opaque = transcoder->log;
    encoder->log_level_offset = transcoder->log_offset;
    encoder->sample_rate = video_codec_nearest_rate(codec, like->sample_rate);
    encoder->sample_fmt = formats ? formats[0] : like->format >= 0 ? like->format : AV_SAMPLE_FMT_S16;
    encoder->time_base = (AVRational){ 1, encoder->sample_rate };
    if (format->flags & AVFMT_GLOBALHEADER)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    int code = video_codec_nearest_layout(codec, &layout, &encoder->ch_layout);
    return code < 0 ? code : avcodec_open2(encoder, codec, NULL);
}

static int
make_buffers(struct video_transcoder *transcoder)
{
    transcoder->decoded = av_frame_alloc();
    transcoder->frame = av_frame_alloc();
    return transcoder->decoded && transcoder->frame ? video_sample_queue_open(&transcoder->samples, transcoder->encoder)
                                                    : AVERROR(ENOMEM);
}

int32_t
video_transcoder_open(struct mim_job *job, struct video_transcoder **out, const AVCodecParameters *like,
                      const AVCodec *codec, const AVOutputFormat *format, struct video_log *log)
{
    struct video_transcoder *transcoder = *out = av_mallocz(sizeof *transcoder);
    if (!transcoder)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the sound");
    transcoder->log = log;
    transcoder->log_offset = video_log_offset(job);
    int code = open_encoder(transcoder, like, codec, format);
    if (code >= 0)
        code = make_buffers(transcoder);
    return code < 0 ? video_fail(job, code, codec->name) : MIM_OK;
}

const AVCodecContext *
video_transcoder_context(const struct video_transcoder *transcoder)
{
    return transcoder->encoder;
}

static int64_t
samples_in(const struct video_transcoder *transcoder, int64_t microseconds)
{
    return av_rescale_q(microseconds, AV_TIME_BASE_Q, transcoder->encoder->time_base);
}

/* `frame` NULL: flush the resampler. */
static int
resample_frame(struct video_transcoder *transcoder, const AVFrame *frame)
{
    const AVCodecContext *to = transcoder->encoder;
    if (!transcoder->resampler)
        return 0;
    int capacity = swr_get_out_samples(transcoder->resampler, frame ? frame->nb_samples : 0);
    uint8_t **data = NULL;
    int code = capacity > 0 ? av_samples_alloc_array_and_samples(&data, NULL, to->ch_layout.nb_channels, capacity,
                                                                 to->sample_fmt, 0)
                            : capacity;

    if (code >= 0 && capacity > 0)
        code = swr_convert(transcoder->resampler, data, capacity, frame ? (const uint8_t **)frame->extended_data : NULL,
                           frame ? frame->nb_samples : 0);
    if (code > 0)
        code = video_sample_queue_append(&transcoder->samples, data, code);
    if (data)
        av_freep(&data[0]);
    av_freep(&data);
    return code < 0 ? code : 0;
}

static int
open_resampler(struct video_transcoder *transcoder, const AVFrame *frame)
{
    AVCodecContext *to = transcoder->encoder;

    swr_free(&transcoder->resampler);
    int code = av_channel_layout_copy(&transcoder->layout, &frame->ch_layout);
    transcoder->rate = frame->sample_rate;
    transcoder->format = frame->format;
    if (code >= 0)
        code = swr_alloc_set_opts2(&transcoder->resampler, &to->ch_layout, to->sample_fmt, to->sample_rate,
                                   &transcoder->layout, transcoder->format, transcoder->rate, transcoder->log_offset,
                                   NULL);
    return code >= 0 ? swr_init(transcoder->resampler) : code;
}

static int
restart_resampler(struct video_transcoder *transcoder, const AVFrame *frame)
{
    int code = resample_frame(transcoder, NULL);
    return code >= 0 ? open_resampler(transcoder, frame) : code;
}

/* Each frame may have other channels, rate or format. A resampler for the previous ones would read missing planes. */
static int
follow_format(struct video_transcoder *transcoder, const AVFrame *frame)
{
    bool is_the_same = transcoder->resampler && transcoder->rate == frame->sample_rate &&
                       transcoder->format == frame->format &&
                       !av_channel_layout_compare(&transcoder->layout, &frame->ch_layout);
    if (is_the_same)
        return 0;
    return restart_resampler(transcoder, frame);
}

/* Begin a frame at its time: with silence before it, or without the samples that are before the end of earlier ones. Within a
 * source, times may be rounded. */
static int
place_frame(struct video_transcoder *transcoder)
{
    struct video_sample_queue *samples = &transcoder->samples;
    int64_t pts = transcoder->decoded->best_effort_timestamp, rate = transcoder->encoder->sample_rate;
    if (pts == AV_NOPTS_VALUE)
        return 0;
    int64_t time = av_rescale_q(pts, transcoder->base, AV_TIME_BASE_Q);
    if (time > INT64_MAX / 4 || time < INT64_MIN / 4)
        return 0;
    time += transcoder->at - transcoder->from;
    int64_t delay = swr_get_delay(transcoder->resampler, rate);
    int64_t late = samples_in(transcoder, time) - (samples->end - samples->surplus + delay);
    bool is_rounding = transcoder->is_placed && late < rate / 20 && late > -rate / 20;

    transcoder->is_placed = true;
    if (is_rounding || late > MAX_SILENCE * rate)
        return 0;
    int64_t silence = late > samples->surplus ? late - samples->surplus : 0;
    samples->surplus = late > samples->surplus ? 0 : samples->surplus - late;
    int code = silence && delay ? restart_resampler(transcoder, transcoder->decoded) : 0;
    return code < 0 ? code : video_sample_queue_append_silence(samples, silence);
}

/* Skips damaged packets. */
static int
decode_packet(struct video_transcoder *transcoder, const AVPacket *packet)
{
    int code = avcodec_send_packet(transcoder->decoder, packet);
    if (code == AVERROR_INVALIDDATA)
        return 0;
    while (code >= 0) {
        code = avcodec_receive_frame(transcoder->decoder, transcoder->decoded);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF || code == AVERROR_INVALIDDATA)
            return 0;
        if (code >= 0)
            code = follow_format(transcoder, transcoder->decoded);
        if (code >= 0)
            code = place_frame(transcoder);
        if (code >= 0)
            code = resample_frame(transcoder, transcoder->decoded);
        av_frame_unref(transcoder->decoded);
    }
    return code;
}

static int
encode_frame(struct video_transcoder *transcoder, int size)
{
    AVFrame *frame = transcoder->frame;
    const AVCodecContext *encoder = transcoder->encoder;

    frame->nb_samples = size;
    frame->pts = transcoder->samples.next;
    frame->format = encoder->sample_fmt;
    frame->sample_rate = encoder->sample_rate;
    int code = av_channel_layout_copy(&frame->ch_layout, &encoder->ch_layout);
    if (code >= 0)
        code = av_frame_get_buffer(frame, 0);
    if (code >= 0)
        code = video_sample_queue_take(&transcoder->samples, frame, size);
    if (code >= 0)
        code = avcodec_send_frame(transcoder->encoder, frame);
    av_frame_unref(frame);
    return code;
}

static int32_t
settle_code(struct mim_job *job, int code)
{
    return code >= 0 ? MIM_OK : video_fail(job, code, "the sound cannot be decoded");
}

int32_t
video_transcoder_start(struct mim_job *job, struct video_transcoder *transcoder, const AVStream *from,
                       int64_t source_time, int64_t time)
{
    transcoder->from = source_time;
    transcoder->at = time;
    transcoder->samples.surplus = 0;
    transcoder->is_placed = false;
    return settle_code(job, open_decoder(transcoder, from));
}

int32_t
video_transcoder_send(struct mim_job *job, struct video_transcoder *transcoder, const AVPacket *packet)
{
    return settle_code(job, decode_packet(transcoder, packet));
}

int32_t
video_transcoder_stop(struct mim_job *job, struct video_transcoder *transcoder, int64_t time)
{
    int code = transcoder->decoder ? decode_packet(transcoder, NULL) : 0;
    avcodec_free_context(&transcoder->decoder);
    if (code >= 0)
        code = resample_frame(transcoder, NULL);
    swr_free(&transcoder->resampler);
    transcoder->samples.surplus = 0;
    if (code >= 0 && time != INT64_MAX)
        code = video_sample_queue_cut(&transcoder->samples, samples_in(transcoder, time));
    return settle_code(job, code);
}

int32_t
video_transcoder_fill(struct mim_job *job, struct video_transcoder *transcoder, int64_t time)
{
    return settle_code(job, video_sample_queue_append_silence(&transcoder->samples,
                                                         samples_in(transcoder, time) - transcoder->samples.end));
}

void
video_transcoder_end(struct video_transcoder *transcoder)
{
    transcoder->has_ended = true;
}

/* Fetch packets first, then feed the encoder a frame of samples. */
int32_t
video_transcoder_receive(struct mim_job *job, struct video_transcoder *transcoder, int64_t time, AVPacket *packet)
{
    int whole = transcoder->encoder->frame_size ? transcoder->encoder->frame_size : FREE_FRAME_SIZE;
    for (;;) {
        int code = avcodec_receive_packet(transcoder->encoder, packet);
        if (code >= 0)
            return MIM_OK;
        if (code == AVERROR_EOF)
            return MIM_END;
        int buffered = av_audio_fifo_size(transcoder->samples.fifo);
        bool is_due = transcoder->has_ended || transcoder->samples.next + whole <= samples_in(transcoder, time);
        if (code == AVERROR(EAGAIN) && ((buffered >= whole && is_due) || (buffered && transcoder->has_ended)))
            code = encode_frame(transcoder, buffered < whole ? buffered : whole);
        else if (code == AVERROR(EAGAIN) && transcoder->has_ended)
            code = avcodec_send_frame(transcoder->encoder, NULL);
        else if (code == AVERROR(EAGAIN))
            return MIM_END;
        if (code < 0)
            return video_fail(job, code, transcoder->encoder->codec->name);
    }
}

void
video_transcoder_close(struct video_transcoder *transcoder)
{
    if (!transcoder)
        return;
    avcodec_free_context(&transcoder->decoder);
    avcodec_free_context(&transcoder->encoder);
    swr_free(&transcoder->resampler);
    av_channel_layout_uninit(&transcoder->layout);
    video_sample_queue_close(&transcoder->samples);
    av_frame_free(&transcoder->decoded);
    av_frame_free(&transcoder->frame);
    av_free(transcoder);
}
