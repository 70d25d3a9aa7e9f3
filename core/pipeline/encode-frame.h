/* SPDX-License-Identifier: MIT */
/* One frame on its way through the writing pipeline. */
#ifndef MIM_CORE_PIPELINE_ENCODE_FRAME_H
#define MIM_CORE_PIPELINE_ENCODE_FRAME_H

#include "frame/conversion.h"
#include "frame/frame.h"
#include "pipeline/ring.h"
#include "plugin/coded-parts.h"
#include "plugin/operation.h"
#include "plugin/writer-calls.h"

enum mim_encode_stage {
    MIM_ENCODE_GIVEN,    /* the plugin has not yet said how it wants it */
    MIM_ENCODE_ACCEPTED, /* to be converted */
    MIM_ENCODE_READY,    /* to be encoded */
    MIM_ENCODE_PUT       /* written; kept while a neighbour looks at it */
};

struct mim_encode_frame {
    struct mim_ring_entry entry; /* first */
    enum mim_encode_stage stage;
    struct mim_frame given;     /* until it is converted */
    struct mim_frame_info info; /* as accepted */
    struct mim_conversion conversion;
    struct mim_buffer *converted;
    struct mim_raster raster; /* for encode */
    struct mim_conversion_loss loss;
    struct mim_coded_bytes *coded; /* one for each part */
};

/* Durations in another time base than the sequence's: what rounding takes from one frame the next ones get. */
struct mim_encode_timing {
    struct mim_rational to;   /* the sequence's */
    struct mim_rational from; /* of the frames that come now */
    int64_t ticks;            /* that they have lasted so far */
};

/* What the frame is, before the plugin amends it. In the order of frames. */
struct mim_frame_info mim_encode_frame_info(const struct mim_frame *frame, struct mim_encode_timing *timing);
/* The plugin has said what it wants: plan the conversion and take memory. The stage is the caller's to change: others look
 * at it. */
enum mim_status mim_encode_frame_accepted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer,
                                          struct mim_error *err);
enum mim_encode_stage mim_encode_frame_next_stage(const struct mim_encode_frame *frame);
void mim_encode_frame_convert_band(struct mim_encode_frame *frame, uint32_t band, struct mim_conversion_loss *loss);
/* The conversion is through: let go of the source, tell what was lost. */
enum mim_status mim_encode_frame_converted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer,
                                           struct mim_error *err);
/* Bytes that it holds beside its coded ones. */
uint64_t mim_encode_frame_bytes(const struct mim_encode_frame *frame);
/* The coded bytes of all parts go out. */
enum mim_status mim_encode_frame_put(struct mim_encode_frame *frame, struct mim_plugin_writer *writer,
                                     struct mim_error *err);
/* Start encoding afresh. */
void mim_encode_frame_forget_coded(struct mim_encode_frame *frame, struct mim_plugin_writer *writer);
/* Give back everything but the packet's memory. */
void mim_encode_frame_clear(struct mim_encode_frame *frame, struct mim_plugin_writer *writer);

#endif
