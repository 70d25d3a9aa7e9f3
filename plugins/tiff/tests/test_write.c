/* SPDX-License-Identifier: MIT */
/* Writing pages through the operations, and reading them back. */
#include "session.h"

static uint8_t noise[1 << 16];

static void
make_noise(void)
{
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 27); /* five bits, to be compressible */
}

static struct mim_raster
frame_of(int32_t sample, uint32_t width, uint32_t height, uint32_t channels, unsigned skip)
{
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster), .sample = sample, .width = width,
                                .height = height, .channels = channels, .data = noise + skip * 8,
                                .stride = ((uint64_t)width * channels * tiff_sample_bits(sample) / 8 + 63) / 64 * 64 };
}

static const struct {
    int32_t sample;
    uint32_t width, height, channels;
} shapes[] = {
    { MIM_SAMPLE_U8, 33, 20, 1 },  { MIM_SAMPLE_U8, 33, 20, 1 },  { MIM_SAMPLE_U16, 17, 9, 3 }, { MIM_SAMPLE_F32, 8, 8, 1 },
    { MIM_SAMPLE_U8, 1, 1, 4 },    { MIM_SAMPLE_I64, 5, 40, 2 },  { MIM_SAMPLE_F64, 16, 16, 5 }, { MIM_SAMPLE_I8, 64, 3, 1 },
    { MIM_SAMPLE_U32, 20, 20, 1 }, { MIM_SAMPLE_U64, 3, 3, 3 },   { MIM_SAMPLE_U8, 33, 20, 1 },
    { MIM_SAMPLE_U1, 80, 30, 1 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static int32_t
write_shapes(struct writing *writing)
{
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < SHAPES && status == MIM_OK; i++) {
        struct mim_raster frame = frame_of(shapes[i].sample, shapes[i].width, shapes[i].height, shapes[i].channels, i);
        if (i == 0)
            status = writing_open(writing, MIM_UNKNOWN, &frame);
        if (status == MIM_OK)
            status = writing_frame(writing, &frame);
    }
    return status == MIM_OK ? writing_finish(writing) : status;
}

static void
check_shapes(const struct writing *writing)
{
    struct reading reading;
    reading_begin(&reading, writing->host.sink.data, writing->host.sink.size);
    CHECK(reading_open(&reading) == MIM_OK);
    CHECK(tiff_reader_ops.scan(&reading.serial, &reading.sequence) == MIM_OK && reading.sequence.count == SHAPES);
    for (unsigned i = SHAPES; i-- > 0;) { /* backwards, to test random access */
        struct mim_raster frame = frame_of(shapes[i].sample, shapes[i].width, shapes[i].height, shapes[i].channels, i);
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(reading.info.sample == frame.sample && reading.info.channels == frame.channels);
        CHECK(reading.info.width == frame.width && reading.info.height == frame.height);
        for (uint32_t y = 0; y < frame.height; y++)
            assert_memory_equal(reading.raster.data + y * reading.raster.stride, frame.data + y * frame.stride,
                                reading.raster.stride);
    }
    reading_end(&reading);
}

static void
round_trips_all_shapes_with_every_lossless_codec(void)
{
    static const int32_t lossless[] = { 0, 1, 2, 3, 5, 6 };
    for (unsigned i = 0; i < sizeof lossless / sizeof *lossless; i++)
        for (int is_tiled = 0; is_tiled < 2; is_tiled++)
            for (int big = TIFF_BIG_YES; big <= TIFF_BIG_NO; big++) {
                struct writing writing;
                writing_begin(&writing);
                struct tiff_writer *self = writing.serial.state;
                self->compression = lossless[i];
                self->big = big;
                self->tile_option = (struct mim_list){ .values = (const double[]){ 16, 32 }, .count = is_tiled ? 2 : 0 };
                self->rows_per_strip = is_tiled ? 0 : 7;
                if (!TIFFIsCODECConfigured(tiff_codec_at(lossless[i])->scheme)) {
                    writing_end(&writing);
                    continue;
                }
                CHECK(write_shapes(&writing) == MIM_OK);
                writing_end(&writing);
                check_shapes(&writing);
                mim_test_host_clear(&writing.host);
            }
}

/* The limit of 4 GB, lowered: each page in turn is the first that does not fit. */
static void
a_classic_file_that_outgrows_its_offsets_becomes_a_big_one(void)
{
    unsigned big = 0, classic = 0;
    for (uint64_t ceiling = 100; ceiling < 60000; ceiling += ceiling / 3) {
        struct writing writing;
        writing_begin(&writing);
        ((struct tiff_writer *)writing.serial.state)->ceiling = ceiling;
        CHECK(write_shapes(&writing) == MIM_OK);
        writing_end(&writing);
        check_shapes(&writing);
        CHECK(writing.host.sink.data[2] == 43 || writing.host.sink.size <= ceiling);
        big += writing.host.sink.data[2] == 43;
        classic += writing.host.sink.data[2] == 42;
        mim_test_host_clear(&writing.host);
    }
    CHECK(big > 5 && classic > 1);
}

static void
writes_the_same_bytes_whatever_a_worker_did_before(void)
{
    struct writing fresh, used;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 40, 40, 3, 0), other = frame_of(MIM_SAMPLE_U16, 10, 10, 1, 9);
    writing_begin(&fresh);
    writing_begin(&used);
    ((struct tiff_writer *)fresh.serial.state)->compression = ((struct tiff_writer *)used.serial.state)->compression = 1;
    CHECK(writing_open(&fresh, 1, &frame) == MIM_OK && writing_frame(&fresh, &frame) == MIM_OK);
    CHECK(writing_open(&used, 9, &other) == MIM_OK && writing_frame(&used, &other) == MIM_OK);
    CHECK(writing_frame(&used, &frame) == MIM_OK && writing_frame(&used, &frame) == MIM_OK);
    CHECK(fresh.host.coded.size == used.host.coded.size);
    assert_memory_equal(fresh.host.coded.data, used.host.coded.data, used.host.coded.size);
    writing_end(&fresh);
    writing_end(&used);
    mim_test_host_clear(&fresh.host);
    mim_test_host_clear(&used.host);
}

static void
starts_a_big_file_only_if_it_is_known_to_exceed_4_gb(void)
{
    static const struct {
        uint64_t count;
        uint32_t side;
        double tile; /* 0: strips */
        uint8_t version;
    } files[] = {
        { 10, 100, 0, 42 }, { MIM_UNKNOWN, 100, 0, 42 }, { 38, 10000, 0, 42 }, { 40, 10000, 0, 43 },
        { 1, 70000, 0, 43 }, { 5000, 100, 0, 42 },       { 5000, 100, 112, 42 }, { 5000, 100, 1024, 43 },
    };
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        struct writing writing;
        struct mim_raster first = frame_of(MIM_SAMPLE_U8, files[i].side, files[i].side, 1, 0);
        writing_begin(&writing);
        struct tiff_writer *self = writing.serial.state;
        self->tile_option = (struct mim_list){ .count = files[i].tile != 0, .values = &files[i].tile };
        CHECK(writing_open(&writing, files[i].count, &first) == MIM_OK);
        const struct tiff_order order = { .is_big_endian = writing.host.sink.data[0] == 'M' };
        CHECK(tiff_number(order, writing.host.sink.data + 2, 2) == files[i].version);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static int32_t
set_text(struct writing *writing, const char *key, const char *text)
{
    return tiff_writer_ops.metadata(&writing->serial, key, MIM_META_TEXT, text, strlen(text));
}

/* The metadata of page `index`. */
static struct mim_test_bytes
metadata_of(const struct writing *writing, uint64_t index)
{
    struct reading reading;
    struct tiff_page page;
    struct mim_frame_info info = { .struct_size = sizeof info };
    reading_begin(&reading, writing->host.sink.data, writing->host.sink.size);
    CHECK(reading_open(&reading) == MIM_OK);
    CHECK(tiff_reader_ops.prepare(&reading.serial, index, &page, &info) == MIM_OK);
    CHECK(tiff_reader_ops.metadata(&reading.worker, &page, &info) == MIM_OK);
    struct mim_test_bytes text = reading.host.report;
    reading.host.report = (struct mim_test_bytes){ 0 };
    reading_end(&reading);
    return text;
}

static void
options_override_metadata_of_frames_and_these_the_files(void)
{
    static const double resolution[] = { 300, 150.5 };
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 4, 4, 1, 0);
    int64_t number[] = { 1, 2 };
    writing_begin(&writing);
    struct tiff_writer *self = writing.serial.state;
    self->software = "option";
    self->resolution = (struct mim_list){ .values = resolution, .count = 2 };

    CHECK(set_text(&writing, "software", "file") == MIM_OK && set_text(&writing, "artist", "file") == MIM_OK);
    CHECK(set_text(&writing, "description", "file") == MIM_OK &&
          set_text(&writing, "no such thing", "x") == MIM_UNSUPPORTED);
    CHECK(writing_open(&writing, 2, &frame) == MIM_OK);
    CHECK(set_text(&writing, "description", "frame 0") == MIM_OK &&
          set_text(&writing, "comment", "lost") == MIM_UNSUPPORTED);
    CHECK(writing_frame(&writing, &frame) == MIM_OK);
    CHECK(set_text(&writing, "comment", "frame 1") == MIM_OK);
    CHECK(tiff_writer_ops.metadata(&writing.serial, "page_number", MIM_META_INTS, number, sizeof number) == MIM_OK);
    CHECK(tiff_writer_ops.metadata(&writing.serial, "datetime", MIM_META_TIME, "2024-05-06T07:08:09Z", 20) == MIM_OK);
    CHECK(writing_frame(&writing, &frame) == MIM_OK && writing_finish(&writing) == MIM_OK);
    writing_end(&writing);

    struct mim_test_bytes first = metadata_of(&writing, 0), second = metadata_of(&writing, 1);
    CHECK(strstr((char *)first.data, "software=option\n") && strstr((char *)first.data, "artist=file\n"));
    CHECK(strstr((char *)first.data, "description=frame 0\n") && strstr((char *)first.data, "resolution=300,1,301,2\n"));
    CHECK(strstr((char *)second.data, "software=option\n") && !strstr((char *)second.data, "artist="));
    CHECK(strstr((char *)second.data, "description=frame 1\n") && strstr((char *)second.data, "page_number=1,2\n"));
    CHECK(strstr((char *)second.data, "datetime=2024-05-06T07:08:09\n"));
    free(first.data);
    free(second.data);
    mim_test_host_clear(&writing.host);
}

static void
refuses_options_out_of_their_range(void)
{
    static const double odd[] = { 17, 16 }, empty[] = { 16, 0 };
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 4, 4, 1, 0);
    static const struct {
        int32_t compression;
        int64_t level;
        struct mim_list tile;
        const char *datetime, *words;
    } wrong[] = {
        { 0, 5, { 0 }, NULL, "has no levels" },    { 2, 0, { 0 }, NULL, "1 to 12" },
        { 4, 101, { 0 }, NULL, "1 to 100" },       { 0, -1, { 2, odd }, NULL, "tile=17: expected multiples of 16" },
        { 0, -1, { 2, empty }, NULL, "multiples of 16" }, { 0, -1, { 0 }, "yesterday", "YYYY" },
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct writing writing;
        writing_begin(&writing);
        struct tiff_writer *self = writing.serial.state;
        self->compression = wrong[i].compression;
        self->level = wrong[i].level;
        self->tile_option = wrong[i].tile;
        self->datetime = wrong[i].datetime;
        CHECK(writing_open(&writing, 1, &frame) == MIM_OPTION && strstr(writing.host.message, wrong[i].words));
        CHECK(writing.host.sink.size == 0);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

/* Open and accept a frame: TIFF_PHOTOMETRIC_* and, for tiles, their side. */
static int32_t
accept_shape(struct writing *writing, int32_t compression, int32_t photometric, double tile, uint32_t width,
             uint32_t channels)
{
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, width, 2, channels, 0);
    struct mim_frame_info info = { .struct_size = sizeof info, .sample = MIM_SAMPLE_U8, .width = width, .height = 2,
                                   .channels = channels };
    struct tiff_layout layout = { 0 };
    writing_begin(writing);
    struct tiff_writer *self = writing->serial.state;
    self->compression = compression;
    self->photometric = photometric;
    self->tile_option = (struct mim_list){ .count = tile != 0, .values = &tile };
    int32_t status = writing_open(writing, 1, &frame);
    return status == MIM_OK ? tiff_writer_ops.accepts(&writing->serial, 0, &layout, &info) : status;
}

static void
refuses_shapes_that_no_reader_supports(void)
{
    enum { NONE = 0, JPEG = 4, WEBP = 7 };
    static const struct {
        int32_t compression, photometric;
        double tile;
        uint32_t width, channels;
        const char *words; /* NULL: accepted */
    } pages[] = {
        { WEBP, TIFF_PHOTOMETRIC_AUTO, 0, 16384, 3, "compression=webp: strips of 16384 x 2 pixels, more than" },
        { WEBP, TIFF_PHOTOMETRIC_AUTO, 256, 16384, 3, NULL },
        { WEBP, TIFF_PHOTOMETRIC_AUTO, 16384, 20, 3, "tiles of 16384 x 16384" },
        { JPEG, TIFF_PHOTOMETRIC_AUTO, 0, 65501, 1, "compression=jpeg: strips of 65501 x 2" },
        { JPEG, TIFF_PHOTOMETRIC_AUTO, 256, 65501, 1, NULL },
        { NONE, TIFF_PHOTOMETRIC_WHITE, 0, 20, 3, "miniswhite needs gray, not 3 channels" },
        { NONE, TIFF_PHOTOMETRIC_WHITE, 0, 20, 2, NULL },
        { NONE, TIFF_PHOTOMETRIC_RGB, 0, 20, 2, "rgb needs 3 channels, not 2" },
    };
    for (unsigned i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct writing writing;
        int32_t status = accept_shape(&writing, pages[i].compression, pages[i].photometric, pages[i].tile, pages[i].width,
                                      pages[i].channels);
        bool is_built_in = TIFFIsCODECConfigured(COMPRESSION_WEBP) || pages[i].compression != WEBP;
        CHECK(!is_built_in || status == (pages[i].words ? MIM_ARGUMENT : MIM_OK));
        CHECK(!is_built_in || !pages[i].words || strstr(writing.host.message, pages[i].words));
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
asks_for_u8_without_alpha_for_jpeg(void)
{
    struct writing writing;
    struct mim_raster frame = frame_of(MIM_SAMPLE_U8, 4, 4, 1, 0);
    struct tiff_layout layout;
    struct mim_frame_info info = { .struct_size = sizeof info, .sample = MIM_SAMPLE_U16, .width = 4, .height = 4, .channels = 4 };
    writing_begin(&writing);
    ((struct tiff_writer *)writing.serial.state)->compression = 4;
    CHECK(writing_open(&writing, 1, &frame) == MIM_OK);
    CHECK(tiff_writer_ops.accepts(&writing.serial, 0, &layout, &info) == MIM_OK);
    CHECK(info.sample == MIM_SAMPLE_U8 && info.channels == 3);
    info.channels = 5;
    CHECK(tiff_writer_ops.accepts(&writing.serial, 0, &layout, &info) == MIM_ARGUMENT);
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
reports_a_failed_allocation_without_leaks(void)
{
    for (uint64_t n = 1;; n++) {
        struct writing writing;
        writing_begin(&writing);
        struct tiff_writer *self = writing.serial.state;
        self->software = "a text that is longer than sixteen bytes";
        self->tile_option = (struct mim_list){ .values = (const double[]){ 16 }, .count = 1 };
        writing.host.allocation.fail_at = n;
        int32_t status = set_text(&writing, "description", "another text of many bytes");
        if (status == MIM_OK)
            status = write_shapes(&writing);
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
        CASE(round_trips_all_shapes_with_every_lossless_codec),
        CASE(a_classic_file_that_outgrows_its_offsets_becomes_a_big_one),
        CASE(writes_the_same_bytes_whatever_a_worker_did_before),
        CASE(starts_a_big_file_only_if_it_is_known_to_exceed_4_gb),
        CASE(options_override_metadata_of_frames_and_these_the_files),
        CASE(refuses_options_out_of_their_range),
        CASE(refuses_shapes_that_no_reader_supports),
        CASE(asks_for_u8_without_alpha_for_jpeg),
        CASE(reports_a_failed_allocation_without_leaks),
    };
    make_noise();
    return cmocka_run_group_tests_name("tiff write", cases, NULL, NULL);
}
