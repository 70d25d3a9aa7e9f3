/* SPDX-License-Identifier: MIT */
/* Encodes a moving ramp. Goes through a file, because some muxers seek in their output. */
#include "clip.h"

#include <stdlib.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <mim/kit/test-case.h>


static AVCodecContext *
open_encoder(const struct clip_plan *plan, const AVFormatContext *format)
{
    const AVCodec *encoder = avcodec_find_encoder_by_name(plan->codec);
    AVCodecContext *codec = avcodec_alloc_context3(encoder);

    CHECK(encoder && codec);
    codec->width = plan->width;
    codec->height = plan->height;
    codec->pix_fmt = encoder->id == AV_CODEC_ID_MJPEG ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
    codec->time_base = (AVRational){ 1, 25 };
    codec->framerate = (AVRational){ 25, 1 };
    codec->gop_size = plan->group;
    codec->max_b_frames = plan->b_frames;
    codec->thread_count = 1;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (format->oformat->flags & AVFMT_GLOBALHEADER)
        codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    CHECK(avcodec_open2(codec, encoder, NULL) == 0);
    return codec;
}

static void
draw_picture(AVFrame *frame, int number)
{
    CHECK(av_frame_make_writable(frame) == 0);
    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < (plane ? (frame->height + 1) / 2 : frame->height); y++)
            for (int x = 0; x < (plane ? (frame->width + 1) / 2 : frame->width); x++)
                frame->data[plane][y * frame->linesize[plane] + x] = (uint8_t)(x * 3 + y * (plane + 2) + number * 7);
    frame->pts = number;
}

static void
write_packets(AVCodecContext *codec, AVFormatContext *format, AVPacket *packet)
{
    while (avcodec_receive_packet(codec, packet) == 0) {
        av_packet_rescale_ts(packet, codec->time_base, format->streams[0]->time_base);
        packet->duration = av_rescale_q(1, codec->time_base, format->streams[0]->time_base);
        CHECK(av_interleaved_write_frame(format, packet) == 0);
    }
}

static struct clip
load_clip(const char *path)
{
    struct clip clip;
    FILE *file = fopen(path, "rb");

    CHECK(file && fseek(file, 0, SEEK_END) == 0);
    clip.size = (size_t)ftell(file);
    rewind(file);
    clip.data = malloc(clip.size);
    CHECK(clip.data && fread(clip.data, 1, clip.size, file) == clip.size);
    fclose(file);
    unlink(path);
    return clip;
}

struct clip
clip_make(const struct clip_plan *plan)
{
    char path[] = "/tmp/video-clip-XXXXXX";
    int place = mkstemp(path);
    AVFormatContext *format = NULL;
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();

    CHECK(avformat_alloc_output_context2(&format, NULL, plan->muxer, NULL) >= 0 && packet && frame);
    format->flags |= AVFMT_FLAG_BITEXACT;
    AVCodecContext *codec = open_encoder(plan, format);
    AVStream *stream = avformat_new_stream(format, NULL);
    CHECK(stream && avcodec_parameters_from_context(stream->codecpar, codec) >= 0);
    stream->time_base = codec->time_base;
    CHECK(place >= 0 && avio_open(&format->pb, path, AVIO_FLAG_WRITE) >= 0 && avformat_write_header(format, NULL) >= 0);

    frame->format = codec->pix_fmt;
    frame->width = plan->width;
    frame->height = plan->height;
    CHECK(av_frame_get_buffer(frame, 0) == 0);
    for (int i = 0; i < plan->frames; i++) {
        draw_picture(frame, i);
        CHECK(avcodec_send_frame(codec, frame) == 0);
        write_packets(codec, format, packet);
    }
    CHECK(avcodec_send_frame(codec, NULL) == 0);
    write_packets(codec, format, packet);
    CHECK(av_write_trailer(format) == 0);
    avio_closep(&format->pb);
    close(place);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_free_context(format);
    return load_clip(path);
}

void
clip_free(struct clip *clip)
{
    free(clip->data);
    clip->data = NULL;
}
