/* SPDX-License-Identifier: MIT */
/* Writes with the FFmpeg libraries: swscale, libx264, MP4.   write-ffmpeg RGB WIDTH HEIGHT OUT THREADS */
#include <stdio.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

struct video {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream;
    AVPacket *packet;
    struct SwsContext *sws;
};

static int
open_video(struct video *video, const char *path, int width, int height, int threads)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    if (!codec || avformat_alloc_output_context2(&video->format, NULL, "mp4", path) < 0)
        return -1;
    video->codec = avcodec_alloc_context3(codec);
    video->packet = av_packet_alloc();
    video->stream = avformat_new_stream(video->format, NULL);
    video->sws = sws_getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, SWS_BICUBIC, NULL, NULL, NULL);
    if (!video->codec || !video->packet || !video->stream || !video->sws)
        return -1;
    video->codec->width = width;
    video->codec->height = height;
    video->codec->pix_fmt = AV_PIX_FMT_YUV420P;
    video->codec->time_base = (AVRational){ 1, 25 };
    video->codec->framerate = (AVRational){ 25, 1 };
    video->codec->thread_count = threads;
    video->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (avcodec_open2(video->codec, codec, NULL) < 0 ||
        avcodec_parameters_from_context(video->stream->codecpar, video->codec) < 0)
        return -1;
    video->stream->time_base = video->codec->time_base;
    av_opt_set(video->format->priv_data, "movflags", "+faststart", 0);
    if (avio_open(&video->format->pb, path, AVIO_FLAG_WRITE) < 0)
        return -1;
    return avformat_write_header(video->format, NULL);
}

static int
write_packets(struct video *video, const AVFrame *frame)
{
    int code = avcodec_send_frame(video->codec, frame);
    while (code >= 0) {
        code = avcodec_receive_packet(video->codec, video->packet);
        if (code < 0)
            return code == AVERROR(EAGAIN) || code == AVERROR_EOF ? 0 : code;
        video->packet->duration = 1;
        av_packet_rescale_ts(video->packet, video->codec->time_base, video->stream->time_base);
        code = av_interleaved_write_frame(video->format, video->packet);
    }
    return code;
}

static int
write_frame(struct video *video, const uint8_t *pixels, int64_t index)
{
    const int stride = video->codec->width * 3;
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return -1;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = video->codec->width;
    frame->height = video->codec->height;
    frame->pts = index;
    int code = av_frame_get_buffer(frame, 0);
    if (code >= 0)
        code = sws_scale(video->sws, &pixels, &stride, 0, frame->height, frame->data, frame->linesize);
    if (code >= 0)
        code = write_packets(video, frame);
    av_frame_free(&frame);
    return code;
}

int
main(int argc, char **argv)
{
    struct video video = { 0 };
    if (argc != 6)
        return 2;
    int width = atoi(argv[2]), height = atoi(argv[3]);
    size_t size = (size_t)width * (size_t)height * 3;
    FILE *file = fopen(argv[1], "rb");
    uint8_t *pixels = malloc(size + 64);
    av_log_set_level(AV_LOG_ERROR);
    if (!file || !pixels || open_video(&video, argv[4], width, height, atoi(argv[5])) < 0)
        return 1;
    for (int64_t i = 0; fread(pixels, 1, size, file) == size; i++)
        if (write_frame(&video, pixels, i) < 0)
            return 1;
    int code = write_packets(&video, NULL);
    if (code >= 0)
        code = av_write_trailer(video.format);
    avio_closep(&video.format->pb);
    return code < 0;
}
