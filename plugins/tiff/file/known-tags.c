/* SPDX-License-Identifier: MIT */
/* Sizes of tag types, names of tags, and names of tag values. */
#include "file/known-tags.h"

#include <string.h>

#include <mim/types.h>
#include <tiff.h>

unsigned
tiff_type_size(uint16_t type)
{
    static const uint8_t sizes[] = {
        [TIFF_BYTE] = 1,      [TIFF_ASCII] = 1,  [TIFF_SHORT] = 2,     [TIFF_LONG] = 4,  [TIFF_RATIONAL] = 8,
        [TIFF_SBYTE] = 1,     [TIFF_UNDEFINED] = 1, [TIFF_SSHORT] = 2, [TIFF_SLONG] = 4, [TIFF_SRATIONAL] = 8,
        [TIFF_FLOAT] = 4,     [TIFF_DOUBLE] = 8, [TIFF_IFD] = 4,       [TIFF_LONG8] = 8, [TIFF_SLONG8] = 8,
        [TIFF_IFD8] = 8,
    };
    return type < sizeof sizes ? sizes[type] : 0;
}

bool
tiff_type_is_signed(uint16_t type)
{
    return type == TIFF_SBYTE || type == TIFF_SSHORT || type == TIFF_SLONG || type == TIFF_SLONG8 ||
           type == TIFF_SRATIONAL;
}

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

static const struct tiff_known_tag known[] = {
    { TIFFTAG_IMAGEDESCRIPTION, MIM_META_TEXT, "description" },
    { TIFFTAG_DOCUMENTNAME, MIM_META_TEXT, "title" },
    { TIFFTAG_SOFTWARE, MIM_META_TEXT, "software" },
    { TIFFTAG_ARTIST, MIM_META_TEXT, "artist" },
    { TIFFTAG_COPYRIGHT, MIM_META_TEXT, "copyright" },
    { TIFFTAG_PAGENAME, MIM_META_TEXT, "page_name" },
    { TIFFTAG_DATETIME, MIM_META_TIME, "datetime" },
    { TIFFTAG_PAGENUMBER, MIM_META_INTS, "page_number" },
    { TIFFTAG_ICCPROFILE, MIM_META_BYTES, "icc" },
    { TIFFTAG_XMLPACKET, MIM_META_BYTES, "xmp" },
    { TIFFTAG_SUBFILETYPE, 0, NULL },      { TIFFTAG_OSUBFILETYPE, 0, NULL },     { TIFFTAG_IMAGEWIDTH, 0, NULL },
    { TIFFTAG_IMAGELENGTH, 0, NULL },      { TIFFTAG_BITSPERSAMPLE, 0, NULL },    { TIFFTAG_COMPRESSION, 0, NULL },
    { TIFFTAG_PHOTOMETRIC, 0, NULL },      { TIFFTAG_FILLORDER, 0, NULL },        { TIFFTAG_STRIPOFFSETS, 0, NULL },
    { TIFFTAG_ORIENTATION, 0, NULL },      { TIFFTAG_SAMPLESPERPIXEL, 0, NULL },  { TIFFTAG_ROWSPERSTRIP, 0, NULL },
    { TIFFTAG_STRIPBYTECOUNTS, 0, NULL },  { TIFFTAG_XRESOLUTION, 0, NULL },      { TIFFTAG_YRESOLUTION, 0, NULL },
    { TIFFTAG_PLANARCONFIG, 0, NULL },     { TIFFTAG_RESOLUTIONUNIT, 0, NULL },   { TIFFTAG_PREDICTOR, 0, NULL },
    { TIFFTAG_COLORMAP, 0, NULL },         { TIFFTAG_TILEWIDTH, 0, NULL },        { TIFFTAG_TILELENGTH, 0, NULL },
    { TIFFTAG_TILEOFFSETS, 0, NULL },      { TIFFTAG_TILEBYTECOUNTS, 0, NULL },   { TIFFTAG_SUBIFD, 0, NULL },
    { TIFFTAG_INKSET, 0, NULL },           { TIFFTAG_EXTRASAMPLES, 0, NULL },     { TIFFTAG_SAMPLEFORMAT, 0, NULL },
    { TIFFTAG_JPEGTABLES, 0, NULL },       { TIFFTAG_YCBCRSUBSAMPLING, 0, NULL }, { TIFFTAG_YCBCRPOSITIONING, 0, NULL },
    { TIFFTAG_YCBCRCOEFFICIENTS, 0, NULL }, { TIFFTAG_REFERENCEBLACKWHITE, 0, NULL }, { TIFFTAG_FREEOFFSETS, 0, NULL },
    { TIFFTAG_FREEBYTECOUNTS, 0, NULL },   { TIFFTAG_GROUP3OPTIONS, 0, NULL },    { TIFFTAG_GROUP4OPTIONS, 0, NULL },
    { TIFFTAG_EXIFIFD, 0, NULL },          { TIFFTAG_GPSIFD, 0, NULL },           { TIFFTAG_INTEROPERABILITYIFD, 0, NULL },
    { TIFFTAG_CLIPPATH, 0, NULL },         { TIFFTAG_JPEGIFOFFSET, 0, NULL },     { TIFFTAG_JPEGIFBYTECOUNT, 0, NULL },
    { TIFFTAG_JPEGQTABLES, 0, NULL },      { TIFFTAG_JPEGDCTABLES, 0, NULL },     { TIFFTAG_JPEGACTABLES, 0, NULL },
    { TIFFTAG_THRESHHOLDING, MIM_META_CODING, NULL },    { TIFFTAG_CELLWIDTH, MIM_META_CODING, NULL },
    { TIFFTAG_CELLLENGTH, MIM_META_CODING, NULL },       { TIFFTAG_MINSAMPLEVALUE, MIM_META_CODING, NULL },
    { TIFFTAG_MAXSAMPLEVALUE, MIM_META_CODING, NULL },   { TIFFTAG_GRAYRESPONSEUNIT, MIM_META_CODING, NULL },
    { TIFFTAG_GRAYRESPONSECURVE, MIM_META_CODING, NULL }, { TIFFTAG_TRANSFERFUNCTION, MIM_META_CODING, NULL },
    { TIFFTAG_HALFTONEHINTS, MIM_META_CODING, NULL },    { TIFFTAG_BADFAXLINES, MIM_META_CODING, NULL },
    { TIFFTAG_CLEANFAXDATA, MIM_META_CODING, NULL },     { TIFFTAG_CONSECUTIVEBADFAXLINES, MIM_META_CODING, NULL },
    { TIFFTAG_INKNAMES, MIM_META_CODING, NULL },         { TIFFTAG_NUMBEROFINKS, MIM_META_CODING, NULL },
    { TIFFTAG_DOTRANGE, MIM_META_CODING, NULL },         { TIFFTAG_SMINSAMPLEVALUE, MIM_META_CODING, NULL },
    { TIFFTAG_SMAXSAMPLEVALUE, MIM_META_CODING, NULL },  { 342 /* TransferRange */, MIM_META_CODING, NULL },
    { TIFFTAG_INDEXED, MIM_META_CODING, NULL },          { TIFFTAG_JPEGPROC, MIM_META_CODING, NULL },
    { TIFFTAG_JPEGRESTARTINTERVAL, MIM_META_CODING, NULL }, { TIFFTAG_JPEGLOSSLESSPREDICTORS, MIM_META_CODING, NULL },
    { TIFFTAG_JPEGPOINTTRANSFORM, MIM_META_CODING, NULL }, { TIFFTAG_STRIPROWCOUNTS, MIM_META_CODING, NULL },
    { TIFFTAG_MATTEING, MIM_META_CODING, NULL },         { TIFFTAG_DATATYPE, MIM_META_CODING, NULL },
    { TIFFTAG_IMAGEDEPTH, MIM_META_CODING, NULL },       { TIFFTAG_TILEDEPTH, MIM_META_CODING, NULL },
    { TIFFTAG_STONITS, MIM_META_CODING, NULL },          { TIFFTAG_LERC_PARAMETERS, MIM_META_CODING, NULL },
    { 33628 /* UIC1 */, MIM_META_CODING, NULL },         { 33629 /* UIC2 */, MIM_META_CODING, NULL },
    { 33630 /* UIC3 */, MIM_META_CODING, NULL },         { 33631 /* UIC4 */, MIM_META_CODING, NULL },
};

const struct tiff_known_tag *
tiff_known_tag(uint32_t tag)
{
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].tag == tag)
            return &known[i];
    return NULL;
}

bool
tiff_is_among(uint32_t tag, const uint16_t *tags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tags[i] == tag)
            return true;
    return false;
}

bool
tiff_is_imagej(const void *description, uint64_t size)
{
    return size >= 7 && memcmp(description, "ImageJ=", 7) == 0;
}
