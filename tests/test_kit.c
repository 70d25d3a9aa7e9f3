/* SPDX-License-Identifier: MIT */
/* The helpers for plugins, tested on the test host. */
#include <math.h>

#include <mim/kit/array.h>
#include <mim/kit/bytes.h>
#include <mim/kit/resolution.h>
#include <mim/kit/synonyms.h>
#include <mim/kit/test-host.h>
#include <mim/kit/text.h>
#include <mim/kit/window.h>

#include "check.h"

static void
arrays_grow_and_keep_their_items(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    uint32_t *items = NULL;
    uint64_t capacity = 0;

    for (uint32_t i = 0; i < 1000; i++) {
        items = mim_array_reserve(&job, items, &capacity, i + 1, sizeof *items);
        CHECK(items && capacity > i);
        items[i] = i;
    }
    for (uint32_t i = 0; i < 1000; i++)
        CHECK(items[i] == i);
    CHECK(host.allocation.count < 20 && host.allocated == (int64_t)(capacity * sizeof *items));
    mim_array_free(&job, items, capacity, sizeof *items);
    CHECK(host.allocated == 0);
}

static void
arrays_survive_a_refused_allocation(void)
{
    struct mim_test_host host = { .allocation.fail_at = 2 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    uint64_t capacity = 0;
    uint64_t *items = mim_array_reserve(&job, NULL, &capacity, 1, sizeof *items);

    CHECK(items && !mim_array_reserve(&job, items, &capacity, capacity + 1, sizeof *items));
    CHECK(!mim_array_reserve(&job, items, &capacity, UINT64_MAX / 4, sizeof *items)); /* the size does not fit */
    items[0] = 7;
    mim_array_free(&job, items, capacity, sizeof *items);
    CHECK(host.allocated == 0);
}

static void
byte_strings_append_and_refuse_overflow(void)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_bytes bytes = { 0 };

    CHECK(mim_bytes_append(&job, &bytes, "", 0) == MIM_OK && bytes.size == 0);
    CHECK(mim_bytes_append(&job, &bytes, "abc", 3) == MIM_OK && mim_bytes_append(&job, &bytes, "de", 2) == MIM_OK);
    CHECK(bytes.size == 5 && !memcmp(bytes.data, "abcde", 5));
    CHECK(mim_bytes_append(&job, &bytes, "x", UINT64_MAX - 3) == MIM_NOMEM && bytes.size == 5);
    mim_bytes_clear(&job, &bytes);
    CHECK(host.allocated == 0 && !bytes.data);
}

static void
scratch_memory_is_used_again(void)
{
    struct mim_test_host host = { .allocation.fail_at = 3 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_scratch scratch = { 0 };

    uint8_t *first = mim_scratch_get(&job, &scratch, 0);
    CHECK(first && mim_scratch_get(&job, &scratch, 1) == first);
    CHECK(mim_scratch_get(&job, &scratch, 100) && mim_scratch_get(&job, &scratch, 50) == scratch.data);
    CHECK(host.allocation.count == 2 && host.allocated == 100 && host.max_allocated == 100);
    CHECK(!mim_scratch_get(&job, &scratch, 200) && host.allocated == 0);
    CHECK(mim_scratch_get(&job, &scratch, 200) && host.allocated == 200);
    mim_scratch_clear(&job, &scratch);
    CHECK(host.allocated == 0 && !scratch.data);
}

static void
integers_come_back_in_both_orders(void)
{
    uint8_t bytes[9] = { 0 };
    CHECK(mim_store_le16(bytes, 0x0102) == bytes + 2 && bytes[0] == 2 && mim_load_le16(bytes) == 0x0102);
    CHECK(mim_store_be32(bytes + 1, 0xfffefdfcu) == bytes + 5 && bytes[1] == 0xff && bytes[4] == 0xfc);
    CHECK(mim_load_be32(bytes + 1) == 0xfffefdfcu && mim_load_le32(bytes + 1) == 0xfcfdfeffu);
    CHECK(mim_store_le64(bytes + 1, UINT64_C(0xf1f2f3f4f5f6f7f8)) == bytes + 9 && bytes[1] == 0xf8);
    CHECK(mim_load_le64(bytes + 1) == UINT64_C(0xf1f2f3f4f5f6f7f8));
    CHECK(mim_load_be64(bytes + 1) == UINT64_C(0xf8f7f6f5f4f3f2f1));
    CHECK(mim_store_be16(bytes, 0xabcd) == bytes + 2 && mim_load_be16(bytes) == 0xabcd);
    CHECK(mim_store_be64(bytes, UINT64_C(1)) == bytes + 8 && bytes[7] == 1);
    CHECK(mim_store_le32(bytes, UINT32_C(1)) == bytes + 4 && bytes[0] == 1);
}

static void
utf8_is_validated(void)
{
    static const char *const good[] = { "", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                                        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };
    static const char *const bad[] = { "\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe1\x80",
                                       "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2\x41" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(mim_utf8_is_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!mim_utf8_is_valid(bad[i], strlen(bad[i])));
}

static void
characters_become_utf16(void)
{
    static const uint8_t text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e\xf4\x8f\xbf\xbf\xff\xe2\x82";
    static const struct {
        uint32_t code;
        uint16_t units[2];
    } expected[] = { { 'a', { 'a' } }, { 0xe4, { 0xe4 } }, { 0x20ac, { 0x20ac } }, { 0x1d11e, { 0xd834, 0xdd1e } },
                     { 0x10ffff, { 0xdbff, 0xdfff } }, { 0xfffd, { 0xfffd } }, { 0xfffd, { 0xfffd } },
                     { 0xfffd, { 0xfffd } } };
    const uint8_t *at = text, *end = text + sizeof text - 1;

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        uint16_t units[2];
        uint32_t code = mim_utf8_next(&at, end);
        CHECK(code == expected[i].code && mim_utf16_units(code, units) == (expected[i].units[1] ? 2 : 1));
        CHECK(!memcmp(units, expected[i].units, expected[i].units[1] ? 4 : 2));
    }
    CHECK(at == end);
}

static void
latin1_goes_both_ways(void)
{
    static const char latin1[] = "a\xe4\xa0\xff";
    uint8_t utf8[8], back[4];

    uint64_t size = mim_utf8_from_latin1(latin1, 4, utf8);
    CHECK(size == 7 && !memcmp(utf8, "a\xc3\xa4\xc2\xa0\xc3\xbf", 7));
    CHECK(mim_utf8_to_latin1(utf8, size, back, sizeof back) == 4 && !memcmp(back, latin1, 4));
    CHECK(mim_utf8_to_latin1(utf8, size, back, 2) == 2);
    CHECK(mim_utf8_to_latin1("\xc2\x85", 2, back, sizeof back) == -1);     /* a control code */
    CHECK(mim_utf8_to_latin1("\xe2\x82\xac", 3, back, sizeof back) == -1); /* no place for the euro */
    static const char *const others[] = { "\xa0\x80", "\xc3", "\xc3z", "\xc1\x81", "\xd0\xba" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK(mim_utf8_to_latin1(others[i], strlen(others[i]), back, sizeof back) == -1);
    CHECK(mim_utf8_to_latin1("\xc2\xa0!", 3, back, sizeof back) == 2 && !memcmp(back, "\xa0!", 2));
}

static void
numbers_are_read_from_every_type(void)
{
    const int64_t whole[2] = { -7, INT64_MAX };
    const double real[2] = { 0.25, -1e300 };
    const struct mim_rational ratios[3] = { { 1, 4 }, { -3, 2 }, { 5, 0 } };

    CHECK(mim_numbers_count(MIM_META_INT, 8) == 1 && mim_numbers_count(MIM_META_REALS, 24) == 3);
    CHECK(mim_numbers_count(MIM_META_RATIONALS, sizeof ratios) == 3 && mim_numbers_count(MIM_META_TEXT, 8) == 0);
    CHECK(mim_number_at(MIM_META_INTS, whole, 0) == -7 && mim_number_at(MIM_META_INTS, whole, 1) == 0x1p63);
    CHECK(mim_number_at(MIM_META_REALS, real, 0) == 0.25 && mim_number_at(MIM_META_REALS, real, 1) == -1e300);
    CHECK(mim_number_at(MIM_META_RATIONALS, ratios, 1) == -1.5 && mim_number_at(MIM_META_RATIONALS, ratios, 2) == 0);
}

/* Sets a property to text or to two reals. */
static int32_t
set_resolution(struct mim_resolution *resolution, const char *key, const char *text, double x, double y)
{
    const double axes[2] = { x, y };
    return text ? mim_resolution_set(resolution, key, MIM_META_TEXT, text, strlen(text))
                : mim_resolution_set(resolution, key, MIM_META_REALS, axes, sizeof axes);
}

static void
resolutions_have_units(void)
{
    static const struct {
        const char *key, *unit; /* NULL: not given */
        double per_inch;        /* of 254 samples per unit; 0: unknown */
        double per_metre;
    } cases[] = {
        { "resolution", NULL, 254, 10000 }, { "resolution", "inch", 254, 10000 }, { "resolution", "cm", 645.16, 25400 },
        { "resolution", "none", 0, 0 },     { "dpi", NULL, 254, 10000 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int order = 0; order < 2; order++) {
            struct mim_resolution resolution = { 0 };
            double samples[2];
            CHECK(!mim_resolution_get(&resolution, 1, samples) && samples[0] == 0);
            for (int step = 0; step < 2; step++)
                if (step == order)
                    CHECK(set_resolution(&resolution, cases[i].key, NULL, 254, 508) == MIM_OK);
                else if (cases[i].unit)
                    CHECK(set_resolution(&resolution, "resolution_unit", cases[i].unit, 0, 0) == MIM_OK);
            bool is_known = cases[i].per_inch > 0;
            CHECK(mim_resolution_get(&resolution, MIM_METRES_PER_INCH, samples) == is_known);
            CHECK(fabs(samples[0] - (is_known ? cases[i].per_inch : 254)) < 1e-9 && samples[1] == 2 * samples[0]);
            CHECK(mim_resolution_get(&resolution, 1, samples) == is_known);
            CHECK(fabs(samples[0] - (is_known ? cases[i].per_metre : 254)) < 1e-9);
        }
}

static void
invalid_resolutions_change_nothing(void)
{
    struct mim_resolution resolution = { .axes = { 3, 4 }, .unit = MIM_RESOLUTION_CM, .has_unit = true }, before = resolution;
    const int64_t three[3] = { 1, 2, 3 };

    CHECK(set_resolution(&resolution, "resolution", NULL, 0, 1) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "dpi", NULL, 1, -1) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "dpi", NULL, NAN, 1) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "resolution", NULL, 1, 0x1p31) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "resolution", "300", 0, 0) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "resolution_unit", "inches", 0, 0) == MIM_UNSUPPORTED);
    CHECK(set_resolution(&resolution, "resolution_unit", NULL, 1, 1) == MIM_UNSUPPORTED);
    CHECK(mim_resolution_set(&resolution, "dpi", MIM_META_INTS, three, sizeof three) == MIM_UNSUPPORTED);
    CHECK(!memcmp(&resolution, &before, sizeof before));
    CHECK(mim_resolution_set(&resolution, "dpi", MIM_META_INT, three, sizeof *three) == MIM_OK);
    CHECK(resolution.axes[0] == 1 && resolution.axes[1] == 1 && resolution.unit == MIM_RESOLUTION_INCH);
    CHECK(mim_resolution_has("dpi") && mim_resolution_has("resolution_unit") && !mim_resolution_has("resolutions"));
}

enum { FILE_SIZE = 300 * 1024 };

static void
make_file(struct mim_test_host *host)
{
    static uint8_t file[FILE_SIZE];
    for (uint32_t i = 0; i < FILE_SIZE; i++)
        file[i] = (uint8_t)(i * 7 + i / 256);
    *host = (struct mim_test_host){ .source = { .data = file, .size = FILE_SIZE } };
}

static void
windows_read_close_pieces_together(void)
{
    struct mim_test_host host;
    make_file(&host);
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_window window = { 0 };
    const uint8_t *bytes;

    for (uint64_t at = 0; at + 16 <= FILE_SIZE; at += 100) {
        CHECK(mim_window_get(&job, &window, at, 16, &bytes) == MIM_OK);
        CHECK(!memcmp(bytes, host.source.data + at, 16));
    }
    CHECK(host.read.count <= FILE_SIZE / MIM_WINDOW_SIZE + 1);
    CHECK(mim_window_get(&job, &window, 5, 16, &bytes) == MIM_OK && window.size == MIM_WINDOW_SMALL);
    CHECK(!memcmp(bytes, host.source.data + 5, 16));
    uint64_t after = window.offset + window.size + MIM_WINDOW_SMALL;
    CHECK(mim_window_get(&job, &window, after + 1, 16, &bytes) == MIM_OK && window.size == MIM_WINDOW_SMALL);
    after = window.offset + window.size + MIM_WINDOW_SMALL;
    CHECK(mim_window_get(&job, &window, after, 16, &bytes) == MIM_OK && window.size == MIM_WINDOW_SIZE);
    CHECK(mim_window_get(&job, &window, 200000, 5000, &bytes) == MIM_OK && !memcmp(bytes, host.source.data + 200000, 5000));
    CHECK(mim_window_get(&job, &window, 0, MIM_WINDOW_SIZE + 1, &bytes) == MIM_ARGUMENT);
    mim_window_close(&job, &window);
    CHECK(host.allocated == 0);
}

static void
windows_distinguish_the_end_from_a_failed_read(void)
{
    struct mim_test_host host;
    make_file(&host);
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct mim_window window = { 0 };
    const uint8_t *bytes;
    uint64_t size;

    CHECK(mim_window_get(&job, &window, FILE_SIZE - 4, 5, &bytes) == MIM_TRUNCATED);
    CHECK(mim_window_span(&job, &window, FILE_SIZE - 3, &bytes, &size) == MIM_OK && size == 3);
    CHECK(mim_window_span(&job, &window, FILE_SIZE, &bytes, &size) == MIM_TRUNCATED);
    CHECK(mim_window_get(&job, &window, UINT64_MAX - 2, 5, &bytes) == MIM_TRUNCATED);
    host.read.fail_at = host.read.count + 1;
    CHECK(mim_window_get(&job, &window, 0, 5, &bytes) == MIM_IO);
    host.poll.fail_at = host.poll.count + 1;
    CHECK(mim_window_span(&job, &window, 0, &bytes, &size) == MIM_CANCELLED);
    mim_window_close(&job, &window);
    host.allocation.fail_at = host.allocation.count + 1;
    CHECK(mim_window_get(&job, &window, 0, 5, &bytes) == MIM_NOMEM);
    mim_window_close(&job, &window);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(arrays_grow_and_keep_their_items),
        CASE(arrays_survive_a_refused_allocation),
        CASE(byte_strings_append_and_refuse_overflow),
        CASE(scratch_memory_is_used_again),
        CASE(integers_come_back_in_both_orders),
        CASE(utf8_is_validated),
        CASE(characters_become_utf16),
        CASE(latin1_goes_both_ways),
        CASE(numbers_are_read_from_every_type),
        CASE(resolutions_have_units),
        CASE(invalid_resolutions_change_nothing),
        CASE(windows_read_close_pieces_together),
        CASE(windows_distinguish_the_end_from_a_failed_read),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
