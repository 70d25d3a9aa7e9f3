/* SPDX-License-Identifier: MIT */
/* Our LZW and PackBits against libtiff's, on the same strip: if our decoder succeeds, libtiff gets the same bytes. */
#include "fuzz_tiff.h"

#include "codec/lzw-decoder.h"
#include "codec/packbits.h"

/* A page of one strip: `coded`, or `pixels` encoded by libtiff. */
static void
make_file(struct memory *memory, uint16_t compression, uint32_t width, const uint8_t *coded, size_t coded_size,
          const uint8_t *pixels)
{
    TIFF *tiff = memory_open_tiff(memory, "wm");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, compression);
    if (pixels)
        TIFFWriteEncodedStrip(tiff, 0, (void *)(uintptr_t)pixels, (tmsize_t)width);
    else
        TIFFWriteRawStrip(tiff, 0, (void *)(uintptr_t)coded, (tmsize_t)coded_size);
    TIFFClose(tiff);
}

static int
read_by_libtiff(struct memory *memory, uint8_t *to, size_t size)
{
    TIFF *tiff = memory_open_tiff(memory, "rm");
    int is_read = tiff && TIFFReadEncodedStrip(tiff, 0, to, (tmsize_t)size) == (tmsize_t)size;
    if (tiff)
        TIFFClose(tiff);
    return is_read;
}

static bool
read_by_ours(uint16_t compression, const uint8_t *coded, size_t coded_size, uint8_t *to, size_t size)
{
    static struct tiff_lzw_decoder decoder;
    return compression == COMPRESSION_LZW ? tiff_lzw_decode(&decoder, coded, coded_size, to, size)
                                          : tiff_packbits_decode(coded, coded_size, to, size);
}

static void
compare(uint16_t compression, uint32_t width, const uint8_t *coded, size_t coded_size)
{
    struct memory memory = { 0 };
    uint8_t *ours = malloc(width), *theirs = malloc(width);
    make_file(&memory, compression, width, coded, coded_size, NULL);
    bool is_sure = read_by_ours(compression, coded, coded_size, ours, width);
    if (is_sure && (!read_by_libtiff(&memory, theirs, width) || memcmp(ours, theirs, width) != 0))
        abort();
    free(memory.data);
    free(ours);
    free(theirs);
}

/* Our decoder must accept what libtiff writes. Then compare them on the same strip with a byte changed. */
static void
compare_written(uint16_t compression, const uint8_t *pixels, uint32_t width, uint32_t where, uint8_t change)
{
    struct memory memory = { 0 };
    make_file(&memory, compression, width, NULL, 0, pixels);
    TIFF *tiff = memory_open_tiff(&memory, "rm");
    tmsize_t coded_size = TIFFRawStripSize(tiff, 0);
    uint8_t *coded = malloc((size_t)coded_size), *ours = malloc(width);
    if (TIFFReadRawStrip(tiff, 0, coded, coded_size) != coded_size)
        abort();
    TIFFClose(tiff);
    if (!read_by_ours(compression, coded, (size_t)coded_size, ours, width) || memcmp(ours, pixels, width) != 0)
        abort();
    coded[where % (size_t)coded_size] ^= change;
    compare(compression, width, coded, (size_t)coded_size);
    free(memory.data);
    free(coded);
    free(ours);
}

/* The first eight bytes choose the codec, the test, the number of pixels, and the byte to change. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 9)
        return 0;

    uint16_t compression = data[0] & 1 ? COMPRESSION_PACKBITS : COMPRESSION_LZW;
    uint32_t width = 1 + (data[1] | (uint32_t)data[2] << 8 | (data[3] & 3u) << 16);
    uint32_t where = data[4] | (uint32_t)data[5] << 8 | (uint32_t)data[6] << 16;
    if (data[0] & 2)
        compare_written(compression, data + 8, (uint32_t)(size - 8), where, data[7]);
    else
        compare(compression, width, data + 8, size - 8);
    return 0;
}
