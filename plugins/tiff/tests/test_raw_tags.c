/* SPDX-License-Identifier: MIT */
/* Tags by number, and colour profiles. */
#include "session.h"

#include "file/directory.h"

/* The first bytes of ImageJ's metadata in files of the machine's byte order, which the writer makes, and of the other. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define OWN_ORDER "IJIJ"
#define OTHER_ORDER "JIJI"
#else
#define OWN_ORDER "JIJI"
#define OTHER_ORDER "IJIJ"
#endif

static const uint8_t pixels[160];

static struct mim_raster
small_frame(uint32_t channels)
{
    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster), .sample = MIM_SAMPLE_U8, .width = 4, .height = 4,
                                .channels = channels, .data = (uint8_t *)pixels, .stride = 4 * channels };
}

static int32_t
write_page(struct writing *writing, uint32_t channels)
{
    struct mim_raster frame = small_frame(channels);
    int32_t status = writing_open(writing, 1, &frame);
    if (status == MIM_OK)
        status = writing_frame(writing, &frame);
    return status == MIM_OK ? writing_finish(writing) : status;
}

/* The numerator of a ratio is the lower half of its number, in files of either byte order. */
static uint64_t
number_of(struct tiff_order order, const struct tiff_entry *entry, const uint8_t *bytes)
{
    bool is_ratio = entry->type == TIFF_RATIONAL || entry->type == TIFF_SRATIONAL;
    if (!is_ratio)
        return tiff_number(order, bytes, entry->size);
    return tiff_number(order, bytes, 4) | tiff_number(order, bytes + 4, 4) << 32;
}

/* Type and count of a tag of the first page, its first value as a number. */
static bool
find_tag(const struct writing *writing, uint16_t wanted, struct tiff_entry *entry, uint64_t *value)
{
    struct mim_test_host host = { .source = writing->host.sink };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_window window = { 0 };
    struct tiff_page_index pages = { 0 };
    bool is_found = false;
    CHECK(tiff_page_index_open(&pages, &job, &window) == MIM_OK);
    struct tiff_directory directory = { .window = &window, .job = &job, .order = pages.order, .offset = pages.next };
    CHECK(tiff_directory_open(&directory) == MIM_OK);
    for (uint64_t i = 0; i < directory.count && !is_found; i++) {
        const uint8_t *bytes;
        CHECK(tiff_directory_entry(&directory, i, entry) == MIM_OK);
        is_found = entry->tag == wanted;
        if (is_found) {
            CHECK(tiff_window_get(&job, &window, entry->offset, entry->size, &bytes) == MIM_OK);
            *value = number_of(directory.order, entry, bytes);
        }
    }
    tiff_page_index_close(&pages, &job);
    mim_window_close(&job, &window);
    mim_test_host_clear(&host);
    return is_found;
}

static int32_t
write_with(struct writing *writing, const char *key, const char *value, int32_t big)
{
    const char *items[] = { key, value };
    writing_begin(writing);
    struct tiff_writer *self = writing->serial.state;
    self->tag_options = (struct mim_pairs){ .items = items, .count = 1 };
    self->big = big;
    return write_page(writing, 1);
}

static void
guesses_the_type_of_a_value_unless_it_is_named(void)
{
    static const struct {
        const char *text;
        uint16_t type;
        uint64_t count, first;
    } tags[] = {
        { "7", TIFF_SHORT, 1, 7 },           { "7,65535", TIFF_SHORT, 2, 7 },        { "1,65536", TIFF_LONG, 2, 1 },
        { "-1,3", TIFF_SSHORT, 2, 0xffff },  { "-40000", TIFF_SLONG, 1, 0xffff63c0 }, { "300/1", TIFF_RATIONAL, 1, 0x10000012c },
        { "-1/2", TIFF_SRATIONAL, 1, 0x2ffffffff }, { "1.5", TIFF_DOUBLE, 1, 0x3ff8000000000000 },
        { "float:1.5", TIFF_FLOAT, 1, 0x3fc00000 }, { "0x01ff", TIFF_UNDEFINED, 2, 1 }, { "hex:0a0b0c", TIFF_UNDEFINED, 3, 10 },
        { "byte:1,2,3", TIFF_BYTE, 3, 1 },   { "long:5", TIFF_LONG, 1, 5 },          { "text:5", TIFF_ASCII, 2, '5' },
        { "5 apples", TIFF_ASCII, 9, '5' },  { "nan", TIFF_ASCII, 4, 'n' },          { "0x0", TIFF_ASCII, 4, '0' },
        { "a:b", TIFF_ASCII, 4, 'a' },       { "1,", TIFF_ASCII, 3, '1' },           { "5000000000", TIFF_LONG8, 1, 5000000000 },
        { "", TIFF_ASCII, 1, 0 },            { "99999999999999999999", TIFF_DOUBLE, 1, 0x4415af1d78b58c40 },
    };
    for (unsigned i = 0; i < sizeof tags / sizeof *tags; i++) {
        struct writing writing;
        struct tiff_entry entry;
        uint64_t value;
        CHECK(write_with(&writing, "65000", tags[i].text, TIFF_BIG_YES) == MIM_OK);
        writing_end(&writing);
        CHECK(find_tag(&writing, 65000, &entry, &value));
        CHECK(entry.type == tags[i].type && entry.count == tags[i].count && value == tags[i].first);
        mim_test_host_clear(&writing.host);
    }
}

static void
text_tags_accept_numbers_as_text(void)
{
    static const char *const values[] = { "1984", "text:1984" };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        struct writing writing;
        struct tiff_entry entry;
        uint64_t value;
        CHECK(write_with(&writing, "269", values[i], TIFF_BIG_NO) == MIM_OK);
        writing_end(&writing);
        CHECK(find_tag(&writing, TIFFTAG_DOCUMENTNAME, &entry, &value));
        CHECK(entry.type == TIFF_ASCII && entry.count == 5 && value == '1');
        mim_test_host_clear(&writing.host);
    }
}

static void
refuses_tags_and_values_by_name(void)
{
    static const struct {
        const char *key, *value, *words;
    } wrong[] = {
        { "256", "5", "tag:256: set by the layout of pixels" },
        { "273", "5", "tag:273: set by" },
        { "282", "5", "tag:282: set by" },
        { "0", "5", "from 1 to 65535" },
        { "70000", "5", "from 1 to 65535" },
        { "five", "5", "tag:five: expected a number" },
        { "65000", "short:65536", "not a list of values" },
        { "65000", "byte:1,,2", "not a list" },
        { "65000", "rational:1", "not a list" },
        { "65000", "hex:abc", "not a list" },
        { "270", "hex:496d6167654a3d31", "tag:270=hex:496d6167654a3d31: this tag (description) is a text" },
        { "65000", "float:1e39", "not a list" },
        { "65000", "double:1e999", "not a list" },
        { "65000", "sbyte:-129", "not a list" },
        { "65000", "long8:1", "bigtiff=yes" },
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct writing writing;
        CHECK(write_with(&writing, wrong[i].key, wrong[i].value, TIFF_BIG_NO) == MIM_OPTION);
        CHECK(strstr(writing.host.message, wrong[i].words) && writing.host.sink.size == 0);
        writing_end(&writing);
        mim_test_host_clear(&writing.host);
    }
}

static void
keeps_tags_of_another_file_that_remain_valid(void)
{
    static const int64_t numbers[] = { 1, 2, 70000 }, wide[] = { 1, 0x123456789 };
    static const struct mim_rational ratio = { -1, 3 };
    static const struct {
        const char *key;
        int32_t type;
        const void *value;
        uint64_t size;
        int32_t status;
        uint16_t kept;
    } values[] = {
        { "tag:65000", MIM_META_INTS, numbers, sizeof numbers, MIM_OK, TIFF_LONG },
        { "tag:65000", MIM_META_RATIONAL, &ratio, sizeof ratio, MIM_OK, TIFF_SRATIONAL },
        { "tag:65000", MIM_META_TEXT, "text", 4, MIM_OK, TIFF_ASCII },
        { "tag:65000", MIM_META_BYTES, "\1\2\3", 3, MIM_OK, TIFF_UNDEFINED },
        { "tag:700", MIM_META_BYTES, "<x/>", 4, MIM_UNSUPPORTED, 0 }, /* its key is xmp */
        { "tag:50839", MIM_META_BYTES, OWN_ORDER "....", 8, MIM_OK, TIFF_BYTE },
        { "tag:50839", MIM_META_BYTES, OTHER_ORDER "....", 8, MIM_UNSUPPORTED, 0 },
        { "tag:50838", MIM_META_INTS, numbers, 16, MIM_OK, TIFF_LONG },
        { "tag:50838", MIM_META_INTS, wide, sizeof wide, MIM_UNSUPPORTED, 0 },       /* not cut down to 32 bits */
        { "tag:50838", MIM_META_BYTES, "\14\0\0\0\4\0\0\0", 8, MIM_UNSUPPORTED, 0 }, /* not numbers */
        { "tag:34377", MIM_META_INTS, numbers, sizeof numbers, MIM_UNSUPPORTED, 0 }, /* not bytes */
        { "tag:256", MIM_META_INTS, numbers, 8, MIM_UNSUPPORTED, 0 },
        { "tag:", MIM_META_INTS, numbers, 8, MIM_UNSUPPORTED, 0 },
        { "tag:65000x", MIM_META_INTS, numbers, 8, MIM_UNSUPPORTED, 0 },
    };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        struct writing writing;
        struct tiff_entry entry;
        uint64_t value;
        writing_begin(&writing);
        CHECK(tiff_writer_ops.metadata(&writing.serial, values[i].key, values[i].type, values[i].value, values[i].size) ==
              values[i].status);
        CHECK(write_page(&writing, 1) == MIM_OK);
        writing_end(&writing);
        if (values[i].kept)
            CHECK(find_tag(&writing, (uint16_t)atoi(values[i].key + 4), &entry, &value) && entry.type == values[i].kept);
        mim_test_host_clear(&writing.host);
    }
}

static void
make_profile(struct mim_test_bytes *profile, const char *colours)
{
    static const uint8_t zeros[160];
    mim_test_bytes_put(profile, 0, zeros, sizeof zeros);
    mim_test_bytes_put(profile, 16, colours, 4);
    mim_test_bytes_put(profile, 36, "acsp", 4);
}

static void
reads_a_profile_that_matches_the_page(void)
{
    static const struct {
        const char *name, *colours;
        uint32_t channels;
        int32_t status;
    } files[] = {
        { "a.icc", "RGB ", 3, MIM_OK },    { "a.icc", "GRAY", 1, MIM_OK },    { "a.icc", "RGB ", 1, MIM_ARGUMENT },
        { "a.icc", "GRAY", 4, MIM_ARGUMENT }, { "b.icc", "RGB ", 3, MIM_IO },
    };
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        struct writing writing;
        struct tiff_entry entry;
        uint64_t value;
        writing_begin(&writing);
        ((struct tiff_writer *)writing.serial.state)->icc = files[i].name;
        writing.host.side_name = "a.icc";
        make_profile(&writing.host.side, files[i].colours);
        CHECK(write_page(&writing, files[i].channels) == files[i].status);
        writing_end(&writing);
        if (files[i].status == MIM_OK)
            CHECK(find_tag(&writing, TIFFTAG_ICCPROFILE, &entry, &value) && entry.count == 160);
        mim_test_host_clear(&writing.host);
    }
}

static void
refuses_a_file_that_is_no_profile(void)
{
    struct writing writing;
    writing_begin(&writing);
    ((struct tiff_writer *)writing.serial.state)->icc = "a.icc";
    writing.host.side_name = "a.icc";
    mim_test_bytes_put(&writing.host.side, 0, pixels, sizeof pixels);
    CHECK(write_page(&writing, 3) == MIM_OPTION && strstr(writing.host.message, "not an ICC profile"));
    writing_end(&writing);
    mim_test_host_clear(&writing.host);
}

static void
drops_the_sources_profile_if_it_does_not_match_or_is_unwanted(void)
{
    static const struct {
        const char *option;
        uint32_t channels;
        bool is_kept;
        unsigned notices;
    } pages[] = { { NULL, 3, true, 0 }, { NULL, 1, false, 1 }, { "none", 3, false, 0 } };
    for (unsigned i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct writing writing;
        struct tiff_entry entry;
        struct mim_test_bytes profile = { 0 };
        uint64_t value;
        make_profile(&profile, "RGB ");
        writing_begin(&writing);
        ((struct tiff_writer *)writing.serial.state)->icc = pages[i].option;
        CHECK(tiff_writer_ops.metadata(&writing.serial, "icc", MIM_META_BYTES, profile.data, profile.size) == MIM_OK);
        CHECK(write_page(&writing, pages[i].channels) == MIM_OK && writing.host.notices[MIM_NOTICE_METADATA] == pages[i].notices);
        writing_end(&writing);
        CHECK(find_tag(&writing, TIFFTAG_ICCPROFILE, &entry, &value) == pages[i].is_kept);
        mim_test_host_clear(&writing.host);
        free(profile.data);
    }
}

static void
keeps_xmp_in_the_type_that_its_readers_require(void)
{
    static const int32_t types[] = { MIM_META_BYTES, MIM_META_TEXT };
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
        struct writing writing;
        struct tiff_entry entry;
        uint64_t value;
        writing_begin(&writing);
        CHECK(tiff_writer_ops.metadata(&writing.serial, "xmp", types[i], "<x/>", 4) == MIM_OK);
        CHECK(write_page(&writing, 1) == MIM_OK);
        writing_end(&writing);
        CHECK(find_tag(&writing, TIFFTAG_XMLPACKET, &entry, &value) && entry.type == TIFF_BYTE && entry.count == 4);
        mim_test_host_clear(&writing.host);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(guesses_the_type_of_a_value_unless_it_is_named),
        CASE(text_tags_accept_numbers_as_text),
        CASE(refuses_tags_and_values_by_name),
        CASE(keeps_tags_of_another_file_that_remain_valid),
        CASE(keeps_xmp_in_the_type_that_its_readers_require),
        CASE(reads_a_profile_that_matches_the_page),
        CASE(refuses_a_file_that_is_no_profile),
        CASE(drops_the_sources_profile_if_it_does_not_match_or_is_unwanted),
    };
    return cmocka_run_group_tests_name("tiff tags", cases, NULL, NULL);
}
