/* SPDX-License-Identifier: MIT */
/* Parts of pictures equal libjpeg's decoding of the whole. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-ops.h>

#include "plain.h"
#include "read/parts.h"
#include "read/reader.h"

enum { WIDTH = 413, HEIGHT = 2501, ANY = 0 };

/* Read the picture in host->source. */
static int32_t
read_picture(struct mim_test_reading *reading, struct mim_test_host *host)
{
    mim_test_reading_begin(reading, host, &jpeg_reader_ops);
    int32_t status = mim_test_reading_open(reading);
    return status == MIM_OK ? mim_test_reading_frame(reading, 0) : status;
}

static void
check_pixels(const struct mim_test_reading *reading, const struct mim_test_bytes *file)
{
    const struct mim_raster *raster = &reading->raster;
    long warnings;
    uint8_t *whole = plain_decode(file->data, file->size, SIZE_MAX, &warnings);

    CHECK(whole && !memcmp(raster->data, whole, raster->stride * raster->height));
    free(whole);
}

/* The number of parts; 0: several. */
static void
check_layout(const struct plain_layout *layout, uint32_t parts)
{
    struct mim_test_host host = { .source = plain_encode(layout) };
    struct mim_test_reading reading;

    CHECK(read_picture(&reading, &host) == MIM_OK);
    CHECK(parts ? reading.info.parts == parts : reading.info.parts > 1);
    CHECK(reading.info.parts > 1 ? host.max_reserved > 0 && host.reserved == 0 : reading.info.work_size > 0);
    check_pixels(&reading, &host.source);
    mim_test_reading_end(&reading);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
parts_equal_the_whole_with_any_subsampling(void)
{
    for (int columns = 1; columns <= 4; columns++)
        for (int rows = 1; rows <= 4 && columns * rows <= 8; rows++) { /* a unit has at most 10 blocks */
            unsigned units = (unsigned)((WIDTH + 8 * columns - 1) / (8 * columns));
            check_layout(&(struct plain_layout){ WIDTH, HEIGHT, 3, columns, rows, units, false }, ANY);
        }
}

static void
gray_pictures_are_counted_in_blocks(void)
{
    for (int factor = 1; factor <= 3; factor++)
        check_layout(&(struct plain_layout){ WIDTH, HEIGHT, 1, factor, factor, (WIDTH + 7) / 8, false }, ANY);
}

static void
parts_equal_the_whole_with_any_interval(void)
{
    enum { UNITS = (WIDTH + 15) / 16 };
    static const struct {
        unsigned interval;
        uint32_t parts;
    } cases[] = { { 0, 1 },          { 1, ANY },         { 2, ANY },  { 13, ANY },           { 7, ANY }, { UNITS, ANY },
                  { 2 * UNITS, ANY }, { 3 * UNITS, ANY }, { 40, ANY }, { 17 * UNITS - 1, 1 }, { 65535, 1 } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_layout(&(struct plain_layout){ WIDTH, HEIGHT, 3, 2, 2, cases[i].interval, false }, cases[i].parts);
}

static void
small_and_progressive_pictures_are_one_part(void)
{
    check_layout(&(struct plain_layout){ 64, 64, 3, 2, 2, 4, false }, 1);
    check_layout(&(struct plain_layout){ WIDTH, HEIGHT, 3, 2, 2, 26, true }, 1);
}

static void
heights_at_the_edge_of_parts_are_exact(void)
{
    for (uint32_t height = 1100; height < 1100 + 34; height++)
        check_layout(&(struct plain_layout){ WIDTH, height, 3, 2, 2, 26, false }, ANY);
}

static void
parts_are_turned(void)
{
    const struct plain_layout layout = { WIDTH, HEIGHT, 1, 1, 1, 52, false };
    struct mim_test_host host = { .source = plain_encode(&layout) };
    struct mim_test_reading reading;
    long warnings;
    uint8_t *whole = plain_decode(host.source.data, host.source.size, SIZE_MAX, &warnings);

    mim_test_reading_begin(&reading, &host, &jpeg_reader_ops);
    CHECK(whole && mim_test_reading_open(&reading) == MIM_OK);
    ((struct jpeg_reader *)reading.serial.state)->header.orientation = 8;
    CHECK(mim_test_reading_frame(&reading, 0) == MIM_OK && reading.info.parts > 1);
    CHECK(reading.raster.width == HEIGHT && reading.raster.height == WIDTH);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            CHECK(reading.raster.data[(size_t)(WIDTH - 1 - x) * HEIGHT + y] == whole[(size_t)y * WIDTH + x]);
    free(whole);
    mim_test_reading_end(&reading);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

/* Offset of the number of a mark, counted from 0; a mark is 0xff and this. */
static uint64_t
find_mark(const struct mim_test_bytes *file, unsigned first, unsigned last, unsigned count)
{
    for (uint64_t at = 1; at < file->size; at++)
        if (file->data[at - 1] == 0xff && file->data[at] >= first && file->data[at] <= last && !count--)
            return at;
    CHECK(!"no such mark");
    return 0;
}

/* Changes of a file whose restarts then differ from its header. */
static void
lose_restart(struct mim_test_bytes *file)
{
    uint64_t at = find_mark(file, 0xd0, 0xd7, 50);
    memmove(file->data + at - 1, file->data + at + 1, file->size - at - 1);
    file->size -= 2;
}

static void
swap_restarts(struct mim_test_bytes *file)
{
    file->data[find_mark(file, 0xd0, 0xd7, 50)] ^= 1;
}

static void
change_interval(struct mim_test_bytes *file)
{
    file->data[find_mark(file, 0xdd, 0xdd, 0) + 4] ^= 1;
}

static void
cut_file(struct mim_test_bytes *file)
{
    file->size -= file->size / 4;
}

static void
files_that_lie_are_decoded_as_a_whole_and_refused(void)
{
    static void (*const changes[])(struct mim_test_bytes *) = { lose_restart, swap_restarts, change_interval, cut_file };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct plain_layout layout = { WIDTH, HEIGHT, 3, 2, 2, 26, false };
        struct mim_test_host host = { .source = plain_encode(&layout), .keeps_damaged = true };
        struct mim_test_reading reading;
        changes[i](&host.source);
        CHECK(read_picture(&reading, &host) == MIM_OK && reading.info.parts == 1);
        CHECK(host.message[0]); /* it is damaged, and kept as far as it goes */
        check_pixels(&reading, &host.source);
        mim_test_reading_end(&reading);
        free(host.source.data);
        CHECK(mim_test_host_clear(&host));
    }
}

/* All restarts are there, and some codes between two of them are not. */
static void
damage_in_a_part_is_reported(void)
{
    const struct plain_layout layout = { WIDTH, HEIGHT, 3, 1, 1, 52, false };
    struct mim_test_host host = { .source = plain_encode(&layout), .keeps_damaged = true };
    struct mim_test_reading reading;
    uint64_t at = find_mark(&host.source, 0xd0, 0xd7, 200) + 1, next = find_mark(&host.source, 0xd0, 0xd7, 201) - 1;

    memmove(host.source.data + at + 20, host.source.data + next, host.source.size - next);
    host.source.size -= next - at - 20;
    CHECK(read_picture(&reading, &host) == MIM_OK && reading.info.parts > 1);
    CHECK(strstr(host.message, "row 16"));
    check_pixels(&reading, &host.source);
    mim_test_reading_end(&reading);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
parts_fail_without_memory(void)
{
    const struct plain_layout layout = { WIDTH, HEIGHT, 3, 2, 2, 26, false };
    struct mim_test_host host = { .source = plain_encode(&layout) };
    int32_t status = MIM_NOMEM;

    for (uint64_t i = 1; status == MIM_NOMEM; i++) {
        struct mim_test_reading reading;
        atomic_store(&host.allocation.count, 0);
        host.allocation.fail_at = i;
        status = read_picture(&reading, &host);
        mim_test_reading_end(&reading);
        CHECK(status == MIM_NOMEM || status == MIM_OK);
        CHECK(host.allocated == 0 && host.reserved == 0);
        mim_test_host_forget(&host);
    }
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(parts_equal_the_whole_with_any_subsampling),
        CASE(gray_pictures_are_counted_in_blocks),
        CASE(parts_equal_the_whole_with_any_interval),
        CASE(small_and_progressive_pictures_are_one_part),
        CASE(heights_at_the_edge_of_parts_are_exact),
        CASE(parts_are_turned),
        CASE(files_that_lie_are_decoded_as_a_whole_and_refused),
        CASE(damage_in_a_part_is_reported),
        CASE(parts_fail_without_memory),
    };
    return cmocka_run_group_tests_name("jpeg parts", cases, NULL, NULL);
}
