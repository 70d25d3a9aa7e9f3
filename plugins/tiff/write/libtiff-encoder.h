/* SPDX-License-Identifier: MIT */
/* libtiff as a compressor of strips and tiles. */
#ifndef MIM_TIFF_WRITE_LIBTIFF_ENCODER_H
#define MIM_TIFF_WRITE_LIBTIFF_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include <tiffio.h>

#include <mim/plugin.h>

#include "write/layout.h"

struct tiff_libtiff_encoder {
    TIFF *tiff;              /* compresses into the host's memory */
    struct mim_job *job;
    struct tiff_layout shape; /* the layout that it is set up for */
    int32_t status;
    bool is_quiet;           /* drop what libtiff writes of its own accord */
    char text[256];
};

/* Compress a strip or tile and emit it. */
int32_t tiff_libtiff_encode(struct tiff_libtiff_encoder *encoder, struct mim_job *job, const struct tiff_layout *layout,
                            uint32_t part, uint8_t *data, uint64_t size);
void tiff_libtiff_encoder_close(struct tiff_libtiff_encoder *encoder);

#endif
