/* SPDX-License-Identifier: MIT */
/* Packets into pictures. */
#include "read/decoder.h"

#include <libavutil/imgutils.h>

#include "ffmpeg/averror.h"

/* --- timestamps --------------------------------------------------------------------------------------------------- */

static int64_t
guess_pts(struct video_guess *guess, int64_t pts, int64_t dts)
{
    if (dts != AV_NOPTS_VALUE) {
        guess->faulty_dts += dts <= guess->last_dts;
        guess->last_dts = dts;
    } else if (pts != AV_NOPTS_VALUE) {
        guess->last_dts = pts;
    }
    if (pts != AV_NOPTS_VALUE) {
        guess->faulty_pts += pts <= guess->last_pts;
        guess->last_pts = pts;
    } else if (dts != AV_NOPTS_VALUE) {
        guess->last_pts = dts;
    }
    bool is_pts_better = guess->faulty_pts <= guess->faulty_dts || dts == AV_NOPTS_VALUE;
    return is_pts_better && pts != AV_NOPTS_VALUE ? pts : dts;
}

static const struct video_unit *
unit_at(const struct video_player *player, int64_t number)
{
    bool is_known = number >= 0 && (uint64_t)number < player->index->unit_count;
    return is_known ? &player->index->units[number] : NULL;
}

/* Packets go in with their numbers for timestamps, so pictures come out with the numbers of theirs. */
static void
identify(struct video_player *player, const AVFrame *frame, struct video_picture *picture)
{
    const struct video_unit *own = unit_at(player, frame->pts), *trigger = unit_at(player, frame->pkt_dts);

    picture->unit = own ? (uint64_t)frame->pts : MIM_UNKNOWN;
    picture->pts = guess_pts(&player->guess, own ? own->pts : AV_NOPTS_VALUE, trigger ? trigger->dts : AV_NOPTS_VALUE);
    player->has_shown = true;
}

/* --- the decoder -------------------------------------------------------------------------------------------------- */

/* What a decoder keeps cannot be known exactly: about two pictures, and one a thread. Little memory, few threads. */
static void
reserve(struct video_player *player, int *threads)
{
    struct mim_job *job = player->job;
    const AVCodecParameters *parameters = player->demux.stream->codecpar;
    int64_t picture = av_image_get_buffer_size(parameters->format, parameters->width, parameters->height, 64);

    if (picture <= 0)
        return;
    uint64_t most = job->host->limit(job, MIM_LIMIT_WORKING) / (uint64_t)picture;
    if (most < (uint64_t)*threads + 2)
        *threads = most > 3 ? (int)most - 2 : 1;
    uint64_t count = (uint64_t)*threads + 2 < most / 2 ? (uint64_t)*threads + 2 : most / 2;
    if (job->host->reserve(job, picture * (int64_t)count) == MIM_OK)
        player->reserved = picture * (int64_t)count;
}

static int32_t
set_up(struct video_player *player, const AVCodec *decoder, int threads, enum video_purpose purpose)
{
    struct mim_job *job = player->job;
    AVCodecContext *codec = player->codec;
    uint64_t pixels = job->host->limit(job, MIM_LIMIT_PIXELS);

    int code = avcodec_parameters_to_context(codec, player->demux.stream->codecpar);
    if (code < 0)
        return video_fail(job, code, "the stream's parameters are of no use");
    codec->pkt_timebase = player->demux.stream->time_base;
    codec->thread_count = threads;
    codec->opaque = player->demux.what->log;
    codec->log_level_offset = video_log_offset(job);
    codec->max_pixels = pixels < INT64_MAX ? (int64_t)pixels : INT64_MAX;
    if (purpose == VIDEO_TO_COUNT)
        codec->skip_loop_filter = AVDISCARD_ALL;
    code = avcodec_open2(codec, decoder, NULL);
    return code < 0 ? video_fail(job, code, "the decoder cannot be opened") : MIM_OK;
}

static int32_t
check_size(struct video_player *player, int64_t width, int64_t height)
{
    struct mim_job *job = player->job;
    uint64_t most = job->host->limit(job, MIM_LIMIT_PIXELS);
    if (width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height <= most)
        return MIM_OK;
    return job->host->fail(job, MIM_LIMIT, MIM_UNKNOWN, "frames of %lld x %lld pixels, and %llu pixels are allowed",
                           (long long)width, (long long)height, (unsigned long long)most);
}

static int32_t
open_codec(struct video_player *player, int threads, enum video_purpose purpose)
{
    struct mim_job *job = player->job;
    const AVCodecParameters *parameters = player->demux.stream->codecpar;
    const AVCodec *decoder = avcodec_find_decoder(parameters->codec_id);

    if (!decoder)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this FFmpeg was built without a decoder for %s",
                               avcodec_get_name(parameters->codec_id));
    int32_t status = check_size(player, parameters->width, parameters->height);
    if (status != MIM_OK)
        return status;
    player->packet = av_packet_alloc();
    player->codec = avcodec_alloc_context3(decoder);
    if (!player->packet || !player->codec)
        return MIM_NOMEM;
    reserve(player, &threads);
    return set_up(player, decoder, threads, purpose);
}

int32_t
video_player_open(struct video_player *player, struct mim_job *job, const struct video_what *what,
                  struct video_index *index, int threads, enum video_purpose purpose)
{
    *player = (struct video_player){
        .job = job,
        .index = index,
        .guess = { .last_pts = INT64_MIN, .last_dts = INT64_MIN },
    };
    int32_t status = video_demux_open(&player->demux, job, what);
    return status == MIM_OK ? open_codec(player, threads, purpose) : status;
}

void
video_player_close(struct video_player *player)
{
    avcodec_free_context(&player->codec);
    av_packet_free(&player->packet);
    video_demux_close(&player->demux);
    if (player->reserved)
        player->job->host->reserve(player->job, -player->reserved);
    player->reserved = 0;
}

/* --- decoding ----------------------------------------------------------------------------------------------------- */

/* A refused packet is left out, as the ffmpeg command does; what comes before the first picture is missing
 * its start. */
static int32_t
note_refusal(struct video_player *player, int code)
{
    struct video_index *index = player->index;
    struct mim_job *job = player->job;

    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (code == AVERROR(ENOMEM))
        return MIM_NOMEM;
    status = check_size(player, player->codec->coded_width, player->codec->coded_height);
    if (player->is_partial || !player->has_shown || ++player->failures <= index->failures)
        return status;
    if (!index->failures++)
        index->first_failure = code;
    return status;
}

static int32_t
send_packet(struct video_player *player)
{
    player->packet->pts = player->packet->dts = (int64_t)player->demux.next - 1;
    int code = avcodec_send_packet(player->codec, player->packet);
    av_packet_unref(player->packet);
    return code < 0 && code != AVERROR_EOF ? note_refusal(player, code) : MIM_OK;
}

static int32_t
feed(struct video_player *player)
{
    int32_t status = video_demux_next(&player->demux, player->index, player->packet);
    if (status == MIM_OK)
        return send_packet(player);
    if (status != MIM_END || player->is_draining)
        return status;
    player->is_draining = true;
    int code = avcodec_send_packet(player->codec, NULL);
    return code < 0 && code != AVERROR_EOF ? note_refusal(player, code) : MIM_OK;
}

int32_t
video_player_next(struct video_player *player, AVFrame *frame, struct video_picture *picture)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK) {
        int code = avcodec_receive_frame(player->codec, frame);
        if (!code) {
            identify(player, frame, picture);
            return MIM_OK;
        }
        if (code == AVERROR_EOF)
            return MIM_END;
        status = code == AVERROR(EAGAIN) ? feed(player) : note_refusal(player, code);
    }
    return status;
}

int32_t
video_player_go(struct video_player *player, uint64_t number)
{
    avcodec_flush_buffers(player->codec);
    player->is_draining = false;
    player->is_partial = true;
    int32_t status = video_demux_go(&player->demux, player->index, number, player->packet);
    return status == MIM_OK ? send_packet(player) : status;
}
