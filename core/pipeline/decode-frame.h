/* SPDX-License-Identifier: MIT */
/* One frame on its way through the reading pipeline: what it holds and what is left to do. */
#ifndef MIM_CORE_PIPELINE_DECODE_FRAME_H
#define MIM_CORE_PIPELINE_DECODE_FRAME_H

#include "frame/canvas.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "pipeline/decode-plan.h"
#include "pipeline/ring.h"
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

enum mim_decode_packet {
    MIM_PACKET_EMPTY,
    MIM_PACKET_FILLED,   /* by the plugin's prepare, so release has to be called */
    MIM_PACKET_RELEASING /* by a step */
};

struct mim_decode_frame {
    struct mim_ring_entry entry; /* first */
    enum mim_decode_frame_stage stage;
    struct mim_decode_target target;
    struct mim_placement before; /* for MIM_CANVAS_AFTER */

    struct mim_frame_info info;
    enum mim_decode_packet packet_state;
    struct mim_source *source; /* of plain samples */

    bool is_in_place;                /* plain samples are used where they are in the source */
    struct mim_buffer *pixel_buffer; /* which the plugin fills */
    struct mim_raster pixels;
    struct mim_conversion conversion;
    struct mim_buffer *out_buffer; /* for the caller; the same as pixel_buffer where there is nothing to convert */
    struct mim_raster out;
    struct mim_conversion_loss loss;
    bool has_band[MIM_MAX_BANDS]; /* is drawn */
    uint64_t own_bytes;           /* working memory */
    uint64_t out_bytes;           /* the same, but of the first frame, which is about to be the caller's */

    struct {
        bool is_claimed, is_done;
        struct mim_meta *items;
    } metadata;
};

/* Shape of what will be delivered. */
enum mim_status mim_decode_frame_shape(const struct mim_decode_frame_route *route, const struct mim_frame_info *info,
                                       struct mim_conversion *conversion, struct mim_raster *out,
                                       struct mim_error *err);

/* Take memory. `used`: what others hold. `alone`: the first in line. false: wait until others are through. Failure is in
 * frame->entry.outcome. */
bool mim_decode_frame_admit(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t held,
                            bool is_first);

/* The frame in packed bytes. */
uint64_t mim_decode_frame_packed_bytes(const struct mim_decode_frame *frame);
bool mim_decode_frame_is_raw(const struct mim_decode_frame *frame);
/* Where it is on the canvas. */
struct mim_placement mim_decode_frame_placement(const struct mim_decode_frame *frame);
/* Compose or convert one band; on any thread. */
void mim_decode_frame_finish_band(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                  uint32_t band, struct mim_conversion_loss *loss);

/* Ranks of bands and metadata, behind those of parts. */
#define MIM_DECODE_BAND_RANK (UINT64_C(1) << 32)
#define MIM_DECODE_METADATA_RANK (UINT64_C(1) << 33)

/* Are its pixels still worth work? Also when only its metadata cannot be had, for a band may fail, too. */
bool mim_decode_frame_is_drawable(const struct mim_decode_frame *frame);
bool mim_decode_frame_has_pixels(const struct mim_decode_frame *frame);
/* Nothing is left to do, or it has failed and nothing of it runs. */
bool mim_decode_frame_is_done(const struct mim_decode_frame *frame);

/* Hand the frame over; into the caller's memory where that was lent. */
enum mim_status mim_decode_frame_deliver(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                         struct mim_frame *to, struct mim_error *err);
void mim_decode_frame_free_pixels(struct mim_decode_frame *frame);
/* Give back everything but the packet's memory. */
void mim_decode_frame_clear(struct mim_decode_frame *frame);

#endif
