/* SPDX-License-Identifier: MIT */
/* Sound in another codec: decoded, resampled to what the encoder takes, cut into its frames. */
#include "audio/audio.h"

#include <stdlib.h>

#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
#include <libswresample/swresample.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/log.h"
#include "write/encoder.h"

enum { FREE_FRAME_SIZE = 1024 }; /* samples, of encoders that take any number */

struct video_audio_coder {
    AVCodecContext *decoder, *encoder;
    AVRational base;     /* of packets that come in */
    int log_offset;
    SwrContext *resampler; /* for sound of this kind: it may change within a stream */
    AVChannelLayout layout;
    int rate, format;
    AVAudioFifo *samples; /* as the encoder takes them */
    AVFrame *decoded, *frame;
    int64_t next;        /* sample that the coming frame begins with */
    bool has_start, has_ended;
};

static int
open_decoder(struct mim_job *job, struct video_audio_coder *coder, const AVStream *from, struct video_log *log)
{
    const AVCodec *codec = avcodec_find_decoder(from->codecpar->codec_id);
    if (!codec)
        return AVERROR_DECODER_NOT_FOUND;
    coder->decoder = avcodec_alloc_context3(codec);
    int code = coder->decoder ? avcodec_parameters_to_context(coder->decoder, from->codecpar) : AVERROR(ENOMEM);
    if (code < 0)
        return code;
    coder->decoder->opaque = log;
    coder->decoder->log_level_offset = video_log_offset(job);
    coder->decoder->pkt_timebase = from->time_base;
    if (!av_channel_layout_check(&coder->decoder->ch_layout) || coder->decoder->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&coder->decoder->ch_layout, coder->decoder->ch_layout.nb_channels);
    coder->base = from->time_base;
    return avcodec_open2(coder->decoder, codec, NULL);
}

/* The source's rate if the encoder takes it, else the nearest that it takes. */
static int
choose_rate(const AVCodec *codec, int wanted)
{
    const int *rates = video_encoder_supports(codec, VIDEO_SUPPORT_RATES);
    int best = 0;
    for (; rates && *rates; rates++)
        if (!best || abs(*rates - wanted) < abs(best - wanted))
            best = *rates;
    return best ? best : wanted;
}

static int
choose_layout(const AVCodec *codec, const AVChannelLayout *wanted, AVChannelLayout *layout)
{
    const AVChannelLayout *layouts = video_encoder_supports(codec, VIDEO_SUPPORT_LAYOUTS), *best = layouts;
    for (; layouts && layouts->nb_channels; layouts++) {
        if (!av_channel_layout_compare(layouts, wanted))
            best = layouts;
        else if (av_channel_layout_compare(best, wanted) && layouts->nb_channels > best->nb_channels &&
                 layouts->nb_channels <= wanted->nb_channels)
            best = layouts;
    }
    return av_channel_layout_copy(layout, best ? best : wanted);
}

static int
open_encoder(struct mim_job *job, struct video_audio_coder *coder, const AVCodec *codec, const AVOutputFormat *format, struct video_log *log)
{
    const enum AVSampleFormat *formats = video_encoder_supports(codec, VIDEO_SUPPORT_SAMPLES);
    AVCodecContext *encoder = coder->encoder = avcodec_alloc_context3(codec);
    if (!encoder)
        return AVERROR(ENOMEM);
    encoder->opaque = log;
    encoder->log_level_offset = video_log_offset(job);
    encoder->sample_rate = choose_rate(codec, coder->decoder->sample_rate);
    encoder->sample_fmt = formats ? formats[0] : coder->decoder->sample_fmt;
    encoder->time_base = (AVRational){ 1, encoder->sample_rate };
    if (format->flags & AVFMT_GLOBALHEADER)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    int code = choose_layout(codec, &coder->decoder->ch_layout, &encoder->ch_layout);
    return code < 0 ? code : avcodec_open2(encoder, codec, NULL);
}

static int
make_buffers(struct video_audio_coder *coder)
{
    const AVCodecContext *to = coder->encoder;
    coder->samples = av_audio_fifo_alloc(to->sample_fmt, to->ch_layout.nb_channels, 4 * FREE_FRAME_SIZE);
    coder->decoded = av_frame_alloc();
    coder->frame = av_frame_alloc();
    return coder->samples && coder->decoded && coder->frame ? 0 : AVERROR(ENOMEM);
}

int32_t
video_audio_coder_open(struct mim_job *job, struct video_audio_coder **out, const AVStream *from, const AVCodec *codec,
                       const AVOutputFormat *format, struct video_log *log)
{
    struct video_audio_coder *coder = *out = av_mallocz(sizeof *coder);
    if (!coder)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the sound");
    coder->log_offset = video_log_offset(job);
    int code = open_decoder(job, coder, from, log);
    if (code < 0)
        return video_fail(job, code, "the sound cannot be decoded");
    code = open_encoder(job, coder, codec, format, log);
    if (code >= 0)
        code = make_buffers(coder);
    return code < 0 ? video_fail(job, code, codec->name) : MIM_OK;
}

const AVCodecContext *
video_audio_coder_context(const struct video_audio_coder *coder)
{
    return coder->encoder;
}

/* What lies before the video is dropped, and what begins after it begins late. */
static void
settle_start(struct video_audio_coder *coder, int64_t start)
{
    int64_t pts = coder->decoded->best_effort_timestamp;
    if (coder->has_start)
        return;
    coder->has_start = true;
    if (pts == AV_NOPTS_VALUE)
        return;
    int64_t late = av_rescale_q(pts, coder->base, AV_TIME_BASE_Q) - start;
    coder->next = av_rescale_q(late, AV_TIME_BASE_Q, coder->encoder->time_base);
}

/* `frame` NULL: what the resampler still holds. */
static int
resample(struct video_audio_coder *coder, const AVFrame *frame)
{
    const AVCodecContext *to = coder->encoder;
    if (!coder->resampler)
        return 0;
    int room = swr_get_out_samples(coder->resampler, frame ? frame->nb_samples : 0);
    uint8_t **data = NULL;
    int code = room > 0 ? av_samples_alloc_array_and_samples(&data, NULL, to->ch_layout.nb_channels, room, to->sample_fmt, 0) : room;

    if (code >= 0 && room > 0)
        code = swr_convert(coder->resampler, data, room, frame ? (const uint8_t **)frame->extended_data : NULL,
                           frame ? frame->nb_samples : 0);
    if (code > 0)
        code = av_audio_fifo_write(coder->samples, (void **)data, code);
    if (data)
        av_freep(&data[0]);
    av_freep(&data);
    if (coder->next < 0) {
        int before = av_audio_fifo_size(coder->samples) < -coder->next ? av_audio_fifo_size(coder->samples) : (int)-coder->next;
        av_audio_fifo_drain(coder->samples, before);
        coder->next += before;
    }
    return code < 0 ? code : 0;
}

static int
open_resampler(struct video_audio_coder *coder, const AVFrame *frame)
{
    AVCodecContext *to = coder->encoder;

    swr_free(&coder->resampler);
    int code = av_channel_layout_copy(&coder->layout, &frame->ch_layout);
    coder->rate = frame->sample_rate;
    coder->format = frame->format;
    if (code >= 0)
        code = swr_alloc_set_opts2(&coder->resampler, &to->ch_layout, to->sample_fmt, to->sample_rate, &coder->layout,
                                   coder->format, coder->rate, coder->log_offset, NULL);
    return code >= 0 ? swr_init(coder->resampler) : code;
}

/* Channels, rate and type are each frame's own: a resampler for others would read planes that are not there. */
static int
follow(struct video_audio_coder *coder, const AVFrame *frame)
{
    bool is_the_same = coder->resampler && coder->rate == frame->sample_rate && coder->format == frame->format &&
                       !av_channel_layout_compare(&coder->layout, &frame->ch_layout);
    if (is_the_same)
        return 0;
    int code = resample(coder, NULL);
    return code >= 0 ? open_resampler(coder, frame) : code;
}

/* A damaged piece is left out: the next one is heard. */
static int
decode(struct video_audio_coder *coder, const AVPacket *packet, int64_t start)
{
    int code = avcodec_send_packet(coder->decoder, packet);
    if (code == AVERROR_INVALIDDATA)
        return 0;
    while (code >= 0) {
        code = avcodec_receive_frame(coder->decoder, coder->decoded);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF || code == AVERROR_INVALIDDATA)
            return 0;
        if (code >= 0) {
            settle_start(coder, start);
            code = follow(coder, coder->decoded);
        }
        if (code >= 0)
            code = resample(coder, coder->decoded);
        av_frame_unref(coder->decoded);
    }
    return code;
}

static int
encode_frame(struct video_audio_coder *coder, int size)
{
    AVFrame *frame = coder->frame;
    const AVCodecContext *encoder = coder->encoder;

    frame->nb_samples = size;
    frame->format = encoder->sample_fmt;
    frame->sample_rate = encoder->sample_rate;
    int code = av_channel_layout_copy(&frame->ch_layout, &encoder->ch_layout);
    if (code >= 0)
        code = av_frame_get_buffer(frame, 0);
    if (code >= 0)
        code = av_audio_fifo_read(coder->samples, (void **)frame->extended_data, size);
    frame->pts = coder->next;
    coder->next += size;
    if (code >= 0)
        code = avcodec_send_frame(coder->encoder, frame);
    av_frame_unref(frame);
    return code;
}

int32_t
video_audio_coder_send(struct mim_job *job, struct video_audio_coder *coder, const AVPacket *packet, int64_t start)
{
    int code = decode(coder, packet, start);
    if (code >= 0 && !packet)
        code = resample(coder, NULL);
    coder->has_ended = !packet;
    return code >= 0 ? MIM_OK : video_fail(job, code, "the sound cannot be decoded");
}

/* Packets first; then as many samples as the encoder takes at once. */
int32_t
video_audio_coder_receive(struct mim_job *job, struct video_audio_coder *coder, AVPacket *packet)
{
    int whole = coder->encoder->frame_size ? coder->encoder->frame_size : FREE_FRAME_SIZE;
    for (;;) {
        int code = avcodec_receive_packet(coder->encoder, packet);
        if (code >= 0)
            return MIM_OK;
        if (code == AVERROR_EOF)
            return MIM_END;
        int held = av_audio_fifo_size(coder->samples);
        if (code == AVERROR(EAGAIN) && (held >= whole || (held && coder->has_ended)))
            code = encode_frame(coder, held < whole ? held : whole);
        else if (code == AVERROR(EAGAIN) && coder->has_ended)
            code = avcodec_send_frame(coder->encoder, NULL);
        else if (code == AVERROR(EAGAIN))
            return MIM_END;
        if (code < 0)
            return video_fail(job, code, coder->encoder->codec->name);
    }
}

void
video_audio_coder_close(struct video_audio_coder *coder)
{
    if (!coder)
        return;
    avcodec_free_context(&coder->decoder);
    avcodec_free_context(&coder->encoder);
    swr_free(&coder->resampler);
    av_channel_layout_uninit(&coder->layout);
    av_audio_fifo_free(coder->samples);
    av_frame_free(&coder->decoded);
    av_frame_free(&coder->frame);
    av_free(coder);
}
