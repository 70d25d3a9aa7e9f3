/* SPDX-License-Identifier: MIT */
/* Names of the numbers that tags hold. */
#include "values.h"

#include <string.h>

#include <tiff.h>

const struct tiff_name tiff_compression_names[] = {
    { COMPRESSION_NONE, "none" },          { COMPRESSION_LZW, "lzw" },           { COMPRESSION_ADOBE_DEFLATE, "deflate" },
    { COMPRESSION_PACKBITS, "packbits" },  { COMPRESSION_JPEG, "jpeg" },         { COMPRESSION_ZSTD, "zstd" },
    { COMPRESSION_LZMA, "lzma" },          { COMPRESSION_WEBP, "webp" },         { COMPRESSION_DEFLATE, "deflate" },
    { COMPRESSION_CCITTRLE, "ccitt-rle" }, { COMPRESSION_CCITTFAX3, "ccitt-g3" }, { COMPRESSION_CCITTFAX4, "ccitt-g4" },
    { COMPRESSION_CCITTRLEW, "ccitt-rlew" }, { COMPRESSION_OJPEG, "old-jpeg" },  { COMPRESSION_NEXT, "next" },
    { COMPRESSION_THUNDERSCAN, "thunderscan" }, { COMPRESSION_PIXARLOG, "pixarlog" }, { COMPRESSION_JBIG, "jbig" },
    { COMPRESSION_SGILOG, "sgilog" },      { COMPRESSION_SGILOG24, "sgilog24" }, { COMPRESSION_JP2000, "jpeg2000" },
    { COMPRESSION_LERC, "lerc" },          { 0, NULL },
};

const struct tiff_name tiff_photometric_names[] = {
    { PHOTOMETRIC_MINISWHITE, "miniswhite" }, { PHOTOMETRIC_MINISBLACK, "minisblack" }, { PHOTOMETRIC_RGB, "rgb" },
    { PHOTOMETRIC_PALETTE, "palette" },       { PHOTOMETRIC_MASK, "mask" },             { PHOTOMETRIC_SEPARATED, "separated" },
    { PHOTOMETRIC_YCBCR, "ycbcr" },           { PHOTOMETRIC_CIELAB, "cielab" },         { PHOTOMETRIC_ICCLAB, "icclab" },
    { PHOTOMETRIC_ITULAB, "itulab" },         { PHOTOMETRIC_CFA, "cfa" },               { PHOTOMETRIC_LOGL, "logl" },
    { PHOTOMETRIC_LOGLUV, "logluv" },         { 34892, "linearraw" },                   { 0, NULL },
};

const struct tiff_name tiff_planar_names[] = {
    { PLANARCONFIG_CONTIG, "contiguous" }, { PLANARCONFIG_SEPARATE, "separate" }, { 0, NULL },
};

const struct tiff_name tiff_predictor_names[] = {
    { PREDICTOR_NONE, "none" }, { PREDICTOR_HORIZONTAL, "horizontal" }, { PREDICTOR_FLOATINGPOINT, "float" }, { 0, NULL },
};

const struct tiff_name tiff_unit_names[] = {
    { RESUNIT_NONE, "none" }, { RESUNIT_INCH, "inch" }, { RESUNIT_CENTIMETER, "cm" }, { 0, NULL },
};

const char *
tiff_name_of(const struct tiff_name *names, uint32_t value)
{
    for (; names->text; names++)
        if (names->value == value)
            return names->text;
    return NULL;
}

uint32_t
tiff_value_of(const struct tiff_name *names, const char *text, uint64_t size)
{
    for (; names->text; names++)
        if (strlen(names->text) == size && memcmp(names->text, text, size) == 0)
            return names->value;
    return 0;
}
