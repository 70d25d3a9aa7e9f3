/* SPDX-License-Identifier: MIT */
/* The sources of written frames, in the writer's state. */
#include "api/frame-origin.h"

#include <mim/kit/ratio.h>

#include "api/reader-priv.h"
#include "api/writer-priv.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "plugin/operation.h"

#define MICROSECONDS 1000000 /* per second */

static struct mim_frame_sources *
sources_of(struct mim_writer *writer)
{
    return &mim_writer_plugin(writer)->operation->side_inputs.sources;
}

enum mim_status
mim_writer_set_sources(struct mim_writer *writer, struct mim_source *const *sources, size_t count,
                       struct mim_error *err)
{
    return mim_frame_sources_set(sources_of(writer), sources, count, err);
}

void
mim_frame_origin_set_order(struct mim_writer *writer, const struct mim_reader *reader,
                           const struct mim_convert_options *options)
{
    struct mim_frame_sources *sources = sources_of(writer);
    sources->are_properties_unwanted = options->without_metadata;
    sources->order = mim_reader_is_forward(reader) ? MIM_TIMING_FORWARD : 0;
    if (!options->read.range_count)
        sources->order |= MIM_TIMING_WHOLE;
}

void
mim_frame_origin_take_offers(struct mim_writer *writer, uint32_t number, struct mim_reader *reader)
{
    struct mim_frame_source *source = mim_frame_sources_at(sources_of(writer), number);
    if (source)
        mim_offers_move(&source->offers, mim_decoder_offers(reader->decoder));
}

enum mim_status
mim_frame_origin_take_metadata(struct mim_writer *writer, uint32_t number, struct mim_reader *reader, struct mim_error *err)
{
    struct mim_frame_source *source = mim_frame_sources_at(sources_of(writer), number);
    enum mim_status status = source ? mim_reader_load_metadata(reader, err) : MIM_OK;
    return source && status == MIM_OK ? mim_meta_copy(&source->meta, mim_reader_metadata(reader), err) : status;
}

void
mim_frame_origin_state(struct mim_frame *frame, uint32_t number)
{
    const struct mim_rational base = frame->time_base;
    frame->source = number;
    frame->source_time = MIM_NO_PTS;
    if (frame->pts != MIM_NO_PTS && mim_time_base_valid(base))
        frame->source_time = mim_ratio_scale(frame->pts, (uint64_t)MICROSECONDS * (uint64_t)base.num, (uint64_t)base.den);
}
