/* SPDX-License-Identifier: MIT */
/* Reading pages through the operations. */
#include "session.h"

#define PLAIN(width, height, bits)                                                                              \
    { TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, width, NULL }, { TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, height, NULL },     \
    { TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, bits, NULL }, { TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, 1, NULL },      \
    { TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 0, NULL }

static const uint8_t pixels[64] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

/* Make a page of these fields, open it and read its frame. */
static int32_t
read_made(struct reading *reading, struct mim_test_bytes *file, const struct field *fields, unsigned count, uint64_t size)
{
    make_page(file, fields, count, pixels, size);
    reading_begin(reading, file->data, file->size);
    int32_t status = reading_open(reading);
    return status == MIM_OK ? reading_frame(reading, 0) : status;
}

#define READ_MADE(reading, file, fields, size) read_made(reading, file, fields, sizeof fields / sizeof *fields, size)

static void
end_made(struct reading *reading, struct mim_test_bytes *file)
{
    reading_end(reading);
    free(file->data);
    *file = (struct mim_test_bytes){ 0 };
}

static void
reads_uncompressed_pages_in_place(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = { PLAIN(4, 3, 8) };
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_OK);
    CHECK(reading.info.flags & MIM_FRAME_RAW);
    CHECK(reading.sequence.count == 1 && reading.sequence.sure == MIM_SURE_EXACT);
    assert_memory_equal(reading.raster.data, pixels, 12);
    end_made(&reading, &file);
}

/* The strip is decoded from bytes that the host lends, or from a copy. */
static void
decodes_lent_bytes_without_a_copy(void)
{
    static const uint8_t packed[] = { 3, 1, 2, 3, 4, 0xf9, 9 }; /* four bytes, then eight times 9 */
    static const uint8_t expected[12] = { 1, 2, 3, 4, 9, 9, 9, 9, 9, 9, 9, 9 };
    const struct field fields[] = { PLAIN(4, 3, 8),
                                    { TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_PACKBITS, NULL },
                                    { TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, sizeof packed, NULL } };
    struct mim_test_bytes file = { 0 };
    int64_t memory[2];

    make_page(&file, fields, sizeof fields / sizeof *fields, packed, sizeof packed);
    for (int lends = 0; lends < 2; lends++) {
        struct reading reading;
        reading_begin(&reading, file.data, file.size);
        reading.host.lends = lends;
        CHECK(reading_open(&reading) == MIM_OK && reading_frame(&reading, 0) == MIM_OK);
        assert_memory_equal(reading.raster.data, expected, sizeof expected);
        memory[lends] = atomic_load(&reading.host.max_allocated);
        reading_end(&reading);
    }
    CHECK(memory[1] < memory[0]);
    free(file.data);
}

static void
accepts_huge_but_not_zero_rows_per_strip(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    struct field fields[] = { PLAIN(4, 3, 8), { TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, UINT32_MAX, NULL } };
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_OK && reading.info.flags & MIM_FRAME_RAW);
    end_made(&reading, &file);

    fields[5].value = 0;
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_CORRUPT);
    end_made(&reading, &file);
}

static void
accepts_signed_numbers_unless_negative(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    struct field fields[] = { PLAIN(4, 3, 8), { TIFFTAG_ROWSPERSTRIP, TIFF_SLONG, 1, INT32_MAX, NULL } };
    fields[0].type = TIFF_SLONG;
    fields[1].type = TIFF_SSHORT;
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_OK && reading.info.width == 4 && reading.info.height == 3);
    end_made(&reading, &file);

    fields[1].value = (uint16_t)-3;
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_CORRUPT);
    end_made(&reading, &file);
}

static void
refuses_strips_that_are_too_short(void)
{
    static const uint32_t places[] = { 106, 114 }; /* after seven tags and these two numbers */
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    struct field fields[] = { PLAIN(4, 3, 8), { TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, 2, NULL },
                              { TIFFTAG_STRIPBYTECOUNTS, TIFF_SHORT, 2, 8 | 4 << 16, NULL } };
    fields[4] = (struct field){ TIFFTAG_STRIPOFFSETS, TIFF_LONG, 2, 0, places };
    CHECK(READ_MADE(&reading, &file, fields, 64) == MIM_OK && reading.info.flags & MIM_FRAME_RAW);
    assert_memory_equal(reading.raster.data, pixels, 12);
    end_made(&reading, &file);

    fields[6].value = 8 | 3 << 16;
    CHECK(READ_MADE(&reading, &file, fields, 64) == MIM_CORRUPT && !(reading.info.flags & MIM_FRAME_RAW));
    end_made(&reading, &file);
}

static void
names_the_tag_that_it_cannot_read(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    struct field fields[] = { PLAIN(4, 3, 8) };
    fields[2].type = TIFF_RATIONAL;
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_CORRUPT);
    CHECK(strstr(reading.host.message, "tag 258, of type 5 with 1 values"));
    end_made(&reading, &file);
}

static void
refuses_pages_without_pixels(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field wide[] = { PLAIN(0, 3, 8) }, high[] = { PLAIN(3, 0, 8) };
    CHECK(READ_MADE(&reading, &file, wide, 12) == MIM_CORRUPT);
    end_made(&reading, &file);
    CHECK(READ_MADE(&reading, &file, high, 12) == MIM_CORRUPT);
    end_made(&reading, &file);
}

static void
refuses_negative_palette_indices(void)
{
    static const uint16_t map[48];
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    struct field fields[] = { PLAIN(4, 3, 4), { TIFFTAG_COLORMAP, TIFF_SHORT, 48, 0, map },
                              { TIFFTAG_SAMPLEFORMAT, TIFF_SHORT, 1, SAMPLEFORMAT_INT, NULL } };
    fields[3].value = PHOTOMETRIC_PALETTE;
    CHECK(READ_MADE(&reading, &file, fields, 8) == MIM_UNSUPPORTED &&
          strstr(reading.host.message, "palettes of this kind"));
    end_made(&reading, &file);
    fields[6].value = SAMPLEFORMAT_UINT;
    CHECK(READ_MADE(&reading, &file, fields, 8) == MIM_OK);
    end_made(&reading, &file);
}

static void
decodes_turned_and_bit_reversed_pages(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field turned[] = { PLAIN(4, 3, 8), { TIFFTAG_ORIENTATION, TIFF_SHORT, 1, 6, NULL } };
    const struct field reversed[] = { PLAIN(4, 3, 8), { TIFFTAG_FILLORDER, TIFF_SHORT, 1, 2, NULL } };
    CHECK(READ_MADE(&reading, &file, turned, 12) == MIM_OK);
    CHECK(!(reading.info.flags & MIM_FRAME_RAW) && reading.info.width == 3 && reading.info.height == 4);
    CHECK(reading.raster.data[0] == 9 && reading.raster.data[2] == 1);
    end_made(&reading, &file);
    CHECK(READ_MADE(&reading, &file, reversed, 12) == MIM_OK);
    CHECK(!(reading.info.flags & MIM_FRAME_RAW) && reading.raster.data[0] == 0x80 && reading.raster.data[1] == 0x40);
    end_made(&reading, &file);
}

static void
allocates_nothing_for_a_claimed_size(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = { PLAIN(1u << 15, 1u << 15, 8),
                                    { TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_LZW, NULL },
                                    { TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, 1, NULL } };
    struct tiff_page page;
    struct mim_frame_info info = { .struct_size = sizeof info };
    make_page(&file, fields, sizeof fields / sizeof *fields, pixels, 12);
    reading_begin(&reading, file.data, file.size);
    CHECK(reading_open(&reading) == MIM_OK);
    CHECK(tiff_reader_ops.prepare(&reading.serial, 0, &page, &info) == MIM_OK);
    CHECK(info.width == 1u << 15 && info.height == 1u << 15);
    CHECK(reading.host.allocated <= 128 << 10 && reading.host.largest <= 64 << 10);
    end_made(&reading, &file);
}

static void
distinguishes_unsupported_pages_from_damage(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field complex[] = { PLAIN(4, 1, 32), { TIFFTAG_SAMPLEFORMAT, TIFF_SHORT, 1, 5, NULL } };
    const struct field unknown[] = { PLAIN(4, 1, 8), { TIFFTAG_COMPRESSION, TIFF_SHORT, 1, 12345, NULL },
                                     { TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 4, NULL } };
    CHECK(READ_MADE(&reading, &file, complex, 16) == MIM_UNSUPPORTED && strstr(reading.host.message, "complex"));
    end_made(&reading, &file);
    CHECK(READ_MADE(&reading, &file, unknown, 4) == MIM_UNSUPPORTED && strstr(reading.host.message, "12345"));
    CHECK(reading.info.width == 4); /* its shape is still reported */
    end_made(&reading, &file);
}

static void
chooses_the_depth_of_a_palette_by_its_entries(void)
{
    static uint16_t doubled[768], deep[768], old[768];
    for (unsigned i = 0; i < 768; i++) {
        doubled[i] = (uint16_t)(i % 256 * 257);
        deep[i] = (uint16_t)(i * 80 + 1);
        old[i] = (uint16_t)(i % 256);
    }
    const uint16_t *maps[] = { doubled, deep, old };
    for (unsigned i = 0; i < 3; i++) {
        struct reading reading;
        struct mim_test_bytes file = { 0 };
        struct field fields[] = { PLAIN(4, 1, 8), { TIFFTAG_COLORMAP, TIFF_SHORT, 768, 0, maps[i] } };
        fields[3].value = PHOTOMETRIC_PALETTE;
        CHECK(READ_MADE(&reading, &file, fields, 4) == MIM_OK && reading.info.channels == 3);
        CHECK(reading.info.sample == (i == 1 ? MIM_SAMPLE_U16 : MIM_SAMPLE_U8));
        if (i == 1)
            CHECK(((uint16_t *)reading.raster.data)[1] == (1 + 256) * 80 + 1);
        else
            CHECK(reading.raster.data[3] == 2 && reading.raster.data[5] == 2);
        end_made(&reading, &file);
    }
}

static const char imagej_words[] = "ImageJ=1.53\nimages=3\nslices=3\n";

static void
reads_an_imagej_stack_with_one_directory(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = { PLAIN(2, 2, 8),
                                    { TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, sizeof imagej_words, 0, imagej_words } };
    CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_OK && reading.sequence.count == 3);
    CHECK(reading_frame(&reading, 2) == MIM_OK && reading.raster.data[0] == 9);
    CHECK(reading_frame(&reading, 1) == MIM_OK && reading.raster.data[0] == 5);
    CHECK(reading_frame(&reading, 3) == MIM_END);
    CHECK(reading_metadata(&reading) == MIM_OK && mim_test_host_reported(&reading.host, "is_imagej=1\n"));
    end_made(&reading, &file);

    /* cut inside the last image: the others are readable */
    CHECK(READ_MADE(&reading, &file, fields, 11) == MIM_OK && reading.sequence.count == 3);
    CHECK(reading_frame(&reading, 2) == MIM_TRUNCATED && reading_frame(&reading, 1) == MIM_OK);
    end_made(&reading, &file);

    /* the description of a stack around a single image */
    CHECK(READ_MADE(&reading, &file, fields, 6) == MIM_OK && reading.sequence.count == 1);
    CHECK(reading_frame(&reading, 1) == MIM_END);
    end_made(&reading, &file);
}

static void
ignores_an_impossible_number_of_images(void)
{
    static const char *const words[] = { "ImageJ=1.53\nimages=18446744073709551614\n", "ImageJ=1.53\nimages=99999999999999999999\n" };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        struct reading reading;
        struct mim_test_bytes file = { 0 };
        const struct field fields[] = { PLAIN(2, 2, 8),
                                        { TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, (uint32_t)strlen(words[i]) + 1, 0, words[i] } };
        CHECK(READ_MADE(&reading, &file, fields, 12) == MIM_OK && reading.sequence.count == 1);
        end_made(&reading, &file);
    }
}

static void
reports_tags_as_metadata(void)
{
    static const uint32_t resolution[] = { 300, 1 };
    static const uint16_t private[] = { 7, 8, 9 };
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = {
        PLAIN(2, 2, 8),
        { TIFFTAG_DATETIME, TIFF_ASCII, 20, 0, "2024:05:06 07:08:09" },
        { TIFFTAG_ARTIST, TIFF_ASCII, 5, 0, "J\xfcrg" },
        { TIFFTAG_XRESOLUTION, TIFF_RATIONAL, 1, 0, resolution },
        { TIFFTAG_YRESOLUTION, TIFF_RATIONAL, 1, 0, resolution },
        { TIFFTAG_RESOLUTIONUNIT, TIFF_SHORT, 1, 3, NULL },
        { TIFFTAG_PAGENUMBER, TIFF_SHORT, 2, 4 | 9 << 16, NULL },
        { 40000, TIFF_SHORT, 3, 0, private },
    };
    CHECK(READ_MADE(&reading, &file, fields, 4) == MIM_OK && reading_metadata(&reading) == MIM_OK);
    CHECK(mim_test_host_reported(&reading.host, "datetime=2024-05-06T07:08:09\n"));
    CHECK(mim_test_host_reported(&reading.host, "artist=J\xc3\xbcrg\n")); /* Latin-1 */
    CHECK(mim_test_host_reported(&reading.host, "resolution=300,1,300,1\n") && mim_test_host_reported(&reading.host, "resolution_unit=cm\n"));
    CHECK(mim_test_host_reported(&reading.host, "page_number=4,9\n") && mim_test_host_reported(&reading.host, "tag:40000=7,8,9\n"));
    CHECK(mim_test_host_reported(&reading.host, "compression=none\n") && mim_test_host_reported(&reading.host, "byte_order=little\n"));
    end_made(&reading, &file);
}

static void
reads_text_that_is_not_utf8_as_latin_1(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = {
        PLAIN(2, 2, 8),
        { TIFFTAG_ARTIST, TIFF_ASCII, 11, 0, "\xb0\xb0\xb0\xb0\xb0\xb0\xb0\xb0\xb0\xb0" },
        { TIFFTAG_COPYRIGHT, TIFF_ASCII, 6, 0, "a\xe2\x82\xac." },
        { TIFFTAG_SOFTWARE, TIFF_ASCII, 5, 0, "\xc0\xaf.." },
    };
    CHECK(READ_MADE(&reading, &file, fields, 4) == MIM_OK && reading_metadata(&reading) == MIM_OK);
    CHECK(mim_test_host_reported(&reading.host, "artist=\xc2\xb0\xc2\xb0\xc2\xb0"));
    CHECK(mim_test_host_reported(&reading.host, "copyright=a\xe2\x82\xac.\n") && mim_test_host_reported(&reading.host, "software=\xc3\x80\xc2\xaf..\n"));
    end_made(&reading, &file);
}

static void
reports_no_resolution_over_0(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    static const uint32_t infinite[] = { 1, 0 }, whole[] = { 300, 1 };
    const struct field fields[] = {
        PLAIN(2, 2, 8),
        { TIFFTAG_XRESOLUTION, TIFF_RATIONAL, 1, 0, whole },
        { TIFFTAG_YRESOLUTION, TIFF_RATIONAL, 1, 0, infinite },
    };
    CHECK(READ_MADE(&reading, &file, fields, 4) == MIM_OK && reading_metadata(&reading) == MIM_OK);
    CHECK(!mim_test_host_reported(&reading.host, "resolution"));
    end_made(&reading, &file);
}

static void
drops_a_tag_beyond_the_end_without_allocating(void)
{
    struct reading reading;
    struct mim_test_bytes file = { 0 };
    const struct field fields[] = { PLAIN(2, 2, 8), { TIFFTAG_SOFTWARE, TIFF_ASCII, 1u << 30, 100, NULL } };
    CHECK(READ_MADE(&reading, &file, fields, 4) == MIM_OK);
    CHECK(reading_metadata(&reading) == MIM_OK && reading.host.largest <= 64 << 10);
    CHECK(reading.host.notices[MIM_NOTICE_DAMAGED] == 1);
    end_made(&reading, &file);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(reads_uncompressed_pages_in_place),
        CASE(decodes_lent_bytes_without_a_copy),
        CASE(accepts_huge_but_not_zero_rows_per_strip),
        CASE(accepts_signed_numbers_unless_negative),
        CASE(refuses_strips_that_are_too_short),
        CASE(names_the_tag_that_it_cannot_read),
        CASE(refuses_pages_without_pixels),
        CASE(refuses_negative_palette_indices),
        CASE(decodes_turned_and_bit_reversed_pages),
        CASE(allocates_nothing_for_a_claimed_size),
        CASE(distinguishes_unsupported_pages_from_damage),
        CASE(chooses_the_depth_of_a_palette_by_its_entries),
        CASE(reads_an_imagej_stack_with_one_directory),
        CASE(ignores_an_impossible_number_of_images),
        CASE(reports_tags_as_metadata),
        CASE(reads_text_that_is_not_utf8_as_latin_1),
        CASE(reports_no_resolution_over_0),
        CASE(drops_a_tag_beyond_the_end_without_allocating),
    };
    return cmocka_run_group_tests_name("tiff read", cases, NULL, NULL);
}
