/* SPDX-License-Identifier: MIT */
/* Codes frames with libwebp. */
#ifndef MIM_WEBP_ENCODE_H
#define MIM_WEBP_ENCODE_H

#include <mim/kit/array.h>

#include "write/coded-frame.h"

enum webp_lossless { WEBP_LOSSLESS_AUTO, WEBP_LOSSLESS_YES, WEBP_LOSSLESS_NO };

/* Options. */
struct webp_encoding {
    double quality;
    int64_t method;
    int32_t lossless, exact; /* enum webp_lossless */
};

/* Memory of a worker. Zeroed = empty. */
struct webp_encoder {
    struct mim_bytes file;  /* what libwebp writes: a whole file of one picture */
    struct mim_bytes other; /* the same picture as it would be otherwise */
};

/* Emit the chunks of the pixels in which `raster` differs from `before` (NULL: all of them), and fill `frame`. */
int32_t webp_encode_frame(struct mim_job *job, struct webp_encoder *encoder, const struct webp_encoding *encoding,
                          const struct mim_raster *raster, const struct mim_raster *before, struct webp_coded_frame *frame);

#endif
