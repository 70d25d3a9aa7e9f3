/* SPDX-License-Identifier: MIT */
/* Reading: canvas, background, key frames, timing, row order, metadata. */
#include "session.h"

#include "build.h"

static struct reading reading;

static void
reads_frames_in_order(void)
{
    CHECK(reading_open(&reading, build_three_frames()) == MIM_OK);
    CHECK(reading.sequence.canvas_width == 8 && reading.sequence.canvas_height == 6);
    CHECK(reading.sequence.loop == 5 && reading.sequence.time_den == 100 && reading.sequence.opaque == -1);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == 3 && reading.sequence.sure == MIM_SURE_EXACT && reading.sequence.opaque == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    SHOWS(2, 2, RED);
    CHECK(reading.info.flags & MIM_FRAME_KEY && reading.info.pts == 0 && reading.info.duration == 10);
    CHECK(reading_frame(&reading, 1) == MIM_OK);
    SHOWS(2, 2, GREEN);
    CHECK(!(reading.info.flags & MIM_FRAME_KEY) && reading.info.pts == 10 && reading.info.duration == 20);
    CHECK(reading_frame(&reading, 2) == MIM_OK);
    SHOWS(2, 2, RED);
    SHOWS(5, 3, BLUE);
    CHECK(reading.info.pts == 30 && reading.info.duration == 0);
    CHECK(reading_frame(&reading, 3) == MIM_END);
    CHECK(reading_frame(&reading, 3) == MIM_END);
    reading_close(&reading);
}

static void
prepares_frames_in_any_order(void)
{
    CHECK(reading_open(&reading, build_three_frames()) == MIM_OK);
    reading.next = 2; /* prepare needs no key frame */
    CHECK(reading_frame(&reading, 2) == MIM_OK);
    CHECK(reading.info.x == 5 && reading.info.pts == 30);
    reading.next = 1;
    CHECK(reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading.info.x == 2 && reading.info.pts == 10);
    CHECK(reading_scan(&reading) == MIM_OK);
    reading.next = 2;
    CHECK(reading_frame(&reading, 2) == MIM_OK);
    CHECK(reading.info.x == 5);
    reading_close(&reading);
}

static void
scans_repeatedly_with_the_same_result(void)
{
    CHECK(reading_open(&reading, build_three_frames()) == MIM_OK);
    for (int i = 0; i < 3; i++) {
        CHECK(reading_scan(&reading) == MIM_OK);
        CHECK(reading.sequence.count == 3);
    }
    reading_close(&reading);
}

static void
makes_the_canvas_transparent_for_any_transparent_index(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 4, 4, true);
    build_image(&file, 0, 0, 4, 4, 2, 16);
    build_control(&file, 2, 0, 3);
    build_image(&file, 0, 0, 2, 2, 2, 4);
    build_image(&file, 3, 3, 1, 1, 2, 1);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.opaque == 0);
    for (int i = 0; i < 3; i++)
        CHECK(reading_frame(&reading, i) == MIM_OK);
    SHOWS(0, 0, CLEAR);
    SHOWS(2, 2, GREEN);
    reading_close(&reading);
}

static void
clears_to_transparent_whatever_the_background_colour(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 4, 4, true);
    build_control(&file, 2, 0, -1);
    build_image(&file, 1, 1, 2, 2, 2, 4);
    build_image(&file, 3, 3, 1, 1, 2, 1);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.opaque == 0); /* the first frame does not cover the canvas */
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    SHOWS(0, 0, CLEAR);
    SHOWS(1, 1, CLEAR);
    reading_close(&reading);
}

/* Two frames of the whole canvas or less, and whether all pixels of both are opaque. */
static void
finds_out_whether_any_pixel_can_be_transparent(void)
{
    static const struct {
        int32_t disposal[2], transparent[2];
        uint32_t side[2];
        bool has_third, is_opaque;
    } cases[] = {
        { { 1, 1 }, { -1, 3 }, { 4, 2 }, false, true }, /* a transparent index over opaque pixels */
        { { 1, 1 }, { 3, -1 }, { 4, 4 }, false, false },
        { { 3, 1 }, { -1, -1 }, { 4, 4 }, false, false },
        { { 2, 1 }, { -1, -1 }, { 4, 4 }, false, true },
        { { 2, 1 }, { -1, 3 }, { 4, 4 }, false, false },
        { { 2, 1 }, { -1, -1 }, { 4, 3 }, false, false },
        { { 1, 2 }, { -1, -1 }, { 4, 2 }, false, true }, /* the last frame's disposal does not matter */
        { { 1, 2 }, { -1, -1 }, { 4, 2 }, true, false },
        { { 2, 3 }, { -1, -1 }, { 4, 4 }, false, true },
        { { 2, 3 }, { -1, -1 }, { 4, 4 }, true, false }, /* the cleared canvas returns */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mim_test_bytes file = { 0 };
        build_screen(&file, 4, 4, true);
        for (int k = 0; k < 2; k++) {
            uint32_t side = cases[i].side[k];
            build_control(&file, cases[i].disposal[k], 0, cases[i].transparent[k]);
            build_image(&file, 0, 0, side, side, 2, side * side);
        }
        if (cases[i].has_third)
            build_image(&file, 0, 0, 1, 1, 2, 1);
        build_trailer(&file);
        CHECK(reading_open(&reading, file) == MIM_OK && reading_scan(&reading) == MIM_OK);
        CHECK(reading.sequence.opaque == cases[i].is_opaque);
        reading_close(&reading);
    }
}

static void
enlarges_the_canvas_to_the_first_rectangle(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 4, 4, true);
    build_image(&file, 2, 3, 5, 6, 1, 30);
    build_image(&file, 100, 100, 5, 6, 1, 30);
    build_image(&file, 6, 8, 5, 6, 2, 30);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading.sequence.canvas_width == 7 && reading.sequence.canvas_height == 9);
    for (int i = 0; i < 3; i++)
        CHECK(reading_frame(&reading, i) == MIM_OK);
    SHOWS(6, 8, GREEN);
    SHOWS(5, 8, RED);
    reading_close(&reading);
}

static void
takes_zero_sizes_from_the_screen(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 4, 3, true);
    build_image(&file, 0, 0, 0, 0, 1, 12);
    build_image(&file, 1, 0, 2, 0, 2, 6);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading.info.width == 4 && reading.info.height == 3);
    CHECK(reading_frame(&reading, 1) == MIM_OK && reading.info.width == 2 && reading.info.height == 3);
    SHOWS(2, 2, GREEN);
    reading_close(&reading);

    file = (struct mim_test_bytes){ 0 };
    build_screen(&file, 0, 0, true);
    build_image(&file, 0, 0, 0, 1, 1, 1);
    CHECK(reading_open(&reading, file) == MIM_CORRUPT);
    reading_close(&reading);
}

/* A reader that starts at a key frame gets the same frame as one that read all frames before it. */
static void
marks_frames_independent_of_earlier_ones_as_key(void)
{
    static const struct {
        uint32_t disposal, width; /* of the previous frame */
        uint32_t own_disposal, own_width;
        int transparent;
        bool is_key;
    } rows[] = {
        { 1, 8, 1, 8, -1, true }, { 1, 8, 1, 7, -1, false }, { 1, 8, 1, 8, 0, false }, { 1, 8, 3, 8, -1, false },
        { 1, 8, 2, 8, -1, true }, { 2, 8, 1, 7, -1, true },  { 2, 8, 1, 8, 0, true },  { 2, 8, 3, 3, 0, true },
        { 2, 7, 1, 8, 0, false }, { 3, 8, 1, 7, -1, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mim_test_bytes file = { 0 };
        build_screen(&file, 8, 1, true);
        build_image(&file, 0, 0, 8, 1, 2, 8);
        build_control(&file, rows[i].disposal, 0, -1);
        build_image(&file, 0, 0, rows[i].width, 1, 1, 8);
        build_control(&file, rows[i].own_disposal, 0, rows[i].transparent);
        build_image(&file, 0, 0, rows[i].own_width, 1, 3, 8);
        build_trailer(&file);
        CHECK(reading_open(&reading, file) == MIM_OK);
        for (int k = 0; k < 3; k++)
            CHECK(reading_frame(&reading, k) == MIM_OK);
        CHECK(!!(reading.info.flags & MIM_FRAME_KEY) == rows[i].is_key);
        reading_close(&reading);
    }
}

static void
delivers_rows_of_interlaced_images_in_order(void)
{
    static const uint8_t order[] = { 0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9 };
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 1, 11, false);
    mim_test_bytes_append(&file, "\x2c\0\0\0\0\1\0\x0b\0\x40", 10);
    build_codes(&file, 4, order, sizeof order);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    for (uint32_t y = 0; y < 11; y++) /* without a table an index is a gray */
        SHOWS(0, y, y * 0x01010100 + 255);
    reading_close(&reading);
}

static void
returns_raw_frames_as_rectangles(void)
{
    struct mim_frame_info info = { .struct_size = sizeof info };
    uint8_t data[2 * 64];
    struct mim_raster raster = {
        .sample = MIM_SAMPLE_U8, .width = 2, .height = 2, .channels = 3, .stride = 64, .data = data
    };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    CHECK(packet);
    reading_begin(&reading, build_three_frames());
    *(int32_t *)((uint8_t *)reading.job.state + gif_reader_ops.options[0].offset) = 1;
    CHECK(gif_reader_ops.open(&reading.job, &reading.sequence) == MIM_OK && reading.sequence.canvas_width == 0);
    CHECK(gif_reader_ops.prepare(&reading.job, 1, packet, &info) == MIM_OK);
    CHECK(info.sample == MIM_SAMPLE_U8 && info.channels == 3 && info.width == 2 && info.height == 2);
    CHECK(gif_reader_ops.pixels(&reading.job, packet, &info, 0, &raster) == MIM_OK);
    CHECK(!memcmp(data, "\0\xff\0\0\xff\0", 6) && !memcmp(data + 64, "\0\xff\0\0\xff\0", 6));
    reading_close(&reading);
    free(packet);
}

/* 2 x 2 pixels of the third colour, as u8 indices. */
static void
returns_indices_with_their_palette(void)
{
    struct mim_frame_info info = { .struct_size = sizeof info };
    uint8_t data[2 * 64];
    struct mim_raster raster = {
        .sample = MIM_SAMPLE_U8, .width = 2, .height = 2, .channels = 1, .stride = 64, .data = data
    };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    CHECK(packet);
    reading_begin(&reading, build_three_frames());
    *(int32_t *)((uint8_t *)reading.job.state + gif_reader_ops.options[1].offset) = 1;
    CHECK(gif_reader_ops.open(&reading.job, &reading.sequence) == MIM_OK && reading.sequence.canvas_width == 0);
    CHECK(gif_reader_ops.prepare(&reading.job, 1, packet, &info) == MIM_OK);
    CHECK(info.sample == MIM_SAMPLE_U8 && info.channels == 1 && info.width == 2 && info.height == 2);
    CHECK(gif_reader_ops.pixels(&reading.job, packet, &info, 0, &raster) == MIM_OK);
    CHECK(data[0] == data[1] && data[64] == data[0] && data[65] == data[0]);
    CHECK(gif_reader_ops.metadata(&reading.job, packet, &info) == MIM_OK);
    const char *table = strstr((const char *)reading.host.report.data, "\npalette=");
    CHECK(table);
    CHECK(!strncmp(table + strlen("\npalette=") + 6 * data[0], "00ff00", 6));
    reading_close(&reading);
    free(packet);
}

static bool
is_report(const char *lines)
{
    return !strcmp((const char *)reading.host.report.data, lines);
}

static void
delivers_metadata_of_file_and_frame(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 2, 2, true);
    build_extension(&file, 0xfe, "made by hand", 12);
    build_loop(&file, 0);
    build_extension(&file, 0xfe, "second", 7); /* with a terminating zero */
    build_control(&file, 2, 7, 3);
    build_image(&file, 0, 0, 2, 2, 1, 4);
    build_extension(&file, 0xfe, "gr\xfc\xdf", 4); /* Latin-1 */
    build_extension(&file, 0x01, "text on the picture", 19);
    build_extension(&file, 0x77, "unknown", 7);
    build_image(&file, 1, 0, 1, 2, 1, 2);
    build_extension(&file, 0xfe, "the end", 7);
    build_trailer(&file);
    mim_test_bytes_append(&file, "rubbish", 7);

    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 2);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(is_report("version=GIF89a\nnetscape_loop=0\nbackground=255,0,0,255\npalette_size=4\n"
                    "comment=made by hand\nsecond\nthe end\n"));
    CHECK(reading_metadata(&reading, 0) == MIM_OK);
    CHECK(is_report("duration_cs=7\ndisposal=background\ntransparency=3\ninterlaced=0\n"
                    "rectangle=0,0,2,2\npalette_size=4\n"));
    CHECK(reading_metadata(&reading, 1) == MIM_OK);
    CHECK(is_report("duration_cs=0\ndisposal=unspecified\ninterlaced=0\nrectangle=1,0,1,2\n"
                    "palette_size=4\ncomment=gr\xc3\xbc\xc3\x9f\n"));
    reading_close(&reading);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(reads_frames_in_order),
        CASE(prepares_frames_in_any_order),
        CASE(scans_repeatedly_with_the_same_result),
        CASE(makes_the_canvas_transparent_for_any_transparent_index),
        CASE(clears_to_transparent_whatever_the_background_colour),
        CASE(finds_out_whether_any_pixel_can_be_transparent),
        CASE(enlarges_the_canvas_to_the_first_rectangle),
        CASE(takes_zero_sizes_from_the_screen),
        CASE(marks_frames_independent_of_earlier_ones_as_key),
        CASE(delivers_rows_of_interlaced_images_in_order),
        CASE(returns_raw_frames_as_rectangles),
        CASE(returns_indices_with_their_palette),
        CASE(delivers_metadata_of_file_and_frame),
    };
    return cmocka_run_group_tests_name("read", cases, NULL, NULL);
}
