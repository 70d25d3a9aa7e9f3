/* SPDX-License-Identifier: MIT */
/* FFmpeg decodes every text format to ASS, and encodes from that. */
#include "streams/subtitle-coder.h"

#include <string.h>

#include <libavutil/mem.h>

enum { MAX_SIZE = 1 << 18 }; /* bytes of a subtitle */

static bool
is_text(enum AVCodecID codec)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);
    return descriptor && descriptor->props & AV_CODEC_PROP_TEXT_SUB;
}

bool
video_subtitle_coder_can(enum AVCodecID from, enum AVCodecID to)
{
    return is_text(from) && is_text(to) && avcodec_find_decoder(from) && avcodec_find_encoder(to);
}

static AVCodecContext *
allocate_context(const AVCodec *codec, AVRational base, struct video_log *log)
{
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!context)
        return NULL;
    context->opaque = log;
    context->log_level_offset = video_log_offset(log->job);
    context->pkt_timebase = context->time_base = base;
    return context;
}

/* The encoder begins with the styles of the decoder. */
static int
copy_styles(AVCodecContext *encoder, const AVCodecContext *decoder)
{
    if (!decoder->subtitle_header_size)
        return 0;
    encoder->subtitle_header = av_mallocz((size_t)decoder->subtitle_header_size + 1);
    if (!encoder->subtitle_header)
        return AVERROR(ENOMEM);
    memcpy(encoder->subtitle_header, decoder->subtitle_header, (size_t)decoder->subtitle_header_size);
    encoder->subtitle_header_size = decoder->subtitle_header_size;
    return 0;
}

int
video_subtitle_coder_open(struct video_subtitle_coder *coder, const AVCodecParameters *from, AVRational base,
                          enum AVCodecID to, struct video_log *log)
{
    video_subtitle_coder_close(coder);
    coder->decoder = allocate_context(avcodec_find_decoder(from->codec_id), base, log);
    coder->encoder = allocate_context(avcodec_find_encoder(to), (AVRational){ 1, 1000 }, log);
    if (!coder->decoder || !coder->encoder)
        return AVERROR(ENOMEM);
    int code = avcodec_parameters_to_context(coder->decoder, from);
    if (code >= 0)
        code = avcodec_open2(coder->decoder, NULL, NULL);
    if (code >= 0)
        code = copy_styles(coder->encoder, coder->decoder);
    return code >= 0 ? avcodec_open2(coder->encoder, NULL, NULL) : code;
}

static int
encode_text(struct video_subtitle_coder *coder, AVSubtitle *subtitle, AVPacket *packet)
{
    AVPacket *made = av_packet_alloc();
    int code = made ? av_new_packet(made, MAX_SIZE) : AVERROR(ENOMEM);
    if (code >= 0)
        code = avcodec_encode_subtitle(coder->encoder, made->data, MAX_SIZE, subtitle);
    if (code > 0) {
        av_shrink_packet(made, code);
        made->pts = packet->pts;
        made->dts = packet->dts;
        made->duration = packet->duration;
        made->stream_index = packet->stream_index;
        made->flags = AV_PKT_FLAG_KEY;
    }
    av_packet_unref(packet);
    if (code > 0)
        av_packet_move_ref(packet, made);
    av_packet_free(&made);
    return code < 0 ? code : 0;
}

int
video_subtitle_coder_convert(struct video_subtitle_coder *coder, AVPacket *packet)
{
    AVSubtitle subtitle = { 0 };
    int has_text = 0;
    int code = avcodec_decode_subtitle2(coder->decoder, &subtitle, &has_text, packet);
    if (code < 0 || !has_text || !subtitle.num_rects) {
        av_packet_unref(packet);
        return code == AVERROR(ENOMEM) ? code : 0; /* skip damaged packets */
    }
    subtitle.end_display_time -= subtitle.start_display_time;
    subtitle.start_display_time = 0;
    code = encode_text(coder, &subtitle, packet);
    avsubtitle_free(&subtitle);
    return code;
}

void
video_subtitle_coder_close(struct video_subtitle_coder *coder)
{
    avcodec_free_context(&coder->decoder);
    avcodec_free_context(&coder->encoder);
}
