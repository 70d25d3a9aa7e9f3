/* SPDX-License-Identifier: MIT */
/* A directory as libtiff accepts it: libtiff refuses pages because of metadata, and lists that differ in length from the
 * samples. It sees only the tags that decoding needs. */
#include "read/repair.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"

static bool
is_needed(uint32_t tag)
{
    static const uint16_t tags[] = {
        TIFFTAG_IMAGEWIDTH,      TIFFTAG_IMAGELENGTH,     TIFFTAG_BITSPERSAMPLE,    TIFFTAG_COMPRESSION,
        TIFFTAG_PHOTOMETRIC,     TIFFTAG_FILLORDER,       TIFFTAG_STRIPOFFSETS,     TIFFTAG_SAMPLESPERPIXEL,
        TIFFTAG_ROWSPERSTRIP,    TIFFTAG_STRIPBYTECOUNTS, TIFFTAG_PLANARCONFIG,     TIFFTAG_GROUP3OPTIONS,
        TIFFTAG_GROUP4OPTIONS,   TIFFTAG_PREDICTOR,       TIFFTAG_COLORMAP,         TIFFTAG_TILEWIDTH,
        TIFFTAG_TILELENGTH,      TIFFTAG_TILEOFFSETS,     TIFFTAG_TILEBYTECOUNTS,   TIFFTAG_INKSET,
        TIFFTAG_SAMPLEFORMAT,    TIFFTAG_JPEGTABLES,      TIFFTAG_JPEGPROC,         TIFFTAG_JPEGIFOFFSET,
        TIFFTAG_JPEGIFBYTECOUNT, TIFFTAG_JPEGQTABLES,     TIFFTAG_JPEGDCTABLES,     TIFFTAG_JPEGACTABLES,
        TIFFTAG_YCBCRCOEFFICIENTS, TIFFTAG_YCBCRSUBSAMPLING, TIFFTAG_REFERENCEBLACKWHITE, TIFFTAG_LERC_PARAMETERS,
    };
    return tiff_is_among(tag, tags, sizeof tags / sizeof *tags);
}

static void
put_number(struct tiff_order order, uint64_t value, unsigned size, uint8_t *to)
{
    for (unsigned i = 0; i < size; i++)
        to[order.is_big_endian ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

/* One number stands for all samples. */
static const struct {
    uint16_t tag, field;
} singles[] = {
    { TIFFTAG_BITSPERSAMPLE, offsetof(struct tiff_page, bits) },
    { TIFFTAG_SAMPLEFORMAT, offsetof(struct tiff_page, format) },
    { TIFFTAG_PLANARCONFIG, offsetof(struct tiff_page, planar) },
    { TIFFTAG_FILLORDER, offsetof(struct tiff_page, fill_order) },
    { TIFFTAG_PREDICTOR, offsetof(struct tiff_page, predictor) },
};

static void
put_single(struct tiff_order order, uint32_t value, unsigned word, uint8_t *entry)
{
    put_number(order, TIFF_SHORT, 2, entry + 2);
    put_number(order, 1, word, entry + 4);
    memset(entry + 4 + word, 0, word);
    put_number(order, value, 2, entry + 4 + word);
}

void
tiff_repair_directory(const struct tiff_page *page, uint64_t offset, uint8_t *bytes, uint64_t size)
{
    struct tiff_order order = page->order;
    unsigned head = order.is_big_tiff ? 8 : 2, step = order.is_big_tiff ? 20 : 12, word = order.is_big_tiff ? 8 : 4;
    const uint8_t *last = NULL; /* that is needed; libtiff ignores repetitions */
    if (offset != page->offset + head)
        return;
    for (uint8_t *entry = bytes; size >= step; size -= step, entry += step) {
        uint32_t tag = (uint32_t)tiff_number(order, entry, 2);
        for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
            if (singles[i].tag == tag)
                put_single(order, *(const uint32_t *)((const char *)page + singles[i].field), word, entry);
        if (is_needed(tag))
            last = entry;
        else if (last)
            memcpy(entry, last, step);
    }
}
