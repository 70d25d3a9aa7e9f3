/* SPDX-License-Identifier: MIT */
/* One frame on its way through the reading pipeline: what it holds and what is left to do. */
#ifndef MIM_CORE_PIPELINE_DECODE_FRAME_H
#define MIM_CORE_PIPELINE_DECODE_FRAME_H

#include "frame/canvas.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "pipeline/selection.h"
#include "plugin/operation.h"

enum mim_decode_frame_stage {
    MIM_DECODE_PREPARING, /* a serial step is filling it */
    MIM_DECODE_PREPARED,  /* facts are known, memory is not taken yet */
    MIM_DECODE_ACTIVE     /* in work, or done */
};

/* The budget of all frames handed over by one call, in packed pixel bytes. */
struct mim_result_budget {
    uint64_t limit, admitted, delivered;
};

/* What a frame's pixels go through on their way to the caller. */
struct mim_decode_frame_route {
    const struct mim_sequence *sequence;
    const struct mim_conversion_target *target;
    struct mim_canvas *canvas; /* NULL: frames stand alone */
    struct mim_frame_store *store;
    struct mim_operation *operation;
    struct mim_result_budget *result; /* NULL: frames are the caller's one by one */
};

struct mim_decode_frame {
    enum mim_decode_frame_stage stage;
    uint64_t index;
    struct mim_cursor cursor; /* where in the selection it is */
    bool is_wanted;           /* selected, not only composed on the way to another */
    enum mim_canvas_start start;
    struct mim_placement before; /* for MIM_CANVAS_AFTER */

    struct mim_frame_info info;
    struct mim_source *source; /* where its samples lie, when they lie plain */
    void *packet;
    bool has_packet, release_claimed;

    bool in_place;                   /* the samples are used where they lie in the source */
    struct mim_buffer *pixel_buffer; /* what the plugin fills */
    struct mim_raster pixels;
    struct mim_conversion conversion;
    struct mim_buffer *out_buffer; /* what the caller gets; the same as pixel_buffer where nothing is left to do */
    struct mim_raster out;
    struct mim_conversion_loss loss;
    uint64_t own_bytes,
        out_bytes; /* working memory: charged while it waits; out_bytes not for the next to be delivered */

    uint32_t parts_claimed, parts_done;
    uint32_t bands, bands_claimed, bands_done;
    bool band_done[MIM_MAX_BANDS];
    bool metadata_claimed, metadata_done;
    struct mim_meta *meta;

    enum mim_status status; /* of this frame */
    uint64_t failed_rank;   /* which of its steps failed, in the order of a single thread */
    bool is_refused;        /* LIMIT of working memory: alone it may fit */
    struct mim_error error;
    uint64_t cost_ns;
};

/* Shape of what will be delivered. */
enum mim_status mim_decode_frame_shape(const struct mim_decode_frame_route *route, const struct mim_frame_info *info,
                                       struct mim_conversion *conversion, struct mim_raster *out,
                                       struct mim_error *err);

/* Take memory. `used`: what others hold. `alone`: the first in line. false: wait until others are through. Failure is in
 * frame->status. */
bool mim_decode_frame_admit(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t used,
                            bool alone);

/* The frame in packed bytes. */
uint64_t mim_decode_frame_packed_bytes(const struct mim_decode_frame *frame);
bool mim_decode_frame_is_raw(const struct mim_decode_frame *frame);
/* Compose or convert one band; on any thread. */
void mim_decode_frame_finish_band(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                  uint32_t band, struct mim_conversion_loss *loss);

/* Ranks of bands and metadata, behind those of parts. */
#define MIM_DECODE_BAND_RANK (UINT64_C(1) << 32)
#define MIM_DECODE_METADATA_RANK (UINT64_C(1) << 33)

/* Are its pixels still worth work? Also when only its metadata cannot be had, for a band may fail, too. */
bool mim_decode_frame_draws_on(const struct mim_decode_frame *frame);
bool mim_decode_frame_pixels_done(const struct mim_decode_frame *frame);
/* Nothing is left to do, or it has failed and nothing of it runs. */
bool mim_decode_frame_done(const struct mim_decode_frame *frame);

/* Hand the frame over; into the caller's memory where that was lent. */
enum mim_status mim_decode_frame_deliver(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                         struct mim_frame *to, struct mim_error *err);
void mim_decode_frame_free_pixels(struct mim_decode_frame *frame);
/* Give back everything but the packet's memory. */
void mim_decode_frame_clear(struct mim_decode_frame *frame);

#endif
