/* SPDX-License-Identifier: MIT */
/* Conversion of sample types and colours, row by row, on any thread. */
#ifndef MIM_CORE_FRAME_CONVERSION_H
#define MIM_CORE_FRAME_CONVERSION_H

#include <stdbool.h>

#include <mim/frame.h>
#include <mim/plugin.h>

/* The requested layout. Zeroed: no conversion. */
struct mim_conversion_target {
    enum mim_sample sample; /* NONE: native */
    uint32_t channels;      /* 0: native */
    bool mean;              /* one channel with the mean of all, rounded down; the two fields above are then ignored */
    bool expands_bits;      /* native U1 becomes U8 */
    bool has_background;
    uint8_t background[4]; /* RGBA on which alpha is composited; white unless has_background */
};

/* A checked conversion from one layout to another. */
struct mim_conversion {
    enum mim_sample from_sample, to_sample;
    uint32_t from_channels, to_channels;
    bool mean;
    bool same; /* nothing to do */
    uint8_t background[3];
};

/* Losses in some rows; the caller adds up those of all bands. */
struct mim_conversion_loss {
    bool transparent; /* a pixel that was not opaque was composited */
    bool clipped;     /* a negative value became 0 */
    bool unscaled;    /* a float was outside 0..1, or a sample for U1 between 0 and its maximum: the conversion failed */
};

static inline void
mim_conversion_loss_add(struct mim_conversion_loss *sum, const struct mim_conversion_loss *more)
{
    sum->transparent |= more->transparent;
    sum->clipped |= more->clipped;
    sum->unscaled |= more->unscaled;
}

/* ARGUMENT: no such conversion. */
enum mim_status mim_conversion_plan(enum mim_sample sample, uint32_t channels,
                                    const struct mim_conversion_target *target, struct mim_conversion *conversion,
                                    struct mim_error *err);
/* Whether it reduces the depth of samples. */
bool mim_conversion_reduces(const struct mim_conversion *conversion);
/* Whether it turns colours into gray. */
bool mim_conversion_grays(const struct mim_conversion *conversion);

/* Converts `rows` rows from `first` on; both rasters hold the whole picture. */
void mim_conversion_run(const struct mim_conversion *conversion, const struct mim_raster *from,
                        const struct mim_raster *to, uint32_t first, uint32_t rows, struct mim_conversion_loss *loss);

/* Fails with the message for samples that are `unscaled`. */
enum mim_status mim_conversion_fail_unscaled(const struct mim_conversion *conversion, struct mim_error *err);

/* Converts a whole frame, with its timing and metadata. */
enum mim_status mim_conversion_of_frame(struct mim_frame *to, const struct mim_frame *from,
                                        const struct mim_conversion_target *target, struct mim_error *err);

#endif
