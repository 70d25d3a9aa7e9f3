/* SPDX-License-Identifier: MIT */
/* The walk over the blocks: canvas, background, keys, timing, metadata, damage, hostile sizes. */
#include "session.h"

#include "build.h"

static struct reading reading;

/* Three frames of 8x6: whole and red; a green square that goes away; a blue one on what was there. */
static struct bytes
three_frames(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 8, 6, true);
    build_loop(&file, 4);
    build_control(&file, 1, 10, -1);
    build_image(&file, 0, 0, 8, 6, 1, 48);
    build_control(&file, 3, 20, -1);
    build_image(&file, 2, 2, 2, 2, 2, 4);
    build_control(&file, 1, 0, -1);
    build_image(&file, 5, 1, 1, 3, 3, 3);
    build_trailer(&file);
    return file;
}

static uint32_t
shown(uint32_t x, uint32_t y)
{
    const uint8_t *at = reading.canvas + (y * reading.sequence.canvas_width + x) * 4;

    return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

enum { BLACK = 0x000000ff, RED = (int)0xff0000ff, GREEN = 0x00ff00ff, BLUE = 0x0000ffff, CLEAR = 0 };

#define SHOWS(x, y, colour) CHECK(shown(x, y) == (uint32_t)(colour))

static void
reads_frames_in_order(void)
{
    CHECK(reading_open(&reading, three_frames()) == MIM_OK);
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
prepares_any_frame_at_once(void)
{
    CHECK(reading_open(&reading, three_frames()) == MIM_OK);
    reading.next = 2; /* no key is needed to ask */
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
says_the_same_however_often_it_is_scanned(void)
{
    CHECK(reading_open(&reading, three_frames()) == MIM_OK);
    for (int i = 0; i < 3; i++) {
        CHECK(reading_scan(&reading) == MIM_OK);
        CHECK(reading.sequence.count == 3);
    }
    reading_close(&reading);
}

static void
any_transparent_index_makes_the_canvas_transparent(void)
{
    struct bytes file = { 0 };

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
without_one_the_background_s_colour_shows(void)
{
    for (int has_table = 0; has_table < 2; has_table++) {
        struct bytes file = { 0 };
        build_screen(&file, 4, 4, has_table);
        build_control(&file, 2, 0, -1);
        build_image(&file, 1, 1, 2, 2, 2, 4);
        build_image(&file, 3, 3, 1, 1, 2, 1);
        build_trailer(&file);
        CHECK(reading_open(&reading, file) == MIM_OK);
        CHECK(reading_scan(&reading) == MIM_OK);
        CHECK(reading.sequence.opaque == 0); /* the first frame does not cover the canvas */
        CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
        SHOWS(0, 0, has_table ? RED : BLACK);
        SHOWS(1, 1, has_table ? RED : BLACK);
        reading_close(&reading);
    }
}

static void
the_first_rectangle_enlarges_the_canvas(void)
{
    struct bytes file = { 0 };

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
a_size_of_zero_is_the_screen_s(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 4, 3, true);
    build_image(&file, 0, 0, 0, 0, 1, 12);
    build_image(&file, 1, 0, 2, 0, 2, 6);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading.info.width == 4 && reading.info.height == 3);
    CHECK(reading_frame(&reading, 1) == MIM_OK && reading.info.width == 2 && reading.info.height == 3);
    SHOWS(2, 2, GREEN);
    reading_close(&reading);

    file = (struct bytes){ 0 };
    build_screen(&file, 0, 0, true);
    build_image(&file, 0, 0, 0, 1, 1, 1);
    CHECK(reading_open(&reading, file) == MIM_CORRUPT);
    reading_close(&reading);
}

/* Whoever starts at a key frame must see what one sees who has read all before. */
static void
key_frames_need_nothing_below(void)
{
    static const struct {
        uint32_t disposal, width; /* of the frame before */
        uint32_t own_disposal, own_width;
        int transparent;
        bool is_key;
    } rows[] = {
        { 1, 8, 1, 8, -1, true },  { 1, 8, 1, 7, -1, false }, { 1, 8, 1, 8, 0, false }, { 1, 8, 3, 8, -1, false },
        { 1, 8, 2, 8, -1, true },  { 2, 8, 1, 7, -1, true },  { 2, 8, 1, 8, 0, true },  { 2, 8, 3, 3, 0, true },
        { 2, 7, 1, 8, 0, false },  { 3, 8, 1, 7, -1, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes file = { 0 };
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
    struct bytes file = { 0 };

    build_screen(&file, 1, 11, false);
    bytes_add(&file, "\x2c\0\0\0\0\1\0\x0b\0\x40", 10);
    build_codes(&file, 4, order, sizeof order);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    for (uint32_t y = 0; y < 11; y++) /* without any table an index is a gray */
        SHOWS(0, y, y * 0x01010100 + 255);
    reading_close(&reading);
}

static void
raw_frames_are_rectangles_of_colours(void)
{
    struct bytes file = three_frames();
    struct mim_sequence sequence = { .struct_size = sizeof sequence };
    struct mim_frame_info info = { .struct_size = sizeof info };
    struct host host = { 0 };
    uint8_t data[2 * 64];
    struct mim_raster raster = { .sample = MIM_SAMPLE_U8, .width = 2, .height = 2, .channels = 3, .stride = 64, .data = data };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    CHECK(packet);
    host_open(&host, gif_reader_ops.state_size, gif_reader_ops.worker_size);
    host.source = file;
    *(int32_t *)((uint8_t *)host.job.state + gif_reader_ops.options[0].offset) = 1;
    CHECK(gif_reader_ops.open(&host.job, &sequence) == MIM_OK && sequence.canvas_width == 0);
    CHECK(gif_reader_ops.prepare(&host.job, 1, packet, &info) == MIM_OK);
    CHECK(info.sample == MIM_SAMPLE_U8 && info.channels == 3 && info.width == 2 && info.height == 2);
    CHECK(gif_reader_ops.pixels(&host.job, packet, &info, 0, &raster) == MIM_OK);
    CHECK(!memcmp(data, "\0\xff\0\0\xff\0", 6) && !memcmp(data + 64, "\0\xff\0\0\xff\0", 6));
    gif_reader_ops.release(&host.job, packet);
    gif_reader_ops.close(&host.job);
    host_close(&host);
    free(packet);
}

static void
metadata_of_file_and_frame(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 2, 2, true);
    build_extension(&file, 0xfe, "made by hand", 12);
    build_loop(&file, 0);
    build_extension(&file, 0xfe, "second", 7); /* with its zero */
    build_control(&file, 2, 7, 3);
    build_image(&file, 0, 0, 2, 2, 1, 4);
    build_extension(&file, 0xfe, "gr\xfc\xdf", 4); /* Latin-1 */
    build_extension(&file, 0x01, "text on the picture", 19);
    build_extension(&file, 0x77, "unknown", 7);
    build_image(&file, 1, 0, 1, 2, 1, 2);
    build_extension(&file, 0xfe, "the end", 7);
    build_trailer(&file);
    bytes_add(&file, "rubbish", 7);

    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 2);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(!strcmp(reading.host.meta, "version=GIF89a\nnetscape_loop=0\nbackground=255,0,0,255\npalette_size=4\n"
                                     "comment=made by hand\nsecond\nthe end\n"));
    CHECK(reading_metadata(&reading, 0) == MIM_OK);
    CHECK(!strcmp(reading.host.meta, "duration_cs=7\ndisposal=background\ntransparency=3\ninterlaced=0\n"
                                     "rectangle=0,0,2,2\npalette_size=4\n"));
    CHECK(reading_metadata(&reading, 1) == MIM_OK);
    CHECK(!strcmp(reading.host.meta, "duration_cs=0\ndisposal=unspecified\ninterlaced=0\nrectangle=1,0,1,2\n"
                                     "palette_size=4\ncomment=gr\xc3\xbc\xc3\x9f\n"));
    reading_close(&reading);
}

static void
reads_as_many_frames_as_a_cut_file_has(void)
{
    struct bytes whole = three_frames();
    uint32_t most = 0;

    for (size_t size = 0; size < whole.size; size++) {
        struct bytes cut = { 0 };
        bytes_add(&cut, whole.data, size);
        int32_t status = reading_open(&reading, cut);
        uint32_t count = 0;
        if (status == MIM_OK) {
            while ((status = reading_frame(&reading, count)) == MIM_OK)
                count++;
            CHECK(status == MIM_TRUNCATED);
            host_forget(&reading.host);
            CHECK(reading_scan(&reading) == MIM_TRUNCATED && reading.sequence.count == count);
        }
        CHECK(status == MIM_TRUNCATED);
        CHECK(count == most || count == most + 1);
        most = count;
        reading_close(&reading);
    }
    CHECK(most == 3); /* all but the trailer */
    free(whole.data);
}

static void
check_third_frame(struct bytes file, int32_t status, const char *text)
{
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading_frame(&reading, 2) == status);
    CHECK(strstr(reading.host.message, text));
    CHECK(reading_frame(&reading, 1) != status || reading.next != 2); /* the ones before are still there */
    reading_close(&reading);
}

static struct bytes
two_frames(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 10, 100, true);
    build_image(&file, 0, 0, 10, 100, 1, 1000);
    build_image(&file, 0, 0, 10, 100, 2, 1000);
    return file;
}

static void
says_what_is_damaged(void)
{
    struct bytes short_data = two_frames(), garbage = two_frames(), bad_code = two_frames(), wide = two_frames();

    build_image(&short_data, 0, 0, 10, 100, 2, 365);
    build_trailer(&short_data);
    check_third_frame(short_data, MIM_TRUNCATED, "the data of frame 2 end in row 37 of 100");

    bytes_add(&garbage, "\x7f", 1);
    check_third_frame(garbage, MIM_CORRUPT, "frame 2");

    bytes_add(&bad_code, "\x2c\0\0\0\0\x0a\0\x64\0\0\2\2\x3c\xff\0;", 16); /* clear, then a code never given out */
    check_third_frame(bad_code, MIM_CORRUPT, "stands for nothing in row 1 of 100");

    bytes_add(&wide, "\x2c\0\0\0\0\x0a\0\x64\0\0\x0c\2\x3c\xff\0;", 16); /* indices of 12 bits */
    check_third_frame(wide, MIM_CORRUPT, "codes of a size");
}

/* A frame's damaged pixels are its own matter: the next one reads. */
static void
goes_on_after_a_damaged_frame(void)
{
    struct bytes file = two_frames();

    build_image(&file, 0, 0, 10, 100, 2, 5);
    build_image(&file, 0, 0, 10, 100, 3, 1000);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 4);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading_frame(&reading, 2) == MIM_TRUNCATED);
    CHECK(reading_frame(&reading, 3) == MIM_OK);
    SHOWS(9, 99, BLUE);
    reading_close(&reading);
}

static void
a_file_without_images_is_no_sequence(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 3, 3, true);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_CORRUPT);
    CHECK(strstr(reading.host.message, "no image"));
    reading_close(&reading);
}

static void
steps_over_zeros_between_blocks(void)
{
    struct bytes file = { 0 };

    build_screen(&file, 2, 2, true);
    bytes_add(&file, "\0\0", 2);
    build_extension(&file, 0xfe, "comment", 7);
    build_image(&file, 0, 0, 2, 2, 1, 4);
    bytes_add(&file, "\0", 1);
    build_image(&file, 0, 0, 2, 2, 2, 4);
    bytes_add(&file, "\0\0\0", 3);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 2);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    SHOWS(1, 1, GREEN);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK && strstr(reading.host.meta, "comment=comment\n"));
    reading_close(&reading);
}

static void
a_huge_claim_costs_nothing_to_look_at(void)
{
    struct bytes file = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    build_screen(&file, 65535, 65535, true);
    build_image(&file, 0, 0, 65535, 65535, 1, 1);
    build_trailer(&file);
    CHECK(packet && file.size < 50);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(gif_reader_ops.prepare(&reading.host.job, 0, packet, &info) == MIM_OK);
    CHECK(info.width == 65535 && info.height == 65535);
    CHECK(reading.host.most_allocated < 100 * 1024);
    gif_reader_ops.release(&reading.host.job, packet);
    free(packet);
    reading_close(&reading);
}

static void
the_index_of_many_frames_stays_small(void)
{
    enum { FRAMES = 300000 };
    struct bytes file = { 0 };
    struct bytes image = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    build_screen(&file, 1, 1, true);
    build_control(&image, 1, 2, -1);
    build_image(&image, 0, 0, 1, 1, 1, 1);
    for (uint32_t i = 0; i < FRAMES; i++)
        bytes_add(&file, image.data, image.size);
    build_trailer(&file);
    free(image.data);
    CHECK(packet);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == FRAMES);
    CHECK(reading.host.most_allocated < 3 << 20);
    for (uint64_t i = FRAMES - 1; i > 1000; i -= 997) {
        memset(packet, 0, gif_reader_ops.packet_size);
        CHECK(gif_reader_ops.prepare(&reading.host.job, i, packet, &info) == MIM_OK);
        CHECK(info.pts == (int64_t)i * 2);
        gif_reader_ops.release(&reading.host.job, packet);
    }
    free(packet);
    reading_close(&reading);
}

/* Open, scan, read all; the first status that is not OK. */
static int32_t
read_all(struct bytes file, uint64_t fail_allocation, uint64_t fail_read)
{
    struct bytes copy = { 0 };
    uint32_t i = 0;

    bytes_add(&copy, file.data, file.size);
    struct mim_sequence sequence = { .struct_size = sizeof sequence };
    reading = (struct reading){ .sequence = sequence };
    host_open(&reading.host, gif_reader_ops.state_size, gif_reader_ops.worker_size);
    reading.host.source = copy;
    reading.host.fail_allocation = fail_allocation;
    reading.host.fail_read = fail_read;
    int32_t status = gif_reader_ops.open(&reading.host.job, &reading.sequence);
    if (status == MIM_OK)
        status = reading_scan(&reading);
    while (status == MIM_OK)
        status = reading_frame(&reading, i++);
    CHECK(status != MIM_END || i == 4);
    reading_close(&reading);
    return status;
}

static void
every_refused_allocation_is_nomem_and_every_failed_read_io(void)
{
    struct bytes file = three_frames();
    uint64_t n = 1;

    while (read_all(file, n, 0) == MIM_NOMEM)
        n++;
    CHECK(n > 3 && read_all(file, n, 0) == MIM_END);
    n = 1;
    while (read_all(file, 0, n) == MIM_IO)
        n++;
    CHECK(n > 1 && read_all(file, 0, n) == MIM_END);
    free(file.data);
}

/* Any status is welcome, a crash or a leak is not. */
static void
survives_flipped_bits(void)
{
    struct bytes file = three_frames();

    for (size_t bit = 0; bit < file.size * 8; bit++) {
        if (bit / 8 >= 6 && bit / 8 < 10)
            continue; /* a canvas that this test would have to allocate */
        file.data[bit / 8] ^= 1 << bit % 8;
        struct bytes copy = { 0 };
        bytes_add(&copy, file.data, file.size);
        int32_t status = reading_open(&reading, copy);
        for (uint32_t i = 0; status == MIM_OK && (uint64_t)reading.sequence.canvas_width * reading.sequence.canvas_height < 1 << 20;
             i++) {
            status = reading_frame(&reading, i);
            if (status == MIM_OK || status == MIM_END)
                continue;
            CHECK(status == MIM_CORRUPT || status == MIM_TRUNCATED);
        }
        reading_close(&reading);
        file.data[bit / 8] ^= 1 << bit % 8;
    }
    free(file.data);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(reads_frames_in_order),
        CASE(prepares_any_frame_at_once),
        CASE(says_the_same_however_often_it_is_scanned),
        CASE(any_transparent_index_makes_the_canvas_transparent),
        CASE(without_one_the_background_s_colour_shows),
        CASE(the_first_rectangle_enlarges_the_canvas),
        CASE(a_size_of_zero_is_the_screen_s),
        CASE(key_frames_need_nothing_below),
        CASE(delivers_rows_of_interlaced_images_in_order),
        CASE(raw_frames_are_rectangles_of_colours),
        CASE(metadata_of_file_and_frame),
        CASE(reads_as_many_frames_as_a_cut_file_has),
        CASE(says_what_is_damaged),
        CASE(goes_on_after_a_damaged_frame),
        CASE(a_file_without_images_is_no_sequence),
        CASE(steps_over_zeros_between_blocks),
        CASE(a_huge_claim_costs_nothing_to_look_at),
        CASE(the_index_of_many_frames_stays_small),
        CASE(every_refused_allocation_is_nomem_and_every_failed_read_io),
        CASE(survives_flipped_bits),
    };
    return cmocka_run_group_tests_name("read", cases, NULL, NULL);
}
