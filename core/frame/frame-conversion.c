/* SPDX-License-Identifier: MIT */
/* Converts whole frames. */
#include "frame/conversion.h"
#include "frame/frame.h"
#include "frame/meta.h"

enum mim_status
mim_conversion_of_frame(struct mim_frame *to, const struct mim_frame *from, const struct mim_conversion_target *target,
                        struct mim_error *err)
{
    struct mim_conversion conversion;
    enum mim_status status = mim_frame_check(from, err);
    if (status == MIM_OK)
        status = mim_conversion_plan(from->sample, from->channels, target, &conversion, err);
    if (status != MIM_OK)
        return status;

    struct mim_frame made = { 0 };
    status = mim_frame_alloc(&made, conversion.to_sample, from->width, from->height, conversion.to_channels, err);
    if (status == MIM_OK)
        status = mim_meta_copy(&made.meta, from->meta, err);
    struct mim_conversion_loss loss = { 0 };
    if (status == MIM_OK) {
        struct mim_raster in = mim_frame_raster(from), out = mim_frame_raster(&made);
        mim_conversion_run(&conversion, &in, &out, 0, from->height, &loss);
        if (loss.unscaled)
            status = mim_conversion_fail_unscaled(&conversion, err);
    }
    if (status != MIM_OK) {
        mim_frame_clear(&made);
        return status;
    }

    made.index = from->index;
    made.pts = from->pts;
    made.duration = from->duration;
    made.time_base = from->time_base;
    made.loop = from->loop;
    made.damaged = from->damaged;
    made.brief = from->brief;
    made.source = from->source;
    made.source_time = from->source_time;
    mim_frame_clear(to);
    *to = made;
    return MIM_OK;
}

enum mim_status
mim_frame_convert(struct mim_frame *to, const struct mim_frame *from, enum mim_sample sample, uint32_t channels,
                  struct mim_error *err)
{
    return mim_conversion_of_frame(to, from, &(struct mim_conversion_target){ .sample = sample, .channels = channels },
                                   err);
}

enum mim_status
mim_frame_mean(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err)
{
    return mim_conversion_of_frame(to, from, &(struct mim_conversion_target){ .mean = true }, err);
}
