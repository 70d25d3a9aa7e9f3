/* SPDX-License-Identifier: MIT */
/* Damaged and hostile files, failing allocations, failing sources. */
#include "session.h"

#include "build.h"

static struct reading reading;

/* A cut between two frames is only noticed by the missing trailer. */
static void
reads_all_whole_frames_of_a_truncated_file(void)
{
    struct mim_test_bytes whole = build_three_frames();
    uint32_t max = 0;
    int between_frames = 0;

    for (size_t size = 0; size < whole.size; size++) {
        struct mim_test_bytes cut = { 0 };
        mim_test_bytes_append(&cut, whole.data, size);
        int32_t status = reading_open(&reading, cut);
        uint32_t count = 0;
        if (status == MIM_OK) {
            while ((status = reading_frame(&reading, count)) == MIM_OK)
                count++;
            bool is_noticed = status == MIM_END;
            between_frames += is_noticed;
            CHECK(reading.host.notices[MIM_NOTICE_FRAMES] == is_noticed);
            CHECK(is_noticed || status == MIM_TRUNCATED);
            mim_test_host_forget(&reading.host);
            CHECK(reading_scan(&reading) == (is_noticed ? MIM_OK : MIM_TRUNCATED) && reading.sequence.count == count);
        } else {
            CHECK(status == MIM_TRUNCATED);
        }
        CHECK(count == max || count == max + 1);
        max = count;
        reading_close(&reading);
    }
    CHECK(max == 3 && between_frames == 3); /* all but the trailer */
    free(whole.data);
}

static void
check_third_frame(struct mim_test_bytes file, int32_t status, const char *text)
{
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading_frame(&reading, 2) == status);
    CHECK(strstr(reading.host.message, text));
    CHECK(reading_frame(&reading, 1) != status || reading.next != 2); /* earlier frames stay readable */
    reading_close(&reading);
}

static struct mim_test_bytes
two_frames(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 10, 100, true);
    build_image(&file, 0, 0, 10, 100, 1, 1000);
    build_image(&file, 0, 0, 10, 100, 2, 1000);
    return file;
}

static void
reports_what_is_damaged(void)
{
    struct mim_test_bytes short_data = two_frames(), garbage = two_frames(), bad_code = two_frames();
    struct mim_test_bytes wide = two_frames();

    build_image(&short_data, 0, 0, 10, 100, 2, 365);
    build_trailer(&short_data);
    check_third_frame(short_data, MIM_TRUNCATED, "the data of frame 2 ends in row 37 of 100");

    mim_test_bytes_append(&garbage, "\x7f", 1);
    check_third_frame(garbage, MIM_CORRUPT, "frame 2");

    /* clear, then an undefined code */
    mim_test_bytes_append(&bad_code, "\x2c\0\0\0\0\x0a\0\x64\0\0\2\2\x3c\xff\0;", 16);
    check_third_frame(bad_code, MIM_CORRUPT, "undefined code in row 1 of 100");

    /* indices of 13 bits */
    mim_test_bytes_append(&wide, "\x2c\0\0\0\0\x0a\0\x64\0\0\x0d\2\x3c\xff\0;", 16);
    check_third_frame(wide, MIM_CORRUPT, "invalid LZW code size");
}

/* Damaged pixels do not affect the next frame. */
static void
continues_after_a_damaged_frame(void)
{
    struct mim_test_bytes file = two_frames();

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
refuses_a_file_without_images(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 3, 3, true);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_CORRUPT);
    CHECK(strstr(reading.host.message, "no image"));
    reading_close(&reading);
}

static void
skips_zeros_between_blocks(void)
{
    struct mim_test_bytes file = { 0 };

    build_screen(&file, 2, 2, true);
    mim_test_bytes_append(&file, "\0\0", 2);
    build_extension(&file, 0xfe, "comment", 7);
    build_image(&file, 0, 0, 2, 2, 1, 4);
    mim_test_bytes_append(&file, "\0", 1);
    build_image(&file, 0, 0, 2, 2, 2, 4);
    mim_test_bytes_append(&file, "\0\0\0", 3);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 2);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    SHOWS(1, 1, GREEN);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(mim_test_host_reported(&reading.host, "comment=comment\n"));
    reading_close(&reading);
}

static void
opens_huge_dimensions_in_little_memory(void)
{
    struct mim_test_bytes file = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    build_screen(&file, 65535, 65535, true);
    build_image(&file, 0, 0, 65535, 65535, 1, 1);
    build_trailer(&file);
    CHECK(packet && file.size < 50);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(gif_reader_ops.prepare(&reading.job, 0, packet, &info) == MIM_OK);
    CHECK(info.width == 65535 && info.height == 65535);
    CHECK(reading.host.max_allocated < 100 * 1024);
    free(packet);
    reading_close(&reading);
}

static void
bounds_the_index_of_many_frames(void)
{
    enum { FRAMES = 300000 };
    struct mim_test_bytes file = { 0 };
    struct mim_test_bytes image = { 0 };
    struct mim_frame_info info = { .struct_size = sizeof info };
    void *packet = calloc(1, gif_reader_ops.packet_size);

    build_screen(&file, 1, 1, true);
    build_control(&image, 1, 2, -1);
    build_image(&image, 0, 0, 1, 1, 1, 1);
    for (uint32_t i = 0; i < FRAMES; i++)
        mim_test_bytes_append(&file, image.data, image.size);
    build_trailer(&file);
    free(image.data);
    CHECK(packet);
    CHECK(reading_open(&reading, file) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == FRAMES);
    CHECK(reading.host.max_allocated < 3 << 20);
    for (uint64_t i = FRAMES - 1; i > 1000; i -= 997) {
        memset(packet, 0, gif_reader_ops.packet_size);
        CHECK(gif_reader_ops.prepare(&reading.job, i, packet, &info) == MIM_OK);
        CHECK(info.pts == (int64_t)i * 2);
    }
    free(packet);
    reading_close(&reading);
}

/* Open, scan and read all frames. Returns the first status that is not MIM_OK. */
static int32_t
read_all(struct mim_test_bytes file, uint64_t fail_allocation, uint64_t fail_read)
{
    struct mim_test_bytes copy = { 0 };
    uint32_t i = 0;

    mim_test_bytes_append(&copy, file.data, file.size);
    reading_begin(&reading, copy);
    reading.host.allocation = (struct mim_test_call){ .fail_at = fail_allocation, .fails_on = true };
    reading.host.read = (struct mim_test_call){ .fail_at = fail_read, .fails_on = true };
    int32_t status = gif_reader_ops.open(&reading.job, &reading.sequence);
    if (status == MIM_OK)
        status = reading_scan(&reading);
    while (status == MIM_OK)
        status = reading_frame(&reading, i++);
    CHECK(status != MIM_END || i == 4);
    reading_close(&reading);
    return status;
}

static void
reports_failed_allocations_and_reads(void)
{
    struct mim_test_bytes file = build_three_frames();
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

static void
cancels_within_a_huge_frame(void)
{
    enum { SIDE = 3000 };
    struct mim_test_bytes file = { 0 };

    build_screen(&file, SIDE, SIDE, true);
    build_image(&file, 0, 0, SIDE, SIDE, 1, SIDE * SIDE);
    build_trailer(&file);
    CHECK(reading_open(&reading, file) == MIM_OK);
    reading.host.poll.fail_at = reading.host.poll.count + 4;
    reading.host.poll.fails_on = true;
    CHECK(reading_frame(&reading, 0) == MIM_CANCELLED);
    CHECK(reading.host.poll.count == reading.host.poll.fail_at);
    reading.host.poll.fail_at = 0;
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    reading_close(&reading);
}

/* Accepts any error, but no crash or leak. */
static void
survives_flipped_bits(void)
{
    struct mim_test_bytes file = build_three_frames();

    for (size_t bit = 0; bit < file.size * 8; bit++) {
        if (bit / 8 >= 6 && bit / 8 < 10)
            continue; /* dimensions: the test would have to allocate the canvas */
        file.data[bit / 8] ^= 1 << bit % 8;
        struct mim_test_bytes copy = { 0 };
        mim_test_bytes_append(&copy, file.data, file.size);
        int32_t status = reading_open(&reading, copy);
        for (uint32_t i = 0;
             status == MIM_OK && (uint64_t)reading.sequence.canvas_width * reading.sequence.canvas_height < 1 << 20;
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
        CASE(reads_all_whole_frames_of_a_truncated_file),
        CASE(reports_what_is_damaged),
        CASE(continues_after_a_damaged_frame),
        CASE(refuses_a_file_without_images),
        CASE(skips_zeros_between_blocks),
        CASE(opens_huge_dimensions_in_little_memory),
        CASE(bounds_the_index_of_many_frames),
        CASE(reports_failed_allocations_and_reads),
        CASE(cancels_within_a_huge_frame),
        CASE(survives_flipped_bits),
    };
    return cmocka_run_group_tests_name("damage", cases, NULL, NULL);
}
