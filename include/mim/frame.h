/* SPDX-License-Identifier: MIT */
/* A frame: samples, timing and metadata. */
#ifndef MIM_FRAME_H
#define MIM_FRAME_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_meta;

/**
 * One image of a sequence: (height, width, channels) samples, rows from top to bottom, interleaved, straight alpha, native
 * byte order. Zero it before its first use. `data` belongs to `owner` when that is set, else to the caller.
 * What a reader delivers is the caller's to change. Duration in seconds is duration * time_base.num / time_base.den.
 */
struct mim_frame {
    enum mim_sample sample;
    uint32_t width, height;         /**< pixels */
    uint32_t channels;              /**< 1 gray, 2 gray+alpha, 3 RGB, 4 RGBA, or any n */
    size_t stride;                  /**< bytes from row to row */
    void *data;
    uint64_t index;                 /**< place in its sequence, from 0 */
    int64_t pts;                    /**< presentation time in ticks, or MIM_NO_PTS */
    int64_t duration;               /**< ticks */
    struct mim_rational time_base;  /**< seconds per tick; den 0: no timing */
    int32_t loop;                   /**< of the sequence: plays in total, 0 for ever, -1 not an animation */
    uint32_t damaged;               /**< 1: some samples were made up */
    struct mim_meta *meta;          /**< owned; NULL when there is none or it was not asked for */
    void *owner;                    /**< counted buffer behind data; NULL: the caller's memory */
    size_t lent_size, lent_stride;  /**< set by mim_frame_lend() */
    uint64_t reserved[4];
};

/** Bytes of one sample; 0 for none. */
MIM_API size_t mim_sample_size(enum mim_sample sample);
/** "u8", "f32"; "?" for none. */
MIM_API const char *mim_sample_name(enum mim_sample sample);
/** The reverse; MIM_SAMPLE_NONE when there is no such type. */
MIM_API enum mim_sample mim_sample_by_name(const char *name);

/** Give the frame zeroed pixels of its own, of the shape that its sample, width, height and channels say; releases what it
 * held. ARGUMENT: an empty shape. */
MIM_API enum mim_status mim_frame_alloc(struct mim_frame *frame, enum mim_sample sample, uint32_t width, uint32_t height,
                                        uint32_t channels, struct mim_error *err);

/** Let the next frame be delivered into the caller's memory, `size` bytes; `stride` 0 = packed. A frame that does not fit
 * is MIM_ARGUMENT with both sizes. The memory stays lent until mim_frame_clear(). */
MIM_API void mim_frame_lend(struct mim_frame *frame, void *memory, size_t size, size_t stride);

/** Another reference to the same pixels; timing and metadata are copied. Who writes into shared pixels changes both. */
MIM_API enum mim_status mim_frame_share(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err);

/** Release pixels and metadata and zero the frame. A zeroed frame and NULL are welcome. */
MIM_API void mim_frame_clear(struct mim_frame *frame);

/** Packed bytes of the frame's pixels: width * height * channels * sample size. */
MIM_API uint64_t mim_frame_bytes(const struct mim_frame *frame);

/** Seconds that the frame is shown; 0 when it has no timing. */
MIM_API double mim_frame_seconds(const struct mim_frame *frame);

/**
 * Convert sample type and channels into `to` (released first; may not be `from`), keeping timing and metadata.
 * sample NONE and channels 0 keep. Integers are rescaled full range to full range, rounded; signed below 0 clip; floats are
 * taken as 0..1. Gray is Rec. 601 luma; alpha goes by compositing on white. ARGUMENT: no such conversion.
 */
MIM_API enum mim_status mim_frame_convert(struct mim_frame *to, const struct mim_frame *from, enum mim_sample sample,
                                          uint32_t channels, struct mim_error *err);
/** Gray as the floor of the mean of all channels, in the same sample type. */
MIM_API enum mim_status mim_frame_mean(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
