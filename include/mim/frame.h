/* SPDX-License-Identifier: MIT */
/* Frames: samples, timing and metadata. */
#ifndef MIM_FRAME_H
#define MIM_FRAME_H

#include <mim/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mim_meta;

/**
 * An image of a sequence: (height, width, channels) samples, with rows from top to bottom, interleaved channels,
 * straight alpha and native byte order. Zero-initialise it before its first use. `data` belongs to `owner` if that is
 * set, else to the caller. The caller may change a frame that a reader delivered. The duration in seconds is duration *
 * time_base.num / time_base.den.
 */
struct mim_frame {
    enum mim_sample sample;
    uint32_t width, height;         /**< pixels */
    uint32_t channels;              /**< 1 gray, 2 gray+alpha, 3 RGB, 4 RGBA, or any n */
    size_t stride;                  /**< bytes from row to row */
    void *data;
    uint64_t index;                 /**< in its sequence, from 0 */
    int64_t pts;                    /**< presentation time in ticks, as players show the frames, or MIM_NO_PTS */
    int64_t duration;               /**< ticks */
    struct mim_rational time_base;  /**< seconds per tick; den 0: no timing */
    int32_t loop;                   /**< of the sequence: total number of plays, 0: for ever, -1: not an animation */
    uint32_t damaged;               /**< 1: the file is damaged here, and some samples are made up */
    struct mim_meta *meta;          /**< owned; NULL if there is none or it was not requested */
    void *owner;                    /**< reference-counted buffer of data; NULL: the caller's memory */
    size_t lent_size, lent_stride;  /**< set by mim_frame_lend() */
    uint32_t brief;                 /**< 1: players of the format show the frame for 0.1 s, since its duration is too short */
    uint32_t source;                /**< frames of a conversion: number of the source, from 1; else 0 */
    int64_t source_time;            /**< with `source`: when the frame is shown there, in microseconds, or MIM_NO_PTS */
    uint64_t reserved[2];
};

/** Return the size of a sample in bytes, or 0 for MIM_SAMPLE_NONE. MIM_SAMPLE_U1 has 1, which eight samples share. */
MIM_API size_t mim_sample_size(enum mim_sample sample);
/** Return the name of a sample type, such as "u8" or "f32", or "?" for MIM_SAMPLE_NONE. */
MIM_API const char *mim_sample_name(enum mim_sample sample);
/** Return the sample type of a name, or MIM_SAMPLE_NONE if the name is unknown. */
MIM_API enum mim_sample mim_sample_by_name(const char *name);

/** Allocate zeroed pixels of the given shape, after releasing those of the frame. Fails with MIM_ARGUMENT if the shape
 * is empty. */
MIM_API enum mim_status mim_frame_alloc(struct mim_frame *frame, enum mim_sample sample, uint32_t width, uint32_t height,
                                        uint32_t channels, struct mim_error *err);

/** Make readers deliver frames into the caller's memory of `size` bytes, until mim_frame_clear(); `stride` 0 means
 * packed. Reading a frame that does not fit fails with MIM_ARGUMENT. */
MIM_API void mim_frame_lend(struct mim_frame *frame, void *memory, size_t size, size_t stride);

/** Make `to` a reference to the pixels of `from`, with copies of timing and metadata. Changing the pixels changes both
 * frames. */
MIM_API enum mim_status mim_frame_share(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err);

/** Release pixels and metadata, and zero the frame. `frame` may be zeroed or NULL. */
MIM_API void mim_frame_clear(struct mim_frame *frame);

/** Return the size of the packed pixels in bytes: width * height * channels * sample size, for MIM_SAMPLE_U1 height times
 * (width + 7) / 8. */
MIM_API uint64_t mim_frame_bytes(const struct mim_frame *frame);

/** Return the duration in seconds, or 0 if the frame has no timing. */
MIM_API double mim_frame_seconds(const struct mim_frame *frame);

/**
 * Convert sample type and channels, and store the result in `to`, which is released first and must differ from `from`.
 * Keeps timing and metadata, the sample type if it is MIM_SAMPLE_NONE, and the channels if they are 0. Integers are
 * rescaled from full range to full range with rounding, and negative values are clipped; floats range from 0 to 1. Gray
 * is Rec. 601 luma; alpha is removed by compositing on white. To MIM_SAMPLE_U1, unsigned samples convert that are 0 or of
 * full intensity. Fails with MIM_ARGUMENT if there is no such conversion.
 */
MIM_API enum mim_status mim_frame_convert(struct mim_frame *to, const struct mim_frame *from, enum mim_sample sample,
                                          uint32_t channels, struct mim_error *err);
/** Convert to gray by the mean of all channels, rounded down, and keep the sample type. */
MIM_API enum mim_status mim_frame_mean(struct mim_frame *to, const struct mim_frame *from, struct mim_error *err);

#ifdef __cplusplus
}
#endif
#endif
