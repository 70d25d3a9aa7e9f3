/* SPDX-License-Identifier: MIT */
/* Encodes one strip or tile. */
#ifndef MIM_TIFF_WRITE_ENCODE_H
#define MIM_TIFF_WRITE_ENCODE_H

#include <stdint.h>

#include <mim/plugin.h>

#include <mim/kit/array.h>
#include "write/libtiff-encoder.h"

struct libdeflate_compressor;

struct tiff_write_worker {
    struct mim_scratch packed; /* rows as the codec needs them */
    struct mim_scratch table;  /* struct tiff_lzw_table */
    struct mim_scratch coded;
    struct libdeflate_compressor *deflate;
    int64_t deflate_level, deflate_size; /* bytes reserved for it */
    struct tiff_libtiff_encoder libtiff;
};

int32_t tiff_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
                    const struct mim_raster *raster, const struct mim_neighbours *neighbours);
void tiff_encode_close(struct mim_job *job);

#endif
