/* SPDX-License-Identifier: MIT */
/* Opens an encoder for a size, sends pictures to it and restores the times of its packets. */
#include "write/encoder.h"

#include <inttypes.h>
#include <stdio.h>

#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>

#include <mim/kit/array.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/log.h"
#include "ffmpeg/matrix.h"
#include "write/encoder-find.h"
#include "write/encoder-format.h"
#include "write/encoder-memory.h"

/* A frame inside the encoder: the timestamp that the encoder got, and when the frame is shown. */
struct video_entry {
    int64_t fed, start, duration;
};

enum { LARGEST_TERM = 65535 }; /* of a frame rate in MPEG-4 headers; the container stores the exact one */

static int
round_up(uint32_t size, int64_t multiple)
{
    int64_t padded = (size + multiple - 1) / multiple * multiple;
    return padded > INT32_MAX ? 0 : (int)padded;
}

/* Ends with 0/0, as av_find_nearest_q_idx() expects. */
static const AVRational mpeg_rates[] = {
    { 24000, 1001 }, { 24, 1 }, { 25, 1 }, { 30000, 1001 }, { 30, 1 }, { 50, 1 }, { 60000, 1001 }, { 60, 1 }, { 0, 0 },
};

/* The time base of an encoder that counts frames. */
static AVRational
count_base(AVRational rate)
{
    AVRational base;
    av_reduce(&base.den, &base.num, rate.num, rate.den, LARGEST_TERM);
    return base.num > 0 && base.den > 0 ? base : (AVRational){ 1, 25 };
}

/* An MPEG header stores one of a few rates; MPEG-2 also multiplies it by n/d. */
static bool
can_signal_rate(const struct video_encoder *encoder, AVRational rate)
{
    for (size_t i = 0; mpeg_rates[i].den; i++)
        for (int n = 1; n <= (encoder->facts.has_fractions ? 4 : 1); n++)
            for (int d = 1; d <= (encoder->facts.has_fractions ? 32 : 1); d++)
                if (!av_cmp_q(av_mul_q(mpeg_rates[i], (AVRational){ n, d }), rate))
                    return true;
    return false;
}

/* A rate that the header cannot store is an error if the caller requested it. Else only the timestamps are exact. */
static int32_t
check_rate(struct mim_job *job, const struct video_encoder *encoder, const struct video_frame_timing *timing,
           AVRational *rate)
{
    char text[160];
    AVRational nearest = mpeg_rates[av_find_nearest_q_idx(timing->rate, mpeg_rates)];

    *rate = timing->rate;
    if (!encoder->facts.has_rates || can_signal_rate(encoder, timing->rate))
        return MIM_OK;
    *rate = nearest;
    snprintf(text, sizeof text, "%s does not support %d/%d frames a second; the nearest rate is %d/%d",
             encoder->facts.codec->name, timing->rate.num, timing->rate.den, nearest.num, nearest.den);
    if (timing->is_requested)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "%s", text);
    return job->host->notice(job, MIM_NOTICE_TIMING, text);
}

/* FFmpeg gives frames to its copies of an encoder as they become idle, so that each controls its rate by chance. */
static void
forbid_frame_threads(const struct video_encoder_facts *facts, AVCodecContext *context)
{
    bool controls_rate = facts->threading == VIDEO_THREADS_BY_SIZE && !(context->flags & AV_CODEC_FLAG_QSCALE);
    if (controls_rate && facts->codec->capabilities & AV_CODEC_CAP_FRAME_THREADS)
        context->thread_type = FF_THREAD_SLICE;
}

static int32_t
fill_context(struct mim_job *job, const struct video_encoder *encoder, const struct video_encoder_setup *setup,
             AVCodecContext *context)
{
    const struct video_layout *layout = &encoder->layout;

    context->opaque = setup->log;
    context->log_level_offset = video_log_offset(job);
    context->width = layout->padded_width;
    context->height = layout->padded_height;
    context->pix_fmt = layout->to;
    context->sample_aspect_ratio = video_properties_aspect(setup->properties);
    context->time_base = encoder->facts.takes_ticks ? setup->timing->tick : count_base(encoder->rate);
    context->framerate = encoder->facts.takes_ticks ? encoder->rate : av_inv_q(context->time_base);
    context->thread_count =
        video_encoder_threads(&encoder->facts, layout->padded_width, layout->padded_height, job->threads);
    context->color_range = layout->is_full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    context->colorspace = layout->matrix;
    context->color_trc = layout->transfer;
    context->color_primaries = layout->primaries;
    if (setup->format->flags & AVFMT_GLOBALHEADER)
        context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    char *light = video_properties_light(setup->properties);
    int32_t status = light ? video_encoder_set_up(job, &encoder->facts, setup->settings, light, context) : MIM_NOMEM;
    av_free(light);
    forbid_frame_threads(&encoder->facts, context);
    return status;
}

/* `code`: the encoder's answer to the size in the layout. */
static int32_t
try_size(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup, int *code)
{
    AVCodecContext *context = avcodec_alloc_context3(encoder->facts.codec);
    if (!context)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for an encoder");
    int32_t status = fill_context(job, encoder, setup, context);
    if (status == MIM_OK)
        status = video_encoder_reserve(job, encoder, context);
    if (status == MIM_OK)
        *code = avcodec_open2(context, encoder->facts.codec, NULL);
    if (status != MIM_OK || *code < 0) {
        avcodec_free_context(&context);
        video_encoder_release(job, encoder);
        return status;
    }
    encoder->context = context;
    return MIM_OK;
}

static int32_t
fail_to_open(struct mim_job *job, const struct video_encoder *encoder, int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE];
    const struct video_layout *layout = &encoder->layout;

    av_strerror(code, text, sizeof text);
    return job->host->fail(job, video_status(code) == MIM_NOMEM ? MIM_NOMEM : MIM_OPTION, MIM_UNKNOWN,
                           "%s does not accept %dx%d pixels, %s and these options: %s", encoder->facts.codec->name,
                           layout->padded_width, layout->padded_height, av_get_pix_fmt_name(layout->to), text);
}

/* Sets the size and what depends on it. */
static void
pad_layout(struct video_encoder *encoder, const struct video_encoder_setup *setup, int64_t multiple_x,
           int64_t multiple_y)
{
    struct video_layout *layout = &encoder->layout;
    bool is_rgb = av_pix_fmt_desc_get(layout->to)->flags & AV_PIX_FMT_FLAG_RGB;

    layout->padded_width = round_up(setup->first->width, multiple_x);
    layout->padded_height = round_up(setup->first->height, multiple_y);
    bool is_bt601 = video_codec_is_bt601(encoder->facts.codec->id);
    if (is_rgb)
        layout->matrix = AVCOL_SPC_RGB;
    else if (setup->properties->primaries == AVCOL_PRI_BT2020 && !is_bt601)
        layout->matrix = AVCOL_SPC_BT2020_NCL;
    else
        layout->matrix = video_guess_matrix(is_bt601, layout->padded_width, layout->padded_height);
}

/* Samples without stated colours are taken for those of ordinary displays. */
static void
set_colours(struct video_encoder *encoder, const struct video_properties *properties)
{
    struct video_layout *layout = &encoder->layout;
    bool is_rgb = av_pix_fmt_desc_get(layout->to)->flags & AV_PIX_FMT_FLAG_RGB;
    bool is_usual = !is_rgb && encoder->facts.codec->id != AV_CODEC_ID_MJPEG;

    layout->aspect = video_properties_aspect(properties);
    layout->transfer = is_usual ? AVCOL_TRC_BT709 : AVCOL_TRC_UNSPECIFIED;
    layout->primaries = is_usual ? AVCOL_PRI_BT709 : AVCOL_PRI_UNSPECIFIED;
    if (properties->transfer || properties->primaries) {
        layout->transfer = properties->transfer ? properties->transfer : AVCOL_TRC_UNSPECIFIED;
        layout->primaries = properties->primaries ? properties->primaries : AVCOL_PRI_UNSPECIFIED;
    }
}

static int64_t
common_multiple(int64_t a, int64_t power_of_two)
{
    while (power_of_two > 1 && a % power_of_two != 0)
        a *= 2;
    return a;
}

/* Try the exact size first, then one that is a multiple of the chroma subsampling. */
static int32_t
open_in_some_size(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup)
{
    struct video_layout *layout = &encoder->layout;
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(layout->to);
    int64_t block = setup->settings->macro_block_size;
    int code = 0, exact_width, exact_height;

    pad_layout(encoder, setup, block, block);
    exact_width = layout->padded_width;
    exact_height = layout->padded_height;
    int32_t status = try_size(job, encoder, setup, &code);
    if (status != MIM_OK || encoder->context)
        return status;
    pad_layout(encoder, setup, common_multiple(block, 1 << descriptor->log2_chroma_w),
               common_multiple(block, 1 << descriptor->log2_chroma_h));
    if (layout->padded_width == exact_width && layout->padded_height == exact_height)
        return fail_to_open(job, encoder, code);
    status = try_size(job, encoder, setup, &code);
    if (status != MIM_OK || encoder->context)
        return status;
    layout->padded_width = exact_width;
    layout->padded_height = exact_height;
    return fail_to_open(job, encoder, code);
}

int32_t
video_encoder_open(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup)
{
    const struct video_encoder_settings *settings = setup->settings;
    const AVCodec *codec;

    if (setup->first->width > INT32_MAX / 8 || setup->first->height > INT32_MAX / 8)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "%ux%u pixels exceed the maximum size of a video frame",
                               setup->first->width, setup->first->height);
    int32_t status = video_encoder_find(job, settings->codec, setup->target, setup->format, &codec);
    if (status != MIM_OK)
        return status;
    video_encoder_learn(codec, &encoder->facts);
    status = video_encoder_choose_format(job, &encoder->facts, settings->pixel_format, setup->target->holds_alpha,
                                         setup->first, &encoder->layout);
    if (status != MIM_OK)
        return status;
    status = check_rate(job, encoder, setup->timing, &encoder->rate);
    if (status != MIM_OK)
        return status;
    encoder->layout.width = (int)setup->first->width;
    encoder->layout.height = (int)setup->first->height;
    set_colours(encoder, setup->properties);
    return open_in_some_size(job, encoder, setup);
}

static int32_t
push_entry(struct mim_job *job, struct video_encoder *encoder, const struct video_entry *entry)
{
    struct video_entry *moved =
        mim_array_reserve(job, encoder->entries, &encoder->entry_capacity, encoder->entry_count + 1, sizeof *entry);
    if (!moved)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the times of frames");
    encoder->entries = moved;
    encoder->entries[encoder->entry_count++] = *entry;
    return MIM_OK;
}

/* Drop the entries before the one that was fed at `fed`. Few stay: an encoder holds back tens of frames. */
static void
drop_entries(struct video_encoder *encoder, int64_t fed)
{
    uint64_t count = 0;
    while (count < encoder->entry_count && encoder->entries[count].fed < fed)
        count++;
    if (!count)
        return;
    encoder->entry_count -= count;
    memmove(encoder->entries, encoder->entries + count, encoder->entry_count * sizeof *encoder->entries);
}

static const struct video_entry *
find_entry(const struct video_encoder *encoder, int64_t fed)
{
    for (uint64_t i = 0; i < encoder->entry_count; i++)
        if (encoder->entries[i].fed == fed)
            return &encoder->entries[i];
    return NULL;
}

int32_t
video_encoder_send(struct mim_job *job, struct video_encoder *encoder, AVFrame *frame, const struct video_time *time)
{
    if (frame) {
        const struct video_entry entry = { encoder->facts.takes_ticks ? time->start : (int64_t)encoder->sent,
                                           time->start, time->duration };
        int32_t status = push_entry(job, encoder, &entry);
        if (status != MIM_OK)
            return status;
        frame->pts = entry.fed;
        encoder->sent++;
    }
    int code = avcodec_send_frame(encoder->context, frame);
    return code >= 0 ? MIM_OK : video_fail(job, code, encoder->facts.codec->name);
}

/* Replace the encoder's timestamps by frame times. Later packets never carry a timestamp before this dts. */
static void
set_times(struct video_encoder *encoder, AVPacket *packet)
{
    int64_t fed = packet->dts == AV_NOPTS_VALUE ? packet->pts : packet->dts;
    const struct video_entry *shown = find_entry(encoder, packet->pts), *decoded = find_entry(encoder, fed);

    packet->dts = fed;
    if (shown) {
        packet->pts = shown->start;
        packet->duration = shown->duration;
    }
    if (!encoder->facts.takes_ticks)
        packet->dts = decoded ? decoded->start : fed * (shown ? shown->duration : 1);
    drop_entries(encoder, fed);
}

int32_t
video_encoder_receive(struct mim_job *job, struct video_encoder *encoder, AVPacket *packet)
{
    int code = avcodec_receive_packet(encoder->context, packet);
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return MIM_END;
    if (code < 0)
        return video_fail(job, code, encoder->facts.codec->name);
    encoder->received += packet->size > 0;
    set_times(encoder, packet);
    return MIM_OK;
}

/* libtheora makes an empty packet of a frame that it takes for the one before; muxers and demuxers pass it over. */
int32_t
video_encoder_report_missing(struct mim_job *job, const struct video_encoder *encoder)
{
    char text[160];
    if (encoder->received >= encoder->sent)
        return MIM_OK;
    snprintf(text, sizeof text, "%s leaves out %" PRIu64 " of %" PRIu64 " frames, which look like those before them; the times are kept",
             encoder->facts.codec->name, encoder->sent - encoder->received, encoder->sent);
    return job->host->notice(job, MIM_NOTICE_OTHER, text);
}

void
video_encoder_close(struct mim_job *job, struct video_encoder *encoder)
{
    avcodec_free_context(&encoder->context);
    video_encoder_release(job, encoder);
    mim_array_free(job, encoder->entries, encoder->entry_capacity, sizeof *encoder->entries);
}
