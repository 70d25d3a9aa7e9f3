/* SPDX-License-Identifier: MIT */
/* One frame on its way through the writing pipeline. */
#ifndef MIM_CORE_PIPELINE_ENCODE_FRAME_H
#define MIM_CORE_PIPELINE_ENCODE_FRAME_H

#include "frame/frame.h"
#include "plugin/coded-parts.h"
#include "plugin/operation.h"
#include "plugin/writer-calls.h"
#include "frame/conversion.h"

enum mim_out_stage {
    MIM_OUT_GIVEN,    /* the plugin has not yet said how it wants it */
    MIM_OUT_ACCEPTED, /* to be converted */
    MIM_OUT_READY,    /* to be encoded */
    MIM_OUT_PUT       /* written; kept while a neighbour looks at it */
};

struct mim_out_slot {
    enum mim_out_stage stage;
    uint64_t index;
    struct mim_frame frame;
    struct mim_frame_info info; /* as accepted */
    void *packet;
    struct mim_conversion conversion;
    struct mim_buffer *converted;
    struct mim_raster raster; /* what encode sees */
    struct mim_raster_loss loss;
    uint32_t bands, bands_claimed, bands_done;
    uint32_t parts_claimed, parts_done;
    struct mim_coded_bytes *coded; /* one for each part */
    enum mim_status status;
    uint32_t failed_part;
    bool starved;
    struct mim_error error;
    uint64_t cost_ns;
};

/* Durations in another time base than the sequence's: what rounding takes from one frame the next ones get. */
struct mim_out_clock {
    struct mim_rational to;   /* the sequence's */
    struct mim_rational from; /* of the frames that come now */
    int64_t ticks;            /* that they have lasted so far */
};

/* What the frame is, before the plugin amends it. In the order of frames. */
struct mim_frame_info mim_out_slot_info(const struct mim_frame *frame, struct mim_out_clock *clock);
/* The plugin has said what it wants: plan the conversion and take memory. The stage is the caller's to change: others look
 * at it. */
enum mim_status mim_out_slot_accepted(struct mim_out_slot *slot, const struct mim_plugin_writer *writer,
                                      struct mim_error *err);
enum mim_out_stage mim_out_slot_next_stage(const struct mim_out_slot *slot);
void mim_out_slot_convert_band(struct mim_out_slot *slot, uint32_t band, struct mim_raster_loss *loss);
/* The conversion is through: let go of the source, tell what was lost. */
enum mim_status mim_out_slot_converted(struct mim_out_slot *slot, const struct mim_plugin_writer *writer,
                                       struct mim_error *err);
/* Bytes that it holds beside its coded ones. */
uint64_t mim_out_slot_bytes(const struct mim_out_slot *slot);
/* The coded bytes of all parts go out. */
enum mim_status mim_out_slot_put(struct mim_out_slot *slot, struct mim_plugin_writer *writer, struct mim_error *err);
/* Start encoding afresh. */
void mim_out_slot_forget_coded(struct mim_out_slot *slot, struct mim_plugin_writer *writer);
/* Give back everything but the packet's memory. */
void mim_out_slot_clear(struct mim_out_slot *slot, struct mim_plugin_writer *writer);

#endif
