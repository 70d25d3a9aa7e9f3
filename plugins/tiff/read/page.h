/* SPDX-License-Identifier: MIT */
/* The facts of a page. */
#ifndef MIM_TIFF_READ_PAGE_H
#define MIM_TIFF_READ_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "file/byte-order.h"
#include "file/directory.h"

enum tiff_route {
    TIFF_ROUTE_SAMPLES, /* strips and tiles are decoded, samples unpacked by this plugin */
    TIFF_ROUTE_RGBA     /* libtiff's RGBA interface converts the colours */
};

enum tiff_decoder {
    TIFF_DECODER_LIBTIFF,
    TIFF_DECODER_COPY, /* samples as they are */
    TIFF_DECODER_LZW,
    TIFF_DECODER_DEFLATE,
    TIFF_DECODER_PACKBITS
};

enum tiff_colour {
    TIFF_COLOUR_KEEP,
    TIFF_COLOUR_INVERT,
    TIFF_COLOUR_PALETTE,
    TIFF_COLOUR_CMYK,
    TIFF_COLOUR_LAB,
    TIFF_COLOUR_YCBCR
};

struct tiff_page {
    /* its tags, set by tiff_page_read() */
    struct tiff_order order;
    uint64_t offset; /* of its directory */
    uint32_t width, height, bits, compression, photometric, fill_order, orientation, samples, rows_per_strip, planar;
    uint32_t predictor, tile_width, tile_height, extra, extra_count, format, subsample_x, subsample_y, ink_set, subfile;
    bool is_tiled;
    uint32_t planes;        /* 1, or one for each sample */
    bool has_uneven_strips; /* the numbers of strip offsets and strip sizes differ */

    /* how its samples become a frame's, set by tiff_page_plan() */
    enum tiff_decoder decoder; /* of its strips; any strip may still be left to libtiff */
    bool has_own_predictor; /* the predictor is undone here; libtiff sees none */
    bool is_rowwise;        /* decoded row by row instead of a strip at once */
    bool is_upsampled;      /* YCbCr in JPEG that the codec converts to RGB */
    bool is_scaled;         /* odd depths are scaled to the full range of their type */
    bool is_packed;         /* samples of 1 bit stay packed: out_sample is U1, and rows are those of the file */
    bool is_turned;         /* the orientation is applied and changes the page */
    bool is_premultiplied;  /* alpha is divided out */
    enum tiff_route route;
    enum tiff_colour colour;
    int32_t sample;         /* enum mim_sample of the unpacked values */
    uint32_t out_channels;
    int32_t out_sample;
    float luma[3], range[6]; /* YCbCr: weights of red, green and blue; values of black and white of each sample */
    uint32_t rows_per_chunk, rows_per_part; /* decoded at once; handed out as a part */
    uint64_t stored_at;     /* uncompressed samples are stored there row after row; 0: in another way */
    uint64_t stack_offset;  /* of an image in a stack: distance to the samples of the first */
};

/* Tags with a value for each strip or tile, and for each sample; a count of 0: the tag is missing. */
struct tiff_strips {
    struct tiff_entry offsets, sizes;
    struct tiff_entry bits, formats;
};

int32_t tiff_page_read(struct tiff_page *page, struct tiff_directory *directory, struct tiff_strips *strips);
/* Bytes of one coded row of `width` pixels: of all samples, or of one when planes are separate. */
uint64_t tiff_page_row_bytes(const struct tiff_page *page, uint32_t width);

#endif
