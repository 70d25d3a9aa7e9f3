/* SPDX-License-Identifier: MIT */
/* Completes the index: by predicting pictures from packets, or by decoding. */
#include "read/scan.h"

#include "ffmpeg/averror.h"
#include "read/sample-table.h"
#include "read/truncation.h"

/* Interlaced H.264 may have a packet for each field: only a decoder can count its frames. */
void
video_scan_set_stream(struct video_scan *scan, const AVStream *stream)
{
    const AVCodecParameters *parameters = stream->codecpar;
    scan->codec = parameters->codec_id;
    scan->has_fields = parameters->codec_id == AV_CODEC_ID_H264 && parameters->field_order > AV_FIELD_PROGRESSIVE;
}

static int32_t
predict_pictures(struct video_scan *scan)
{
    return scan->has_fields ? MIM_OK : video_index_predict(&scan->index, scan->job, scan->codec);
}

/* Returns MIM_END after the last packet. */
static int32_t
note_packets(struct video_demux *demux, struct video_index *index, AVPacket *packet)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK) {
        status = video_demux_next(demux, index, packet);
        av_packet_unref(packet);
    }
    return status;
}

/* The first packet is read with its content, since decoders may need its headers. Returns MIM_OK if the table is not credible. */
static int32_t
note_table(struct video_demux *demux, struct video_index *index, AVPacket *packet)
{
    if (!video_table_is_complete(demux))
        return MIM_OK;
    int32_t status = video_demux_next(demux, index, packet);
    av_packet_unref(packet);
    if (status != MIM_OK)
        return status;
    demux->input.is_blank = index->is_stated = true;
    status = note_packets(demux, index, packet);
    return status == MIM_END && !video_table_confirm(demux, index) ? MIM_OK : status;
}

typedef int32_t note_function(struct video_demux *demux, struct video_index *index, AVPacket *packet);

static int32_t
note_all_packets(struct video_scan *scan, note_function *note)
{
    struct video_demux demux;
    AVPacket *packet = av_packet_alloc();
    int32_t status = packet ? video_demux_open(&demux, scan->job, &scan->setup) : MIM_NOMEM;

    if (!packet)
        return status;
    if (status == MIM_OK)
        status = note(&demux, &scan->index, packet);
    if (status == MIM_END)
        status = predict_pictures(scan);
    video_demux_close(&demux);
    av_packet_free(&packet);
    return status;
}

/* Replace the index by an empty one that `fill` completes, or retain it if that fails. */
static int32_t
renew_index(struct video_scan *scan, int32_t (*fill)(struct video_scan *))
{
    struct video_index *index = &scan->index, other = *index;
    *index = (struct video_index){ .failures = other.failures, .first_failure = other.first_failure };
    int32_t status = fill(scan);
    if (status != MIM_OK || !index->has_all_pictures) {
        const struct video_index old = other;
        other = *index;
        *index = old;
    }
    video_index_close(&other, scan->job);
    return status;
}

static int32_t
fill_by_table(struct video_scan *scan)
{
    return note_all_packets(scan, note_table);
}

static int32_t
use_table(struct video_scan *scan)
{
    const struct video_headers *headers = &scan->index.headers;
    bool is_tried = scan->may_use_table && !scan->has_fields && !scan->index.has_all_packets &&
                    video_headers_changes(headers, 0) == headers->count;
    scan->may_use_table = false;
    return is_tried ? renew_index(scan, fill_by_table) : MIM_OK;
}

int64_t
video_scan_duration(const struct video_scan *scan, const AVStream *stream, uint64_t number)
{
    const struct video_index *index = &scan->index;
    uint32_t packet = index->pictures[number].packet;
    if (packet < index->packet_count && index->packets[packet].duration)
        return index->packets[packet].duration;
    AVRational rate = stream->avg_frame_rate.num > 0 ? stream->avg_frame_rate : stream->r_frame_rate;
    int64_t duration = rate.num > 0 && rate.den > 0 ? av_rescale_q(1, av_inv_q(rate), stream->time_base) : 0;
    return duration < UINT32_MAX ? duration : UINT32_MAX;
}

/* A picture without a time follows the previous one directly, as in the ffmpeg command. */
int32_t
video_scan_learn(struct video_scan *scan, const AVStream *stream, uint64_t number, const struct video_decoded *decoded)
{
    struct video_index *index = &scan->index;
    int64_t pts = decoded->pts;

    if (pts == AV_NOPTS_VALUE && !number)
        pts = 0;
    if (pts == AV_NOPTS_VALUE)
        pts = index->pictures[number - 1].pts + video_scan_duration(scan, stream, number - 1);
    if (decoded->packet < index->packet_count)
        index->packets[decoded->packet].is_false_keyframe |= !decoded->is_key && !decoded->is_untyped;
    return video_index_learn(index, scan->job, number, decoded->packet, pts);
}

/* Uses a decoder of its own, so that the cursor keeps its position. */
int32_t
video_scan_decode(struct video_scan *scan)
{
    struct video_decoder decoder;
    struct video_decoded decoded;
    uint64_t number = 0;
    AVFrame *frame = av_frame_alloc();

    if (!frame)
        return MIM_NOMEM;
    video_index_forget_pictures(&scan->index);
    int32_t status = video_decoder_open(&decoder, scan->job, &scan->setup, &scan->index, scan->threads, VIDEO_TO_COUNT);
    while (status == MIM_OK) {
        status = video_decoder_next(&decoder, frame, &decoded);
        if (status == MIM_OK)
            status = video_scan_learn(scan, decoder.demux.stream, number++, &decoded);
        av_frame_unref(frame);
    }
    video_decoder_close(&decoder);
    av_frame_free(&frame);
    scan->index.has_all_pictures = status == MIM_END;
    return status == MIM_END ? MIM_OK : status;
}

static int32_t
fill_by_packets(struct video_scan *scan)
{
    int32_t status = MIM_OK;
    if (!scan->index.has_all_packets)
        status = note_all_packets(scan, note_packets);
    else if (!scan->index.has_all_pictures)
        status = predict_pictures(scan);
    if (status == MIM_OK && !scan->index.has_all_pictures)
        status = video_scan_decode(scan);
    return status;
}

int32_t
video_scan_run(struct video_scan *scan)
{
    return scan->index.is_stated ? renew_index(scan, fill_by_packets) : fill_by_packets(scan);
}

int32_t
video_scan_for(struct video_scan *scan, uint64_t number)
{
    const struct video_index *index = &scan->index;
    int32_t status = index->has_all_pictures ? MIM_OK : use_table(scan);
    bool is_enough = index->has_all_pictures && !(index->is_stated && number >= index->picture_count);
    return status == MIM_OK && !is_enough ? video_scan_run(scan) : status;
}

int32_t
video_scan_lost(const struct video_scan *scan)
{
    return scan->job->host->fail(scan->job, MIM_NOMEM, MIM_UNKNOWN,
                                 "the decoder lost pictures that another run decodes, as it does without memory");
}

/* Repeats decoding that lost pictures with one thread, which reports a lack of memory for certain. */
static int32_t
verify_decoding(struct video_scan *scan)
{
    struct video_index *index = &scan->index;
    uint64_t pictures = index->picture_count, failures = index->failures;
    bool misses = !scan->has_fields && video_index_misses_picture(index, scan->codec);
    int threads = scan->threads;

    if (scan->is_verified || index->is_predicted || (pictures && !failures && !misses))
        return MIM_OK;
    scan->is_verified = true;
    scan->threads = 1;
    index->failures = 0;
    int32_t status = video_scan_decode(scan);
    scan->threads = threads;
    bool was_lost = !index->failures && (failures || index->picture_count > pictures);
    return status == MIM_OK && was_lost ? video_scan_lost(scan) : status;
}

int32_t
video_scan_verdict(struct video_scan *scan)
{
    const struct video_index *index = &scan->index;
    struct mim_job *job = scan->job;
    char text[AV_ERROR_MAX_STRING_SIZE];

    if (index->is_truncated)
        return video_fail_truncated(job);
    if (index->fault)
        return video_fail(job, index->fault, "the container is damaged");
    int32_t status = index->has_all_pictures ? verify_decoding(scan) : MIM_OK;
    if (status != MIM_OK)
        return status;
    if (index->has_all_pictures && !index->picture_count)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the video stream has no pictures");
    if (!index->failures)
        return MIM_OK;
    av_strerror(index->first_failure, text, sizeof text);
    return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the decoder rejected %llu packets, the first with: %s",
                           (unsigned long long)index->failures, text);
}
