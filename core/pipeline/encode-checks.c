/* SPDX-License-Identifier: MIT */
/* Checks of each frame against the first, and notices about timing that the format cannot keep. */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/sample.h"
#include "pipeline/encode-priv.h"

static enum mim_status
report_timing(struct mim_encoder *encoder, const struct mim_frame *frame, const struct mim_notice_origin *origin,
              struct mim_error *err)
{
    const struct mim_rational first = encoder->timing.to;
    const struct mim_rational base = first.den && !mim_time_base_valid(first) ? first : frame->time_base;
    char text[160];
    if (!base.den)
        return MIM_OK;
    if (encoder->writer->sequence.timing & MIM_TIMING_STORED)
        return MIM_OK;
    if (!(encoder->writer->ops->flags & MIM_WRITER_TIMING))
        snprintf(text, sizeof text, "%s keeps no timing: how long each frame is shown is lost",
                 encoder->writer->format);
    else if (!mim_time_base_valid(base))
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64 " is no time base: how long each frame is shown is lost",
                 base.num, base.den);
    else
        return MIM_OK;
    return mim_operation_notice_at(encoder->writer->operation, MIM_NOTICE_TIMING, origin, text, err);
}

static enum mim_status
report_losses(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_writer_ops *ops = encoder->writer->ops;
    const struct mim_notice_origin second = { .frame = MIM_UNKNOWN,
                                              .place =
                                                  1 }; /* about the whole sequence, known from its second frame on */
    char text[160];
    if (encoder->added != 1) /* a single frame has no timing to lose */
        return MIM_OK;
    enum mim_status status = report_timing(encoder, frame, &second, err);
    if (status == MIM_OK && frame->loop >= 0 && !(ops->flags & MIM_WRITER_LOOP)) {
        snprintf(text, sizeof text, "%s keeps no loop count: how often the sequence is played is lost",
                 encoder->writer->format);
        status = mim_operation_notice_at(encoder->writer->operation, MIM_NOTICE_LOOP, &second, text, err);
    }
    return status;
}

/* Formats without 1 bit get samples of u8. */
static enum mim_status
expand_bits(struct mim_encoder *encoder, struct mim_frame_info *info, struct mim_error *err)
{
    if (info->sample != MIM_SAMPLE_U1 || encoder->writer->keeps_bits)
        return MIM_OK;
    info->sample = MIM_SAMPLE_U8;
    if (encoder->has_reported_bits)
        return MIM_OK;
    encoder->has_reported_bits = true;
    return mim_operation_notice(encoder->writer->operation, MIM_NOTICE_DEPTH, encoder->added,
                                "samples of 1 bit become 8 bits", err);
}

enum mim_status
mim_encoder_widen(struct mim_encoder *encoder, struct mim_frame_info *info, struct mim_error *err)
{
    static const char *const colours[] = { "", "gray", "gray with alpha", "RGB", "RGBA" };
    const struct mim_layout *to = &encoder->writer->joined;
    enum mim_status status = expand_bits(encoder, info, err);
    struct mim_layout both = *to;
    bool is_joined = mim_layout_join(&both, (enum mim_sample)info->sample, info->channels) &&
                     both.channels == to->channels && both.sample == to->sample;
    bool same = info->channels == to->channels && (enum mim_sample)info->sample == to->sample;
    if (status != MIM_OK || same || !is_joined || encoder->writer->ops->flags & MIM_WRITER_MIXED)
        return status;
    info->channels = to->channels;
    info->sample = (int32_t)to->sample;
    if (encoder->has_reported_join)
        return MIM_OK;
    char text[100];
    encoder->has_reported_join = true;
    snprintf(text, sizeof text, "frames of different colours or sample types: all become %s of %s",
             colours[to->channels], mim_sample_name(to->sample));
    return mim_operation_notice(encoder->writer->operation, MIM_NOTICE_COLOUR, encoder->added, text, err);
}

static enum mim_status
check_shape(const struct mim_encoder *encoder, const struct mim_frame_info *info, struct mim_error *err)
{
    const struct mim_frame_info *first = &encoder->first_info;
    const char *format = encoder->writer->format;
    bool is_size = info->width == first->width && info->height == first->height;
    bool is_layout = info->channels == first->channels && info->sample == first->sample;
    if (!encoder->added || (is_size && is_layout) || encoder->writer->ops->flags & MIM_WRITER_MIXED)
        return MIM_OK;
    if (is_layout)
        mim_fail(err, MIM_ARGUMENT,
                 "frame %" PRIu64 " is %ux%u, the first is %ux%u: all frames of a %s file must have the same size",
                 encoder->added, info->width, info->height, first->width, first->height, format);
    else
        mim_fail(err, MIM_ARGUMENT,
                 "frame %" PRIu64 " has %u channels of %s, the first has %u of %s: all frames of a %s file must have the "
                 "same channels and sample type",
                 encoder->added, info->channels, mim_sample_name((enum mim_sample)info->sample), first->channels,
                 mim_sample_name((enum mim_sample)first->sample), format);
    if (err)
        err->frame = encoder->added;
    return MIM_ARGUMENT;
}

enum mim_status
mim_encoder_check(struct mim_encoder *encoder, const struct mim_frame *frame, const struct mim_frame_info *info,
                  struct mim_error *err)
{
    enum mim_status status = check_shape(encoder, info, err);
    return status == MIM_OK ? report_losses(encoder, frame, err) : status;
}
