/* SPDX-License-Identifier: MIT */
/* A loop over the FFmpeg libraries: decodes and converts to RGB into one reused buffer.   loop-ffmpeg FILE [THREADS] */
#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#include "loop.h"

struct video {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    struct SwsContext *sws;
    uint8_t *pixels;
    int stream, stride;
};

static int
open_video(struct video *video, const char *path, int threads)
{
    const AVCodec *decoder = NULL;

    if (avformat_open_input(&video->format, path, NULL, NULL) < 0 || avformat_find_stream_info(video->format, NULL) < 0)
        return -1;
    video->stream = av_find_best_stream(video->format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    if (video->stream < 0)
        return -1;
    video->codec = avcodec_alloc_context3(decoder);
    video->packet = av_packet_alloc();
    video->frame = av_frame_alloc();
    if (!video->codec || !video->packet || !video->frame)
        return -1;
    if (avcodec_parameters_to_context(video->codec, video->format->streams[video->stream]->codecpar) < 0)
        return -1;
    video->codec->thread_count = threads;
    return avcodec_open2(video->codec, decoder, NULL);
}

static int
convert(struct video *video, struct loop *loop)
{
    const AVFrame *frame = video->frame;

    if (!video->sws) {
        video->stride = (frame->width * 3 + 63) / 64 * 64;
        video->sws = sws_getContext(frame->width, frame->height, frame->format, frame->width, frame->height,
                                    AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
        video->pixels = aligned_alloc(64, (size_t)video->stride * (size_t)frame->height + 64);
    }
    if (!video->sws || !video->pixels)
        return -1;
    sws_scale(video->sws, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, &video->pixels,
              &video->stride);
    loop_frame(loop, LOOP_RGB, video->pixels, (uint32_t)frame->height, (size_t)frame->width * 3, (size_t)video->stride);
    return 0;
}

static int
take_pictures(struct video *video, struct loop *loop)
{
    int status = 0;

    while (status == 0 && avcodec_receive_frame(video->codec, video->frame) == 0)
        status = convert(video, loop);
    return status;
}

static int
decode_all(struct video *video, struct loop *loop)
{
    int status = 0;

    while (status == 0 && av_read_frame(video->format, video->packet) == 0) {
        if (video->packet->stream_index == video->stream) {
            avcodec_send_packet(video->codec, video->packet);
            status = take_pictures(video, loop);
        }
        av_packet_unref(video->packet);
    }
    avcodec_send_packet(video->codec, NULL);
    return status == 0 ? take_pictures(video, loop) : status;
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct video video = { 0 };
    int status = open_video(&video, argv[1], argc > 2 ? atoi(argv[2]) : 1);

    if (status == 0)
        status = decode_all(&video, loop);
    sws_freeContext(video.sws);
    free(video.pixels);
    av_frame_free(&video.frame);
    av_packet_free(&video.packet);
    avcodec_free_context(&video.codec);
    avformat_close_input(&video.format);
    return status;
}

int
main(int argc, char **argv)
{
    return loop_main(decode, argc, argv);
}
