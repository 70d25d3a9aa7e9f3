/* SPDX-License-Identifier: MIT */
/* One frame being written: its memory, its conversion, its coded bytes. */
#ifndef MIM_CORE_PIPELINE_ENCODE_FRAME_H
#define MIM_CORE_PIPELINE_ENCODE_FRAME_H

#include "frame/conversion.h"
#include "frame/frame.h"
#include "pipeline/ring.h"
#include "plugin/coded-parts.h"
#include "plugin/operation.h"
#include "plugin/writer-calls.h"

enum mim_encode_stage {
    MIM_ENCODE_GIVEN,    /* by the caller; the plugin has not chosen its layout */
    MIM_ENCODE_ACCEPTED, /* to be converted */
    MIM_ENCODE_READY,    /* to be encoded */
    MIM_ENCODE_PUT       /* written; retained while encode() of the next frame looks at it */
};

struct mim_encode_frame {
    struct mim_ring_entry entry; /* first */
    enum mim_encode_stage stage;
    struct mim_frame given;     /* released once it is converted */
    struct mim_frame_info info; /* as accepted */
    struct mim_conversion conversion;
    struct mim_buffer *converted;
    struct mim_raster raster; /* for encode */
    struct mim_conversion_loss loss;
    struct mim_coded_bytes *coded; /* one for each part */
};

/* Converts durations to the time base of the sequence. Rounding errors carry over to the next frames. */
struct mim_encode_timing {
    struct mim_rational to;   /* time base of the sequence */
    struct mim_rational from; /* time base of the current frames */
    int64_t ticks;            /* duration of these frames so far */
};

/* Facts of the frame before the plugin amends them. To be called in the order of frames. */
struct mim_frame_info mim_encode_frame_info(const struct mim_frame *frame, struct mim_encode_timing *timing);
/* Where the frame comes from. */
struct mim_origin mim_encode_frame_origin(const struct mim_frame *frame);
/* The plugin has chosen a layout: plan the conversion and take memory. The caller changes the stage, under the lock. */
enum mim_status mim_encode_frame_accepted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer,
                                          struct mim_error *err);
enum mim_encode_stage mim_encode_frame_next_stage(const struct mim_encode_frame *frame);
void mim_encode_frame_convert_band(struct mim_encode_frame *frame, uint32_t band, struct mim_conversion_loss *loss);
/* The conversion is done: release the source and report losses. */
enum mim_status mim_encode_frame_converted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer,
                                           struct mim_error *err);
/* Bytes of pixels that it holds. */
uint64_t mim_encode_frame_bytes(const struct mim_encode_frame *frame);
/* Write the coded bytes of all parts. */
enum mim_status mim_encode_frame_put(struct mim_encode_frame *frame, struct mim_plugin_writer *writer,
                                     struct mim_error *err);
/* Drop coded bytes, so that encoding starts again. */
void mim_encode_frame_forget_coded(struct mim_encode_frame *frame, struct mim_plugin_writer *writer);
/* Free everything but the packet. */
void mim_encode_frame_clear(struct mim_encode_frame *frame, struct mim_plugin_writer *writer);

#endif
