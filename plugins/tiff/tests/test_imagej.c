/* SPDX-License-Identifier: MIT */
/* Writing stacks for ImageJ through the operations. */
#include "session.h"

enum { WIDTH = 6, HEIGHT = 5, SIZE = WIDTH * HEIGHT * 2 };

static struct mim_raster
frame_of(uint16_t data[WIDTH * HEIGHT], unsigned index)
{
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
        data[i] = (uint16_t)(index * 1000 + i);
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster), .sample = MIM_SAMPLE_U16, .width = WIDTH,
                                .height = HEIGHT, .channels = 1, .data = (uint8_t *)data, .stride = WIDTH * 2 };
}

static int32_t
set_text(struct writing *writing, const char *key, const char *text)
{
    return tiff_writer_ops.metadata(&writing->serial, key, MIM_META_TEXT, text, strlen(text));
}

static struct tiff_writer *
begin_stack(struct writing *writing, int32_t compression)
{
    writing_begin(writing);
    struct tiff_writer *self = writing->serial.state;
    self->imagej = TIFF_IMAGEJ_YES;
    self->compression = compression;
    return self;
}

static int32_t
write_stack(struct writing *writing, uint64_t known, unsigned count)
{
    uint16_t data[WIDTH * HEIGHT];
    struct mim_raster frame = frame_of(data, 0);
    int32_t status = writing_open(writing, known, &frame);
    for (unsigned i = 0; i < count && status == MIM_OK; i++) {
        frame = frame_of(data, i);
        status = writing_frame(writing, &frame);
    }
    return status == MIM_OK ? writing_finish(writing) : status;
}

/* The description in the first page of the file. */
static void
check_description(const struct writing *writing, const char *expected)
{
    struct reading reading;
    char line[300];
    snprintf(line, sizeof line, "description=%s", expected);
    reading_begin(&reading, writing->host.sink.data, writing->host.sink.size);
    CHECK(reading_open(&reading) == MIM_OK && reading_metadata(&reading) == MIM_OK);
    CHECK(strstr((char *)reading.host.report.data, line));
    reading_end(&reading);
}

static void
check_frames(const struct writing *writing, unsigned count)
{
    struct reading reading;
    reading_begin(&reading, writing->host.sink.data, writing->host.sink.size);
    CHECK(reading_open(&reading) == MIM_OK);
    CHECK(tiff_reader_ops.scan(&reading.serial, &reading.sequence) == MIM_OK && reading.sequence.count == count);
    for (unsigned i = 0; i < count; i++) {
        uint16_t data[WIDTH * HEIGHT];
        frame_of(data, i);
        CHECK(reading_frame(&reading, i) == MIM_OK);
        assert_memory_equal(reading.raster.data, data, SIZE);
    }
    reading_end(&reading);
}

static void
writes_adjacent_images(void)
{
    struct writing writing;
    const struct tiff_writer *self = begin_stack(&writing, 0);
    CHECK(write_stack(&writing, 3, 3) == MIM_OK && self->stack.image_size == SIZE);
    for (unsigned i = 0; i < 3; i++) {
        uint16_t data[WIDTH * HEIGHT];
        frame_of(data, i);
        assert_memory_equal(writing.host.sink.data + self->stack.data + i * SIZE, data, SIZE);
    }
    writing_end(&writing);
    check_description(&writing, "ImageJ=1.11a\nimages=3\nslices=3\nhyperstack=true\nmode=grayscale\nloop=false\n");
    check_frames(&writing, 3);
    mim_test_host_clear(&writing.host);
}

static void
counts_the_images_that_were_written(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct writing writing;
        begin_stack(&writing, 0);
        CHECK(write_stack(&writing, i ? 200 : MIM_UNKNOWN, 12) == MIM_OK);
        writing_end(&writing);
        check_description(&writing, "ImageJ=1.11a\nimages=12\nslices=12\n");
        check_frames(&writing, 12);
        mim_test_host_clear(&writing.host);
    }
}

static void
writes_all_images_and_one_directory_beyond_the_limit(void)
{
    for (uint64_t ceiling = 600; ceiling < 1300; ceiling += 50) {
        struct writing writing;
        begin_stack(&writing, 0)->ceiling = ceiling;
        CHECK(write_stack(&writing, 4, 4) == MIM_OK);
        writing_end(&writing);
        check_frames(&writing, 4);
        mim_test_host_clear(&writing.host);
    }
}

static void
writes_a_directory_for_each_compressed_page(void)
{
    for (int32_t compression = 1; compression < 4; compression++) {
        struct writing writing;
        begin_stack(&writing, compression);
        CHECK(write_stack(&writing, MIM_UNKNOWN, 4) == MIM_OK);
        writing_end(&writing);
        check_description(&writing, "ImageJ=1.11a\nslices=4\nhyperstack=true\n");
        check_frames(&writing, 4);
        mim_test_host_clear(&writing.host);
    }
}

static void
keeps_the_sources_axes_while_they_match(void)
{
    static const char source_text[] = "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\nhyperstack=true\nunit=um";
    static const struct {
        unsigned count;
        int32_t imagej;
        const char *expected;
    } stacks[] = {
        { 6, TIFF_IMAGEJ_YES, "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\nhyperstack=true\nunit=um\n" },
        { 5, TIFF_IMAGEJ_YES, "ImageJ=1.53t\nimages=5\nslices=5\nhyperstack=true\nmode=grayscale\nunit=um\n" },
        { 6, TIFF_IMAGEJ_FRAMES, "ImageJ=1.53t\nimages=6\nframes=6\nhyperstack=true\nmode=grayscale\nunit=um\n" },
        { 6, TIFF_IMAGEJ_NO, "ImageJ=1.53t\nunit=um\n" },
    };
    for (unsigned i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct writing writing;
        begin_stack(&writing, 0)->imagej = stacks[i].imagej;
        CHECK(set_text(&writing, "description", source_text) == MIM_OK);
        CHECK(write_stack(&writing, stacks[i].count, stacks[i].count) == MIM_OK);
        CHECK(writing.host.notices[MIM_NOTICE_METADATA] == (stacks[i].imagej == TIFF_IMAGEJ_NO));
        writing_end(&writing);
        check_description(&writing, stacks[i].expected);
        check_frames(&writing, stacks[i].count);
        mim_test_host_clear(&writing.host);
    }
}

static void
refuses_options_that_imagej_does_not_support(void)
{
    static const double tile[] = { 16 };
    for (unsigned i = 0; i < 6; i++) {
        struct writing writing;
        struct tiff_writer *self = begin_stack(&writing, i == 0 ? 4 : 0);
        self->big = i == 1 ? TIFF_BIG_YES : TIFF_BIG_AUTO;
        self->tile_option = (struct mim_list){ .values = tile, .count = i == 2 };
        self->rows_per_strip = i == 3 ? 2 : 0;
        self->predictor = i == 4 ? TIFF_PREDICTOR_HORIZONTAL : i == 5 ? TIFF_PREDICTOR_FLOAT : TIFF_PREDICTOR_AUTO;
        CHECK(write_stack(&writing, 2, 2) == MIM_OPTION && strstr(writing.host.message, "imagej=yes: "));
        CHECK(writing.host.sink.size == 0);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
refuses_frames_that_no_stack_holds(void)
{
    static const struct mim_frame_info frames[] = {
        { .sample = MIM_SAMPLE_F64, .width = 4, .height = 4, .channels = 1 },
        { .sample = MIM_SAMPLE_U16, .width = 4, .height = 4, .channels = 3 },
        { .sample = MIM_SAMPLE_U8, .width = 4, .height = 4, .channels = 5 },
        { .sample = MIM_SAMPLE_F32, .width = 40000, .height = 40000, .channels = 1 },
        { .sample = MIM_SAMPLE_U16, .width = WIDTH, .height = HEIGHT + 1, .channels = 1 }, /* a second */
        { .sample = MIM_SAMPLE_F32, .width = WIDTH, .height = HEIGHT, .channels = 1 },
    };
    static const char *const words[] = { "RGB of u8", "6 x 6 u16, the first 6 x 5 u16", "6 x 5 f32, the first 6 x 5 u16" };
    for (unsigned i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct writing writing;
        struct tiff_layout layout;
        uint16_t data[WIDTH * HEIGHT];
        struct mim_raster frame = frame_of(data, 0);
        struct mim_frame_info info = frames[i];
        begin_stack(&writing, 0);
        CHECK(writing_open(&writing, 2, &frame) == MIM_OK);
        if (i >= 4)
            CHECK(writing_frame(&writing, &frame) == MIM_OK);
        CHECK(tiff_writer_ops.accepts(&writing.serial, i >= 4, &layout, &info) == MIM_ARGUMENT);
        CHECK(strstr(writing.host.message, "imagej=yes: "));
        CHECK((i != 1 && i < 4) || strstr(writing.host.message, words[i == 1 ? 0 : i - 3]));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
reports_lost_metadata_of_later_pages_unless_an_option_replaces_them(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct writing writing;
        uint16_t data[WIDTH * HEIGHT];
        struct mim_raster frame = frame_of(data, 0);
        begin_stack(&writing, 0)->software = i == 0 ? "ours" : NULL;
        CHECK(writing_open(&writing, 2, &frame) == MIM_OK);
        CHECK(set_text(&writing, "software", "theirs") == MIM_OK && writing_frame(&writing, &frame) == MIM_OK);
        CHECK(set_text(&writing, "software", "another's") == MIM_OK && writing_frame(&writing, &frame) == MIM_OK);
        CHECK(writing_finish(&writing) == MIM_OK && writing.host.notices[MIM_NOTICE_METADATA] == i);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
reports_a_failed_allocation_without_leaks(void)
{
    for (uint64_t n = 1;; n++) {
        struct writing writing;
        begin_stack(&writing, 0);
        writing.host.allocation.fail_at = n;
        int32_t status = set_text(&writing, "description", "a text for Image > Show Info");
        if (status == MIM_OK)
            status = write_stack(&writing, 3, 3);
        bool is_through = writing.host.allocation.count < n;
        CHECK(status == (is_through ? MIM_OK : MIM_NOMEM));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
        if (is_through)
            break;
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(writes_adjacent_images),
        CASE(counts_the_images_that_were_written),
        CASE(writes_all_images_and_one_directory_beyond_the_limit),
        CASE(writes_a_directory_for_each_compressed_page),
        CASE(keeps_the_sources_axes_while_they_match),
        CASE(refuses_options_that_imagej_does_not_support),
        CASE(refuses_frames_that_no_stack_holds),
        CASE(reports_lost_metadata_of_later_pages_unless_an_option_replaces_them),
        CASE(reports_a_failed_allocation_without_leaks),
    };
    return cmocka_run_group_tests_name("tiff imagej", cases, NULL, NULL);
}
