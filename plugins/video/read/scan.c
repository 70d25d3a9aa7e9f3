/* SPDX-License-Identifier: MIT */
/* Knowing all pictures: by their packets, or by decoding. */
#include "read/cursor.h"

#include "ffmpeg/averror.h"
#include "read/truncation.h"

/* H.264 may code each field of a frame in a packet of its own: how many frames these are, only a decoder says. */
static int32_t
foretell(struct video_walk *walk, const AVCodecParameters *parameters)
{
    if (parameters->codec_id == AV_CODEC_ID_H264 && parameters->field_order > AV_FIELD_PROGRESSIVE)
        return MIM_OK;
    return video_index_predict(&walk->index, walk->job, parameters->codec_id);
}

static int32_t
note_all_units(struct video_walk *walk)
{
    struct video_demux demux;
    AVPacket *packet = av_packet_alloc();
    int32_t status = packet ? video_demux_open(&demux, walk->job, &walk->what) : MIM_NOMEM;

    if (!packet)
        return status;
    while (status == MIM_OK) {
        status = video_demux_next(&demux, &walk->index, packet);
        av_packet_unref(packet);
    }
    if (status == MIM_END)
        status = foretell(walk, demux.stream->codecpar);
    video_demux_close(&demux);
    av_packet_free(&packet);
    return status;
}

/* How long a picture lasts by its packet, or by the stream's rate. */
int64_t
video_walk_own_duration(const struct video_index *index, const AVStream *stream, uint64_t number)
{
    uint32_t unit = index->shots[number].unit;
    if (unit < index->unit_count && index->units[unit].duration)
        return index->units[unit].duration;
    AVRational rate = stream->avg_frame_rate.num > 0 ? stream->avg_frame_rate : stream->r_frame_rate;
    int64_t duration = rate.num > 0 && rate.den > 0 ? av_rescale_q(1, av_inv_q(rate), stream->time_base) : 0;
    return duration < UINT32_MAX ? duration : UINT32_MAX;
}

/* A picture without a time follows the one before, as in the ffmpeg command. */
int32_t
video_walk_learn(struct video_walk *walk, const struct video_player *player, uint64_t number,
                 const struct video_picture *picture)
{
    struct video_index *index = &walk->index;
    int64_t pts = picture->pts;

    if (pts == AV_NOPTS_VALUE && !number)
        pts = 0;
    if (pts == AV_NOPTS_VALUE)
        pts = index->shots[number - 1].pts + video_walk_own_duration(index, player->demux.stream, number - 1);
    return video_index_learn(index, walk->job, number, picture->unit, pts);
}

/* Where timestamps do not say which pictures there are, a decoder of its own does. */
int32_t
video_walk_decode_all(struct video_walk *walk)
{
    struct video_player player;
    struct video_picture picture;
    uint64_t number = 0;
    AVFrame *frame = av_frame_alloc();

    if (!frame)
        return MIM_NOMEM;
    video_index_forget_shots(&walk->index);
    int32_t status = video_player_open(&player, walk->job, &walk->what, &walk->index, walk->threads, VIDEO_TO_COUNT);
    while (status == MIM_OK) {
        status = video_player_next(&player, frame, &picture);
        if (status == MIM_OK)
            status = video_walk_learn(walk, &player, number++, &picture);
        av_frame_unref(frame);
    }
    video_player_close(&player);
    av_frame_free(&frame);
    walk->index.has_all_shots = status == MIM_END;
    return status == MIM_END ? MIM_OK : status;
}

int32_t
video_walk_scan(struct video_walk *walk)
{
    int32_t status = MIM_OK;
    if (!walk->index.has_all_units)
        status = note_all_units(walk);
    else if (!walk->index.has_all_shots)
        status = foretell(walk, walk->player.demux.stream->codecpar);
    if (status == MIM_OK && !walk->index.has_all_shots)
        status = video_walk_decode_all(walk);
    return status;
}

int32_t
video_walk_verdict(struct video_walk *walk)
{
    const struct video_index *index = &walk->index;
    struct mim_job *job = walk->job;
    char text[AV_ERROR_MAX_STRING_SIZE];

    if (index->is_cut)
        return video_fail_cut(job);
    if (index->fault)
        return video_fail(job, index->fault, "the container is damaged");
    if (index->has_all_shots && !index->shot_count)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the video stream holds no picture");
    if (!index->failures)
        return MIM_OK;
    av_strerror(index->first_failure, text, sizeof text);
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the decoder refused %llu packets, the first with: %s",
                           (unsigned long long)index->failures, text);
}
