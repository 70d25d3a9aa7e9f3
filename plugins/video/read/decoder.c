/* SPDX-License-Identifier: MIT */
/* Decodes packets into pictures. */
#include "read/decoder.h"

#include <errno.h>

#include <libavutil/imgutils.h>

#include "ffmpeg/averror.h"
#include "read/alpha.h"

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

static const struct video_packet *
packet_at(const struct video_decoder *decoder, int64_t number)
{
    bool is_known = number >= 0 && (uint64_t)number < decoder->index->packet_count;
    return is_known ? &decoder->index->packets[number] : NULL;
}

bool
video_picture_is_key(const AVFrame *picture)
{
#ifdef AV_FRAME_FLAG_KEY
    return picture->flags & AV_FRAME_FLAG_KEY;
#else
    return picture->key_frame;
#endif
}

/* Packets enter the decoder with their number as timestamp, so each picture carries the number of its packet. */
static void
identify_picture(struct video_decoder *decoder, const AVFrame *frame, struct video_decoded *decoded)
{
    const struct video_packet *own = packet_at(decoder, frame->pts), *trigger = packet_at(decoder, frame->pkt_dts);

    decoded->packet = own ? (uint64_t)frame->pts : MIM_UNKNOWN;
    decoded->pts = guess_pts(&decoder->guess, own ? own->pts : AV_NOPTS_VALUE, trigger ? trigger->dts : AV_NOPTS_VALUE);
    decoded->is_untyped = frame->pict_type == AV_PICTURE_TYPE_NONE;
    decoded->is_key = frame->pict_type == AV_PICTURE_TYPE_I || (!decoded->is_untyped && video_picture_is_key(frame));
    decoded->is_damaged = frame->flags & AV_FRAME_FLAG_CORRUPT || frame->decode_error_flags;
    decoder->has_shown = true;
}

/* --- the decoder -------------------------------------------------------------------------------------------------- */

/* A decoder holds about two pictures, and one per thread; libavcodec does not tell exactly. Lowers the number of threads
 * when memory is short. */
static void
reserve_memory(struct video_decoder *decoder, int *threads)
{
    struct mim_job *job = decoder->job;
    const AVCodecParameters *parameters = decoder->demux.stream->codecpar;
    int64_t picture_size = av_image_get_buffer_size(parameters->format, parameters->width, parameters->height, 64);

    if (picture_size <= 0)
        return;
    uint64_t max = job->host->limit(job, MIM_LIMIT_WORKING) / (uint64_t)picture_size;
    if (max < (uint64_t)*threads + 2)
        *threads = max > 3 ? (int)max - 2 : 1;
    uint64_t count = (uint64_t)*threads + 2 < max / 2 ? (uint64_t)*threads + 2 : max / 2;
    if (job->host->reserve(job, picture_size * (int64_t)count) == MIM_OK)
        decoder->reserved = picture_size * (int64_t)count;
}

static int32_t
open_context(struct video_decoder *decoder, const AVCodec *codec, int threads, enum video_purpose purpose)
{
    struct mim_job *job = decoder->job;
    uint64_t pixels = job->host->limit(job, MIM_LIMIT_PIXELS);

    avcodec_free_context(&decoder->context);
    AVCodecContext *context = decoder->context = avcodec_alloc_context3(codec);
    if (!context)
        return MIM_NOMEM;
    int code = avcodec_parameters_to_context(context, decoder->demux.stream->codecpar);
    if (code < 0)
        return video_fail(job, code, "the stream's parameters are invalid");
    context->pkt_timebase = decoder->demux.stream->time_base;
    context->thread_count = threads;
    context->opaque = decoder->demux.setup->log;
    context->log_level_offset = video_log_offset(job);
    context->max_pixels = pixels < INT64_MAX ? (int64_t)pixels : INT64_MAX;
    if (purpose == VIDEO_TO_COUNT)
        context->skip_loop_filter = AVDISCARD_ALL;
    code = avcodec_open2(context, codec, NULL);
    if (code == AVERROR(EAGAIN) && threads > 1) /* no thread can be started */
        return open_context(decoder, codec, 1, purpose);
    return code < 0 ? video_fail(job, code, "the decoder cannot be opened") : MIM_OK;
}

static int32_t
check_size(struct video_decoder *decoder, int64_t width, int64_t height)
{
    struct mim_job *job = decoder->job;
    uint64_t max = job->host->limit(job, MIM_LIMIT_PIXELS);
    if (width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height <= max)
        return MIM_OK;
    return job->host->fail(job, MIM_LIMIT, MIM_UNKNOWN, "frames have %lld x %lld pixels, which exceed the limit pixels=%llu",
                           (long long)width, (long long)height, (unsigned long long)max);
}

static int32_t
open_codec(struct video_decoder *decoder, int threads, enum video_purpose purpose)
{
    struct mim_job *job = decoder->job;
    const AVCodecParameters *parameters = decoder->demux.stream->codecpar;
    const AVCodec *codec = video_alpha_decoder(decoder->demux.stream);

    if (!codec)
        codec = avcodec_find_decoder(parameters->codec_id);
    if (!codec)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "this FFmpeg was built without a decoder for %s",
                               avcodec_get_name(parameters->codec_id));
    int32_t status = check_size(decoder, parameters->width, parameters->height);
    if (status != MIM_OK)
        return status;
    decoder->packet = av_packet_alloc();
    if (!decoder->packet)
        return MIM_NOMEM;
    if (decoder->index->headers.needs_one_thread)
        threads = 1;
    reserve_memory(decoder, &threads);
    return open_context(decoder, codec, threads, purpose);
}

int32_t
video_decoder_open(struct video_decoder *decoder, struct mim_job *job, const struct video_demux_setup *setup,
                   struct video_index *index, int threads, enum video_purpose purpose)
{
    *decoder = (struct video_decoder){
        .job = job,
        .index = index,
        .guess = { .last_pts = INT64_MIN, .last_dts = INT64_MIN },
    };
    int32_t status = video_demux_open(&decoder->demux, job, setup);
    return status == MIM_OK ? open_codec(decoder, threads, purpose) : status;
}

void
video_decoder_close(struct video_decoder *decoder)
{
    avcodec_free_context(&decoder->context);
    av_packet_free(&decoder->packet);
    video_demux_close(&decoder->demux);
    if (decoder->reserved)
        decoder->job->host->reserve(decoder->job, -decoder->reserved);
    decoder->reserved = 0;
}

/* --- decoding ----------------------------------------------------------------------------------------------------- */

/* Skip a rejected packet, as the ffmpeg command does. Those before the first picture do not count: the stream may begin
 * in the middle of a group. */
static int32_t
note_refusal(struct video_decoder *decoder, int code)
{
    struct video_index *index = decoder->index;
    struct mim_job *job = decoder->job;

    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (code == AVERROR(ENOMEM))
        return MIM_NOMEM;
    status = check_size(decoder, decoder->context->coded_width, decoder->context->coded_height);
    if (decoder->is_partial || !decoder->has_shown || ++decoder->failures <= index->failures)
        return status;
    if (!index->failures++)
        index->first_failure = code;
    return status;
}

/* Decoders drop pictures when an allocation fails, and report damage or nothing. malloc() leaves its error in errno; that
 * of a decoder's own threads is not visible, so video_scan_verdict() repeats suspicious decoding with one thread. */
static int
check_memory(int code)
{
    return errno == ENOMEM ? AVERROR(ENOMEM) : code;
}

static int
send_to_codec(struct video_decoder *decoder, const AVPacket *packet)
{
    errno = 0;
    return check_memory(avcodec_send_packet(decoder->context, packet));
}

static int
receive_from_codec(struct video_decoder *decoder, AVFrame *frame)
{
    errno = 0;
    return check_memory(avcodec_receive_frame(decoder->context, frame));
}

static int32_t
send_packet(struct video_decoder *decoder)
{
    decoder->packet->pts = decoder->packet->dts = (int64_t)decoder->demux.next - 1;
    int code = send_to_codec(decoder, decoder->packet);
    av_packet_unref(decoder->packet);
    return code < 0 && code != AVERROR_EOF ? note_refusal(decoder, code) : MIM_OK;
}

static int32_t
feed_packet(struct video_decoder *decoder)
{
    int32_t status = video_demux_next(&decoder->demux, decoder->index, decoder->packet);
    if (status == MIM_OK)
        return send_packet(decoder);
    if (status != MIM_END || decoder->is_draining)
        return status;
    decoder->is_draining = true;
    int code = send_to_codec(decoder, NULL);
    return code < 0 && code != AVERROR_EOF ? note_refusal(decoder, code) : MIM_OK;
}

int32_t
video_decoder_next(struct video_decoder *decoder, AVFrame *frame, struct video_decoded *decoded)
{
    int32_t status = MIM_OK;
    while (status == MIM_OK) {
        int code = receive_from_codec(decoder, frame);
        if (!code) {
            identify_picture(decoder, frame, decoded);
            return MIM_OK;
        }
        if (code == AVERROR_EOF)
            return MIM_END;
        status = code == AVERROR(EAGAIN) ? feed_packet(decoder) : note_refusal(decoder, code);
    }
    return status;
}

/* Flush the decoder, or replace one that has seen headers from after packet `number`. */
static int32_t
reset_codec(struct video_decoder *decoder, uint64_t number)
{
    const struct video_headers *headers = &decoder->index->headers;
    if (decoder->demux.next > decoder->fed)
        decoder->fed = decoder->demux.next;
    decoder->is_draining = false;
    decoder->is_partial = true;
    if (!decoder->fed || video_headers_changes(headers, decoder->fed - 1) <= video_headers_changes(headers, number)) {
        avcodec_flush_buffers(decoder->context);
        return MIM_OK;
    }
    decoder->fed = 0;
    const AVCodec *codec = decoder->context->codec;
    int threads = decoder->context->thread_count;
    return open_context(decoder, codec, threads, VIDEO_TO_SHOW);
}

bool
video_decoder_is_unfit(const struct video_decoder *decoder)
{
    return decoder->index->headers.needs_one_thread && decoder->context->thread_count > 1;
}

int32_t
video_decoder_seek(struct video_decoder *decoder, uint64_t number)
{
    int32_t status = reset_codec(decoder, number);
    if (status == MIM_OK)
        status = video_demux_seek(&decoder->demux, decoder->index, number, decoder->packet);
    if (status == MIM_OK)
        status =
            video_headers_apply(&decoder->index->headers, number, decoder->packet, decoder->demux.stream->codecpar);
    if (status == MIM_OK)
        return send_packet(decoder);
    av_packet_unref(decoder->packet);
    return status;
}
