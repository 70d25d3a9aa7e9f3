/* SPDX-License-Identifier: MIT */
/* Writes pages through the operations, checks their bytes, and reads them back. */
#include "session.h"

#include "layout.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <zlib.h>

static uint8_t noise[1 << 20];

static struct mim_raster
frame_of(int32_t sample, uint32_t width, uint32_t height, uint32_t channels)
{
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 27);
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster),
                                .sample = sample,
                                .width = width,
                                .height = height,
                                .channels = channels,
                                .data = noise,
                                .stride =
                                    ((uint64_t)width * channels * (sample == MIM_SAMPLE_U16 ? 2 : 1) + 63) / 64 * 64 };
}

static void
write_document(struct writing *writing, const struct mim_raster *frame)
{
    writing_begin(writing);
    CHECK(writing_open(writing) == MIM_OK && writing_frame(writing, frame) == MIM_OK &&
          writing_finish(writing) == MIM_OK);
}

static const char *
sink_text(const struct writing *writing)
{
    return (const char *)writing->host.sink.data;
}

static void *
find_in_sink(const struct writing *writing, const char *words)
{
    return memmem(writing->host.sink.data, writing->host.sink.size, words, strlen(words));
}

static void
table_has_the_offsets_of_objects(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 20, 10, 4);
    writing_begin(&writing);
    CHECK(writing_open(&writing) == MIM_OK);
    for (unsigned i = 0; i < 300; i++)
        CHECK(writing_frame(&writing, &frame) == MIM_OK);
    CHECK(writing_finish(&writing) == MIM_OK);
    const char *last = find_in_sink(&writing, "startxref\n");
    uint64_t start = strtoull(last + 10, NULL, 10), count = 0;
    CHECK(sscanf(sink_text(&writing) + start, "xref\n0 %" SCNu64 "\n", &count) == 1 && count == 1 + 3 + 300 * 4 + 3);
    const char *line = strchr(sink_text(&writing) + start + 7, '\n') + 1 + 20;
    for (uint64_t i = 1; i < count; i++, line += 20) {
        char expected[32];
        int size = snprintf(expected, sizeof expected, "%" PRIu64 " 0 obj\n", i);
        CHECK(memcmp(sink_text(&writing) + strtoull(line, NULL, 10), expected, (size_t)size) == 0);
    }
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

/* Decompresses and unfilters a stream. */
static void
check_stream(const struct writing *writing, const char *from, const uint8_t *expected, uint64_t row, uint64_t rows,
             unsigned step)
{
    const uint8_t *start = (const uint8_t *)strstr(from, "stream\n") + 7,
                  *end = writing->host.sink.data + writing->host.sink.size;
    const char *predictor = strstr(from, "/Predictor 15"), *filter = strstr(from, "/Filter");
    uint64_t line = row + (predictor && predictor < filter);
    uLongf size = line * rows;
    uint8_t *bytes = malloc(size), *zeros = calloc(1, row);
    CHECK(uncompress(bytes, &size, start, (uLong)(end - start)) == Z_OK && size == line * rows);
    for (uint64_t y = 0; y < rows; y++) {
        uint8_t *at = bytes + y * line + (line - row);
        const uint8_t *above = y ? expected + (y - 1) * row : zeros;
        int kind = line > row ? at[-1] : 0;
        for (uint64_t i = 0; i < row; i++) {
            unsigned left = i < step ? 0 : at[i - step];
            at[i] = (uint8_t)(at[i] + (kind == 1   ? left
                                       : kind == 2 ? above[i]
                                       : kind == 3 ? (left + above[i]) / 2
                                                   : 0));
        }
        CHECK(memcmp(at, expected + y * row, row) == 0);
    }
    free(bytes);
    free(zeros);
}

/* PDF stores the most significant byte of a sample first. */
static uint8_t *
put_sample(uint8_t *to, const struct mim_raster *frame, uint32_t x, uint32_t y)
{
    const uint8_t *row = frame->data + y * frame->stride;
    if (frame->sample == MIM_SAMPLE_U8) {
        *to = row[x];
        return to + 1;
    }
    uint16_t value;
    memcpy(&value, row + x * sizeof value, sizeof value);
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
    return to + 2;
}

/* The mask follows the image that it belongs to. */
static const char *
second_image(const struct writing *writing)
{
    const char *first = (const char *)find_in_sink(writing, "/Subtype/Image") + 1;
    return memmem(first, writing->host.sink.size - (size_t)(first - sink_text(writing)), "/Subtype/Image", 14);
}

static void
samples_are_stored_losslessly(void)
{
    static const struct {
        int32_t sample;
        uint32_t width, height, channels;
    } shapes[] = {
        { MIM_SAMPLE_U8, 33, 20, 1 },  { MIM_SAMPLE_U8, 33, 20, 2 },  { MIM_SAMPLE_U8, 1, 1, 3 },
        { MIM_SAMPLE_U8, 100, 40, 4 }, { MIM_SAMPLE_U16, 17, 9, 1 },  { MIM_SAMPLE_U16, 17, 9, 4 },
        { MIM_SAMPLE_U8, 5, 900, 3 },  { MIM_SAMPLE_U16, 90, 70, 3 },
    };
    for (unsigned s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct writing writing;
        struct mim_raster frame = frame_of(shapes[s].sample, shapes[s].width, shapes[s].height, shapes[s].channels);
        uint32_t depth = frame.sample == MIM_SAMPLE_U16 ? 2 : 1, colours = frame.channels < 3 ? 1 : 3;
        uint64_t pixels = (uint64_t)frame.width * frame.height;
        uint8_t *colour = malloc(pixels * colours * depth), *alpha = malloc(pixels * depth), *to = colour,
                *mask = alpha;
        for (uint32_t y = 0; y < frame.height; y++)
            for (uint32_t x = 0; x < frame.width * frame.channels; x++) {
                uint8_t **plane = x % frame.channels < colours ? &to : &mask;
                *plane = put_sample(*plane, &frame, x, y);
            }
        write_document(&writing, &frame);
        check_stream(&writing, find_in_sink(&writing, "/Subtype/Image"), colour,
                     (uint64_t)frame.width * colours * depth, frame.height, colours * depth);
        if (frame.channels % 2 == 0)
            check_stream(&writing, second_image(&writing), alpha, (uint64_t)frame.width * depth, frame.height, depth);
        free(colour);
        free(alpha);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
parts_of_a_large_plane_join(void)
{
    struct writing writing;
    uint32_t width = 3000, height = 3001;
    uint8_t *data = malloc((size_t)width * height);
    for (size_t i = 0; i < (size_t)width * height; i++)
        data[i] = (uint8_t)(i * i >> 9);
    struct mim_raster frame = { .struct_size = sizeof frame,
                                .sample = MIM_SAMPLE_U8,
                                .width = width,
                                .height = height,
                                .channels = 1,
                                .stride = width,
                                .data = data };
    write_document(&writing, &frame);
    CHECK(writing.info.parts > 2);
    check_stream(&writing, find_in_sink(&writing, "/Subtype/Image"), data, width, height, 1);
    free(data);
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
written_pages_read_back_equal(void)
{
    for (unsigned dpi = 61; dpi < 700; dpi += 89) {
        struct writing writing;
        struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 20 + dpi % 37, 30 + dpi % 11, 3);
        writing_begin(&writing);
        writing.state.dpi = dpi;
        CHECK(writing_open(&writing) == MIM_OK && writing_frame(&writing, &frame) == MIM_OK &&
              writing_finish(&writing) == MIM_OK);
        struct reading reading;
        reading_begin(&reading, &writing.host.sink);
        reading.state.choices.dpi = dpi;
        CHECK(reading_open(&reading) == MIM_OK && reading_page(&reading, 0) == MIM_OK);
        CHECK(reading.raster.width == frame.width && reading.raster.height == frame.height);
        for (uint32_t y = 0; y < frame.height; y++)
            CHECK(memcmp(reading.raster.data + y * reading.raster.stride, frame.data + y * frame.stride,
                         3 * frame.width) == 0);
        reading_end(&reading);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
numbers_do_not_depend_on_the_locale(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 7, 3, 1);
    static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "C" };
    for (unsigned i = 0; i < 3 && !setlocale(LC_ALL, locales[i]); i++) {
    }
    write_document(&writing, &frame);
    CHECK(find_in_sink(&writing, "/MediaBox[0 0 3.35998 1.43998]"));
    CHECK(find_in_sink(&writing, "q 3.36 0 0 1.44 0 -0.00002 cm"));
    setlocale(LC_ALL, "C");
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
texts_and_times_are_stored(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 7, 3, 1);
    const struct {
        const char *key;
        int32_t type;
        const char *value;
        int32_t status;
    } reported[] = {
        { "title", MIM_META_TEXT, "T\xc3\xa4(\xf0\x9f\x98\x80", MIM_OK },
        { "artist", MIM_META_TEXT, "one", MIM_OK },
        { "author", MIM_META_TEXT, "two", MIM_OK },
        { "artist", MIM_META_TEXT, "three", MIM_UNSUPPORTED },
        { "datetime", MIM_META_TIME, "2024-05-06T07:08:09+02:30", MIM_OK },
        { "modified", MIM_META_TIME, "2024-05-06T07:08:09Z", MIM_OK },
        { "weather", MIM_META_TEXT, "fine", MIM_UNSUPPORTED },
    };
    writing_begin(&writing);
    for (unsigned i = 0; i < sizeof reported / sizeof *reported; i++)
        CHECK(pdf_writer_ops.metadata(&writing.serial, reported[i].key, reported[i].type, reported[i].value,
                                      strlen(reported[i].value)) == reported[i].status);
    writing.state.subject = "about";
    CHECK(writing_open(&writing) == MIM_OK);
    CHECK(pdf_writer_ops.metadata(&writing.serial, "author", MIM_META_TEXT, "two", 3) == MIM_OK);
    CHECK(pdf_writer_ops.metadata(&writing.serial, "author", MIM_META_TEXT, "four", 4) == MIM_UNSUPPORTED);
    CHECK(writing_frame(&writing, &frame) == MIM_OK && writing_finish(&writing) == MIM_OK);
    CHECK(find_in_sink(&writing, "/Title<FEFF005400E40028D83DDE00>") &&
          find_in_sink(&writing, "/Author<FEFF00740077006F>"));
    CHECK(find_in_sink(&writing, "/Subject<FEFF00610062006F00750074>"));
    CHECK(find_in_sink(&writing, "/CreationDate(D:20240506070809+02'30')") &&
          find_in_sink(&writing, "/ModDate(D:20240506070809Z)"));
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

/* The zone becomes part of a string object, so other bytes must not get into it. */
static void
invalid_zone_is_left_out(void)
{
    static const char *const times[] = { "2024-05-06T07:08:09+)>:>>", "2024-05-06T07:08:09-1a:00",
                                         "2024-05-06T07:08:09+02:00(" };
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 7, 3, 1);
    for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
        writing_begin(&writing);
        CHECK(pdf_writer_ops.metadata(&writing.serial, "datetime", MIM_META_TEXT, times[i], strlen(times[i])) ==
              MIM_OK);
        CHECK(writing_open(&writing) == MIM_OK && writing_frame(&writing, &frame) == MIM_OK &&
              writing_finish(&writing) == MIM_OK);
        CHECK(find_in_sink(&writing, "/CreationDate(D:20240506070809)\n"));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
title_that_is_not_utf8_is_refused(void)
{
    struct writing writing;
    writing_begin(&writing);
    writing.state.title = "\xff";
    CHECK(writing_open(&writing) == MIM_OPTION && strstr(writing.host.message, "title"));
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
row_too_long_for_zlib_is_refused(void)
{
    struct writing writing;
    struct pdf_layout layout = { 0 };
    struct mim_frame_info info = {
        .struct_size = sizeof info, .sample = MIM_SAMPLE_U8, .width = 1 << 30, .height = 1, .channels = 3
    };
    writing_begin(&writing);
    CHECK(writing_open(&writing) == MIM_OK && pdf_writer_ops.accepts(&writing.serial, 0, &layout, &info) == MIM_OK);
    info.width = 3u << 29;
    CHECK(pdf_writer_ops.accepts(&writing.serial, 1, &layout, &info) == MIM_ARGUMENT);
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
resolution_sets_the_page_size(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 300, 600, 1);
    double centimetre[2] = { 118.11023622047244, 118.11023622047244 };
    writing_begin(&writing);
    CHECK(writing_open(&writing) == MIM_OK);
    CHECK(pdf_writer_ops.metadata(&writing.serial, "resolution", MIM_META_REALS, centimetre, sizeof centimetre) ==
          MIM_OK);
    CHECK(pdf_writer_ops.metadata(&writing.serial, "resolution_unit", MIM_META_TEXT, "cm", 2) == MIM_OK);
    CHECK(writing_frame(&writing, &frame) == MIM_OK && find_in_sink(&writing, "/MediaBox[0 0 71.99998 143.99998]"));
    CHECK(writing_frame(&writing, &frame) == MIM_OK && find_in_sink(&writing, "/MediaBox[0 0 143.99998 287.99998]"));
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
pictures_are_scaled_to_the_page_size(void)
{
    static const struct {
        const char *size;
        uint32_t width, height;
        const char *expected;
    } papers[] = {
        { "a4", 100, 50, "/MediaBox[0 0 841.8897638 595.2755906]" },
        { "Letter", 50, 100, "/MediaBox[0 0 612 792]" },
        { "300x200.5", 50, 100, "/MediaBox[0 0 300 200.5]" },
        { "300x200.5", 50, 100, "q 100.25 0 0 200.5 99.875 0 cm" },
    };
    static const char *const wrong[] = { "a",        "",    "300",     "300x",        "x300",
                                         "300x200x", "1x1", "300,200", "20000x20000", "1e3x1e3" };
    struct writing writing;
    for (unsigned i = 0; i < sizeof papers / sizeof *papers; i++) {
        struct mim_raster frame = frame_of(MIM_SAMPLE_U8, papers[i].width, papers[i].height, 1);
        writing_begin(&writing);
        writing.state.page_size = papers[i].size;
        CHECK(writing_open(&writing) == MIM_OK && writing_frame(&writing, &frame) == MIM_OK);
        CHECK(find_in_sink(&writing, papers[i].expected));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        writing_begin(&writing);
        writing.state.page_size = wrong[i];
        CHECK(writing_open(&writing) == MIM_OPTION && strstr(writing.host.message, "pagesize"));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
    writing_begin(&writing);
    writing.state.page_size = "a4";
    writing.state.dpi = 100;
    CHECK(writing_open(&writing) == MIM_ARGUMENT);
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
jpeg_stores_alpha_as_a_mask(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 64, 40, 4);
    writing_begin(&writing);
    writing.state.quality = 80;
    CHECK(writing_open(&writing) == MIM_OK && writing_frame(&writing, &frame) == MIM_OK &&
          writing_finish(&writing) == MIM_OK);
    CHECK(find_in_sink(&writing, "/DeviceRGB") && find_in_sink(&writing, "/DCTDecode") &&
          find_in_sink(&writing, "/SMask") && find_in_sink(&writing, "/FlateDecode"));
    CHECK(writing.host.max_reserved >= 64 * 48 * 3);
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
failed_allocation_is_reported(void)
{
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 64, 40, 4);
    for (int quality = 0; quality <= 80; quality += 80) {
        int32_t status = MIM_NOMEM;
        for (uint64_t fail = 1; status != MIM_OK; fail++) {
            struct writing writing;
            writing_begin(&writing);
            writing.host.allocation.fail_at = fail;
            writing.state.quality = quality;
            writing.state.title = "a";
            status = writing_open(&writing);
            if (status == MIM_OK)
                status = writing_frame(&writing, &frame);
            if (status == MIM_OK)
                status = writing_finish(&writing);
            CHECK(status == MIM_OK || status == MIM_NOMEM);
            CHECK(fail < 30);
            writing_end(&writing);
            mim_test_host_clear(&writing.host);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(table_has_the_offsets_of_objects),
        CASE(samples_are_stored_losslessly),
        CASE(parts_of_a_large_plane_join),
        CASE(written_pages_read_back_equal),
        CASE(numbers_do_not_depend_on_the_locale),
        CASE(texts_and_times_are_stored),
        CASE(invalid_zone_is_left_out),
        CASE(title_that_is_not_utf8_is_refused),
        CASE(row_too_long_for_zlib_is_refused),
        CASE(resolution_sets_the_page_size),
        CASE(pictures_are_scaled_to_the_page_size),
        CASE(jpeg_stores_alpha_as_a_mask),
        CASE(failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("pdf write", cases, NULL, NULL);
}
