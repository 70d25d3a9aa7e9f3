/* SPDX-License-Identifier: MIT */
/* The compressions that can be written. */
#ifndef MIM_TIFF_WRITE_CODEC_TABLE_H
#define MIM_TIFF_WRITE_CODEC_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/plugin.h>

struct tiff_codec {
    const char *name;
    uint16_t scheme;
    uint32_t level_tag; /* libtiff's pseudo-tag; 0: no levels */
    int64_t min_level, max_level;
    bool has_predictor, predicts_by_default;
    bool is_built_in;  /* compressed without libtiff */
    uint32_t max_side; /* pixels, of a strip or tile; 0: any */
    bool is_fax;       /* samples of 1 bit only */
};

#define TIFF_CODEC_CHOICES "none|lzw|deflate=zlib|packbits|jpeg|zstd|lzma|webp|g3|g4|auto"
enum { TIFF_CODEC_AUTO = 10 }; /* none, unless samples have 1 bit */
const struct tiff_codec *tiff_codec_at(int32_t choice);
/* For samples of 1 bit that a page with this compression had, by the name in its metadata. NULL: none is the same. */
const struct tiff_codec *tiff_codec_of_bits(const char *name, uint64_t size);
/* Fail when the installed libtiff lacks the codec, or the level is out of its range. */
int32_t tiff_codec_check(const struct tiff_codec *codec, struct mim_job *job, int64_t level);

#endif
