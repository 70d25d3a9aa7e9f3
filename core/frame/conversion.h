/* SPDX-License-Identifier: MIT */
/* Conversion of sample types and colours: what a caller or a writer asks for, row by row, on any thread. */
#ifndef MIM_CORE_FRAME_CONVERSION_H
#define MIM_CORE_FRAME_CONVERSION_H

#include <stdbool.h>

#include <mim/frame.h>
#include <mim/plugin.h>

/* What is wanted. Zeroed: as it is. */
struct mim_conversion_target {
    enum mim_sample sample; /* NONE: native */
    uint32_t channels;      /* 0: native */
    bool mean;              /* one channel, the floor of the mean of all; then the two above are ignored */
    bool has_background;
    uint8_t background[4]; /* RGBA that alpha is composited on; white unless has_background */
};

/* One way from a layout to another, checked. */
struct mim_conversion {
    enum mim_sample from_sample, to_sample;
    uint32_t from_channels, to_channels;
    bool mean;
    bool same; /* nothing to do */
    uint8_t background[3];
};

/* What was lost in some rows; add up those of all bands. */
struct mim_conversion_loss {
    bool transparent; /* a pixel that alpha made see-through was composited */
    bool clipped;     /* a negative value became 0 */
    bool unscaled;    /* a float outside 0..1: the conversion has failed */
};

static inline void
mim_conversion_loss_add(struct mim_conversion_loss *sum, const struct mim_conversion_loss *more)
{
    sum->transparent |= more->transparent;
    sum->clipped |= more->clipped;
    sum->unscaled |= more->unscaled;
}

/* ARGUMENT: there is no such conversion. */
enum mim_status mim_conversion_plan(enum mim_sample sample, uint32_t channels,
                                    const struct mim_conversion_target *target, struct mim_conversion *conversion,
                                    struct mim_error *err);
/* Does it reduce the depth of samples? */
bool mim_conversion_reduces(const struct mim_conversion *conversion);
/* Does it turn colours into gray? */
bool mim_conversion_grays(const struct mim_conversion *conversion);

/* Convert `rows` rows from `first` on; both rasters hold the whole picture. */
void mim_conversion_run(const struct mim_conversion *conversion, const struct mim_raster *from,
                        const struct mim_raster *to, uint32_t first, uint32_t rows, struct mim_conversion_loss *loss);

/* "values outside 0..1": the sentence for a conversion that failed. */
enum mim_status mim_conversion_fail_unscaled(const struct mim_conversion *conversion, struct mim_error *err);

/* A whole frame, with its timing and metadata. */
enum mim_status mim_conversion_of_frame(struct mim_frame *to, const struct mim_frame *from,
                                        const struct mim_conversion_target *target, struct mim_error *err);

#endif
