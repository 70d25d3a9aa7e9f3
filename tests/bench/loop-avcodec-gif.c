/* SPDX-License-Identifier: MIT */
/* A plain loop over libavformat and libavcodec's GIF decoder, which composes frames as BGRA, on one thread. */
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdio.h>

#include "loop.h"

struct player {
    AVFormatContext *file;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
};

static int
open_player(struct player *player, const char *path)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_GIF);

    if (!codec || avformat_open_input(&player->file, path, av_find_input_format("gif"), NULL) < 0 ||
        avformat_find_stream_info(player->file, NULL) < 0)
        return -1;
    player->decoder = avcodec_alloc_context3(codec);
    player->packet = av_packet_alloc();
    player->frame = av_frame_alloc();
    if (!player->decoder || !player->packet || !player->frame ||
        avcodec_parameters_to_context(player->decoder, player->file->streams[0]->codecpar) < 0)
        return -1;
    player->decoder->thread_count = 1;
    return avcodec_open2(player->decoder, codec, NULL);
}

static void
close_player(struct player *player)
{
    av_frame_free(&player->frame);
    av_packet_free(&player->packet);
    avcodec_free_context(&player->decoder);
    avformat_close_input(&player->file);
}

static int
take_frames(struct loop *loop, struct player *player)
{
    int status;

    while ((status = avcodec_receive_frame(player->decoder, player->frame)) == 0)
        loop_frame(loop, LOOP_BGRA, player->frame->data[0], (uint32_t)player->frame->height,
                   (size_t)player->frame->width * 4, (size_t)player->frame->linesize[0]);
    return status == AVERROR(EAGAIN) || status == AVERROR_EOF ? 0 : status;
}

static int
play(struct loop *loop, struct player *player)
{
    int status = 0;

    while (status == 0 && av_read_frame(player->file, player->packet) == 0) {
        status = avcodec_send_packet(player->decoder, player->packet);
        av_packet_unref(player->packet);
        if (status == 0)
            status = take_frames(loop, player);
    }
    if (status == 0)
        status = avcodec_send_packet(player->decoder, NULL);
    return status == 0 ? take_frames(loop, player) : status;
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct player player = { 0 };
    (void)argc;

    int status = open_player(&player, argv[1]);
    if (status == 0)
        status = play(loop, &player);
    close_player(&player);
    if (status != 0)
        fprintf(stderr, "%s: %s\n", argv[1], av_err2str(status));
    return status != 0;
}

int
main(int argc, char **argv)
{
    return loop_main(decode, argc, argv);
}
