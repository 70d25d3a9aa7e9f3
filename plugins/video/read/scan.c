/* SPDX-License-Identifier: MIT */
/* Knowing all pictures: by their packets, or by decoding. */
#include "read/cursor.h"

#include "ffmpeg/averror.h"
#include "read/truncation.h"

/* H.264 may code each field of a frame in a packet of its own: how many frames these are, only a decoder says. */
static int32_t
predict_pictures(struct video_cursor *cursor, const AVCodecParameters *parameters)
{
    if (parameters->codec_id == AV_CODEC_ID_H264 && parameters->field_order > AV_FIELD_PROGRESSIVE)
        return MIM_OK;
    return video_index_predict(&cursor->index, cursor->job, parameters->codec_id);
}

static int32_t
note_all_packets(struct video_cursor *cursor)
{
    struct video_demux demux;
    AVPacket *packet = av_packet_alloc();
    int32_t status = packet ? video_demux_open(&demux, cursor->job, &cursor->setup) : MIM_NOMEM;

    if (!packet)
        return status;
    while (status == MIM_OK) {
        status = video_demux_next(&demux, &cursor->index, packet);
        av_packet_unref(packet);
    }
    if (status == MIM_END)
        status = predict_pictures(cursor, demux.stream->codecpar);
    video_demux_close(&demux);
    av_packet_free(&packet);
    return status;
}

/* How long a picture lasts by its packet, or by the stream's rate. */
int64_t
video_cursor_own_duration(const struct video_index *index, const AVStream *stream, uint64_t number)
{
    uint32_t packet = index->pictures[number].packet;
    if (packet < index->packet_count && index->packets[packet].duration)
        return index->packets[packet].duration;
    AVRational rate = stream->avg_frame_rate.num > 0 ? stream->avg_frame_rate : stream->r_frame_rate;
    int64_t duration = rate.num > 0 && rate.den > 0 ? av_rescale_q(1, av_inv_q(rate), stream->time_base) : 0;
    return duration < UINT32_MAX ? duration : UINT32_MAX;
}

/* A picture without a time follows the one before, as in the ffmpeg command. */
int32_t
video_cursor_learn(struct video_cursor *cursor, const struct video_decoder *decoder, uint64_t number,
                   const struct video_decoded *decoded)
{
    struct video_index *index = &cursor->index;
    int64_t pts = decoded->pts;

    if (pts == AV_NOPTS_VALUE && !number)
        pts = 0;
    if (pts == AV_NOPTS_VALUE)
        pts = index->pictures[number - 1].pts + video_cursor_own_duration(index, decoder->demux.stream, number - 1);
    return video_index_learn(index, cursor->job, number, decoded->packet, pts);
}

/* Where timestamps do not say which pictures there are, a decoder of its own does. */
int32_t
video_cursor_decode_all(struct video_cursor *cursor)
{
    struct video_decoder decoder;
    struct video_decoded decoded;
    uint64_t number = 0;
    AVFrame *frame = av_frame_alloc();

    if (!frame)
        return MIM_NOMEM;
    video_index_forget_pictures(&cursor->index);
    int32_t status =
        video_decoder_open(&decoder, cursor->job, &cursor->setup, &cursor->index, cursor->threads, VIDEO_TO_COUNT);
    while (status == MIM_OK) {
        status = video_decoder_next(&decoder, frame, &decoded);
        if (status == MIM_OK)
            status = video_cursor_learn(cursor, &decoder, number++, &decoded);
        av_frame_unref(frame);
    }
    video_decoder_close(&decoder);
    av_frame_free(&frame);
    cursor->index.has_all_pictures = status == MIM_END;
    return status == MIM_END ? MIM_OK : status;
}

int32_t
video_cursor_scan(struct video_cursor *cursor)
{
    int32_t status = MIM_OK;
    if (!cursor->index.has_all_packets)
        status = note_all_packets(cursor);
    else if (!cursor->index.has_all_pictures)
        status = predict_pictures(cursor, cursor->decoder.demux.stream->codecpar);
    if (status == MIM_OK && !cursor->index.has_all_pictures)
        status = video_cursor_decode_all(cursor);
    return status;
}

int32_t
video_cursor_verdict(struct video_cursor *cursor)
{
    const struct video_index *index = &cursor->index;
    struct mim_job *job = cursor->job;
    char text[AV_ERROR_MAX_STRING_SIZE];

    if (index->is_truncated)
        return video_fail_truncated(job);
    if (index->fault)
        return video_fail(job, index->fault, "the container is damaged");
    if (index->has_all_pictures && !index->picture_count)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the video stream holds no picture");
    if (!index->failures)
        return MIM_OK;
    av_strerror(index->first_failure, text, sizeof text);
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the decoder refused %llu packets, the first with: %s",
                           (unsigned long long)index->failures, text);
}
