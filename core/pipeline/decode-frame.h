/* SPDX-License-Identifier: MIT */
/* One frame being read: its memory, its pixels, and the steps left to do. */
#ifndef MIM_CORE_PIPELINE_DECODE_FRAME_H
#define MIM_CORE_PIPELINE_DECODE_FRAME_H

#include "frame/canvas.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "pipeline/decode-plan.h"
#include "pipeline/ring.h"
#include "plugin/operation.h"

enum mim_decode_frame_stage {
    MIM_DECODE_PREPARING, /* a serial step fills it */
    MIM_DECODE_PREPARED,  /* its facts are known, its memory is not taken */
    MIM_DECODE_ACTIVE     /* its memory is taken, or it has failed */
};

/* Budget for all frames that one call returns, in packed pixel bytes. */
struct mim_result_budget {
    uint64_t limit, admitted, delivered;
};

/* How pixels get from the plugin to the caller; the same for all frames of a sequence. */
struct mim_decode_frame_route {
    const struct mim_sequence *sequence;
    const struct mim_conversion_target *target;
    struct mim_canvas *canvas; /* NULL: frames are not composed */
    struct mim_frame_store *store;        /* for delivered frames */
    struct mim_frame_store *pixel_store;  /* for pixels that are composed or converted */
    struct mim_operation *operation;
    struct mim_result_budget *result; /* NULL: frames are delivered one by one, without a common budget */
};

enum mim_decode_packet {
    MIM_PACKET_EMPTY,
    MIM_PACKET_FILLED,   /* the plugin prepared it, so its release has to be called */
    MIM_PACKET_RELEASING /* a step calls release */
};

struct mim_decode_frame {
    struct mim_ring_entry entry; /* first */
    enum mim_decode_frame_stage stage;
    struct mim_decode_target target;
    struct mim_placement before; /* for MIM_CANVAS_AFTER */

    struct mim_frame_info info;
    enum mim_decode_packet packet_state;
    struct mim_source *source; /* with the samples of a raw frame */

    bool is_in_place;                /* raw samples are mapped, not read */
    struct mim_buffer *pixel_buffer; /* the plugin fills it */
    struct mim_raster pixels;
    struct mim_conversion conversion;
    struct mim_buffer *out_buffer; /* for the caller; pixel_buffer itself when nothing is to be converted */
    struct mim_raster out;
    struct mim_conversion_loss loss;
    struct {
        bool is_known;
        uint32_t part; /* the first */
    } cut; /* delivered without some pixels: entry.outcome.error is the reason, and its `needed` their number */
    struct mim_buffer *checkpoint; /* the canvas for the next frame, or NULL */
    bool has_band[MIM_MAX_BANDS];  /* this band is drawn */
    uint64_t own_bytes;            /* working memory of any frame */
    uint64_t out_bytes;            /* working memory too, unless the frame is the next to be delivered */

    struct {
        bool is_claimed, is_done;
        struct mim_meta *items;
    } metadata;
};

/* Plan the conversion; `out` gets the shape of the delivered frame. */
enum mim_status mim_decode_frame_shape(const struct mim_decode_frame_route *route, const struct mim_frame_info *info,
                                       struct mim_conversion *conversion, struct mim_raster *out,
                                       struct mim_error *err);

/* Whether the result budget has room for the frame. */
enum mim_status mim_decode_frame_check_result(const struct mim_decode_frame *frame,
                                              const struct mim_decode_frame_route *route, struct mim_error *err);
/* Check limits and take memory. `held`: bytes that other frames hold. `is_first`: no frame is before it. false: it has to
 * wait for memory of other frames. A failure is in frame->entry.outcome. */
bool mim_decode_frame_admit(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t held,
                            bool is_first);

/* Size of the delivered frame, packed. */
uint64_t mim_decode_frame_packed_bytes(const struct mim_decode_frame *frame);
bool mim_decode_frame_is_raw(const struct mim_decode_frame *frame);
/* Position on the canvas. */
struct mim_placement mim_decode_frame_placement(const struct mim_decode_frame *frame);
/* Compose and convert one band. Any thread. */
void mim_decode_frame_finish_band(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                  uint32_t band, struct mim_conversion_loss *loss);

/* Ranks of steps: parts from 0 on, then bands, then metadata. */
#define MIM_DECODE_BAND_RANK (UINT64_C(1) << 32)
#define MIM_DECODE_METADATA_RANK (UINT64_C(1) << 33)

/* Its pixels are still worked on: also when only its metadata has failed, because a band that fails counts first. */
bool mim_decode_frame_is_drawable(const struct mim_decode_frame *frame);
bool mim_decode_frame_has_pixels(const struct mim_decode_frame *frame);
/* No step is left, or it has failed and none of its steps runs. */
bool mim_decode_frame_is_done(const struct mim_decode_frame *frame);

/* Move the frame to the caller, or copy it into memory that the caller lent. */
enum mim_status mim_decode_frame_deliver(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                                         struct mim_frame *to, struct mim_error *err);
void mim_decode_frame_free_pixels(struct mim_decode_frame *frame);
/* Free everything but the packet. */
void mim_decode_frame_clear(struct mim_decode_frame *frame);

#endif
