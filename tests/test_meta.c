/* SPDX-License-Identifier: MIT */
/* Metadata lists, and text made UTF-8. */
#include <stdlib.h>

#include <mim/kit/text.h>

#include "check.h"
#include "failing-memory.h"
#include "frame/meta.h"

static void
values_keep_the_order_of_insertion_and_are_replaced_in_place(void)
{
    struct mim_meta *meta = mim_meta_create();
    struct mim_meta_item item;
    CHECK(mim_meta_set_text(meta, "software", "mim", NULL) == MIM_OK);
    CHECK(mim_meta_set_int(meta, "loop", 3, NULL) == MIM_OK);
    CHECK(mim_meta_set_real(meta, "fps", 0.5, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "software", MIM_META_TEXT | MIM_META_CODING, "other", 5, NULL) == MIM_OK);

    CHECK(mim_meta_count(meta) == 3);
    CHECK(mim_meta_at(meta, 0, &item) && strcmp(item.key, "software") == 0 && item.coding == 1);
    CHECK(item.type == MIM_META_TEXT && item.size == 5 && strcmp(item.data, "other") == 0);
    CHECK(mim_meta_at(meta, 2, &item) && strcmp(item.key, "fps") == 0 && item.coding == 0);
    CHECK(!mim_meta_at(meta, 3, &item));
    CHECK(mim_meta_bytes(meta) == strlen("software") + 5 + strlen("loop") + 8 + strlen("fps") + 8);
    mim_meta_destroy(meta);
}

static void
a_list_can_be_set_from_its_own_value(void)
{
    struct mim_meta *meta = mim_meta_create();
    CHECK(mim_meta_set_text(meta, "a", "text", NULL) == MIM_OK);
    CHECK(mim_meta_set_text(meta, "a", mim_meta_text(meta, "a"), NULL) == MIM_OK);
    assert_string_equal(mim_meta_text(meta, "a"), "text");
    mim_meta_destroy(meta);
}

static void
a_hundred_thousand_keys_are_found(void)
{
    struct mim_meta *meta = mim_meta_create();
    char key[32];
    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "tag:%d", i);
        CHECK(mim_meta_set_int(meta, key, i, NULL) == MIM_OK);
    }
    double value;
    CHECK(mim_meta_count(meta) == 100000);
    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "tag:%d", i);
        CHECK(mim_meta_number(meta, key, &value) && value == i);
    }
    CHECK(!mim_meta_number(meta, "tag:100000", &value));
    mim_meta_destroy(meta);
}

static void
sizes_types_keys_and_text_are_checked(void)
{
    struct mim_meta *meta = mim_meta_create();
    struct mim_error err = { 0 };
    int64_t numbers[2] = { 1, 2 };
    CHECK(mim_meta_set(meta, "a", MIM_META_INT, numbers, 7, &err) == MIM_ARGUMENT && strstr(err.message, "7 bytes"));
    CHECK(mim_meta_set(meta, "a", MIM_META_INT, numbers, 16, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "a", MIM_META_RATIONALS, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "a", MIM_META_INTS, NULL, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "a", 0, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "a", 10, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "a", MIM_META_INT | 0x400, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "", MIM_META_INT, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, NULL, MIM_META_INT, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set(meta, "\xff", MIM_META_INT, numbers, 8, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_set_text(meta, "a", "caf\xe9", &err) == MIM_ARGUMENT && strstr(err.message, "UTF-8"));
    CHECK(mim_meta_set(meta, "a", MIM_META_TEXT, "x\0y", 3, &err) == MIM_ARGUMENT && strstr(err.message, "zero byte"));
    CHECK(mim_meta_set_text(meta, "a", NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_meta_count(meta) == 0);

    CHECK(mim_meta_set(meta, "empty", MIM_META_TEXT, NULL, 0, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "none", MIM_META_INTS, NULL, 0, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "raw", MIM_META_BYTES, "\xff\0", 2, NULL) == MIM_OK);
    assert_string_equal(mim_meta_text(meta, "empty"), "");
    mim_meta_destroy(meta);
}

static void
numbers_come_as_double_and_text_as_text_only(void)
{
    struct mim_meta *meta = mim_meta_create();
    double value = 0;
    struct mim_rational third = { 1, 4 }, none = { 1, 0 };
    CHECK(mim_meta_set(meta, "r", MIM_META_RATIONAL, &third, sizeof third, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "n", MIM_META_RATIONAL, &none, sizeof none, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "t", MIM_META_TIME, "2024-02-29", 10, NULL) == MIM_OK);
    CHECK(mim_meta_set_int(meta, "i", -3, NULL) == MIM_OK);
    CHECK(mim_meta_number(meta, "r", &value) && value == 0.25);
    CHECK(mim_meta_number(meta, "i", &value) && value == -3);
    CHECK(!mim_meta_number(meta, "n", &value) && !mim_meta_number(meta, "t", &value));
    assert_string_equal(mim_meta_text(meta, "t"), "2024-02-29");
    CHECK(!mim_meta_text(meta, "i") && !mim_meta_text(meta, "missing"));
    mim_meta_destroy(meta);
}

static void
formats_as(int type, const void *data, size_t size, const char *expected)
{
    struct mim_meta *meta = mim_meta_create();
    struct mim_meta_item item;
    CHECK(mim_meta_set(meta, "key", type, data, size, NULL) == MIM_OK);
    CHECK(mim_meta_find(meta, "key", &item));
    char *text = mim_meta_format(&item);
    assert_string_equal(text, expected);
    mim_free(text);
    mim_meta_destroy(meta);
}

static void
every_type_reads_as_text(void)
{
    formats_as(MIM_META_TEXT, "caf\xc3\xa9", 5, "caf\xc3\xa9");
    formats_as(MIM_META_TEXT, "", 0, "");
    formats_as(MIM_META_INT, &(int64_t){ INT64_MIN }, 8, "-9223372036854775808");
    formats_as(MIM_META_REAL, &(double){ 0.1 }, 8, "0.1");
    formats_as(MIM_META_RATIONAL, &(struct mim_rational){ 300, 1 }, 16, "300/1");
    formats_as(MIM_META_INTS, (int64_t[]){ 1, -2, 3 }, 24, "1,-2,3");
    formats_as(MIM_META_INTS, NULL, 0, "");
    formats_as(MIM_META_REALS, (double[]){ 1, 2.5 }, 16, "1,2.5");
    formats_as(MIM_META_RATIONALS, (struct mim_rational[]){ { 1, 2 }, { 3, 4 } }, 32, "1/2,3/4");
    formats_as(MIM_META_TIME, "2024-02-29T12:00:00Z", 20, "2024-02-29T12:00:00Z");
    formats_as(MIM_META_BYTES, "\0\1\2", 3, "3 bytes");
    formats_as(MIM_META_BYTES, "\0", 1, "1 byte");
}

static void
nothing_reads_as_empty(void)
{
    struct mim_meta *copy = (struct mim_meta *)&copy;
    struct mim_meta_item item;
    CHECK(mim_meta_count(NULL) == 0 && mim_meta_bytes(NULL) == 0);
    CHECK(!mim_meta_at(NULL, 0, &item) && !mim_meta_find(NULL, "a", &item) && !mim_meta_text(NULL, "a"));
    CHECK(mim_meta_copy(&copy, NULL, NULL) == MIM_OK && !copy);
    mim_meta_destroy(NULL);
}

static void
a_copy_is_equal_and_independent(void)
{
    struct mim_meta *meta = mim_meta_create(), *copy;
    struct mim_meta_item item;
    CHECK(mim_meta_set_text(meta, "a", "1", NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "b", MIM_META_INT | MIM_META_CODING, &(int64_t){ 5 }, 8, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "c", MIM_META_INT | MIM_META_IMPLIED, &(int64_t){ 5 }, 8, NULL) == MIM_OK);
    CHECK(mim_meta_copy(&copy, meta, NULL) == MIM_OK);
    mim_meta_destroy(meta);
    CHECK(mim_meta_count(copy) == 3 && mim_meta_is_implied(copy, 2) && !mim_meta_is_implied(copy, 1));
    assert_string_equal(mim_meta_text(copy, "a"), "1");
    CHECK(mim_meta_find(copy, "b", &item) && item.coding && *(const int64_t *)item.data == 5);
    mim_meta_destroy(copy);
}

static void
utf8_is_judged_strictly(void)
{
    static const char *const good[] = { "",
                                        "abc",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf" };
    static const char *const bad[] = { "\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xc2",
                                       "\xc2x",
                                       "\xe0\x9f\xbf",
                                       "\xe1\x80",
                                       "\xed\xa0\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xf1\x80\x80",
                                       "\xe1\x80x",
                                       "\xff",
                                       "a\xfe" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(mim_utf8_is_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!mim_utf8_is_valid(bad[i], strlen(bad[i])));
}

static bool
use_metadata(void)
{
    struct mim_meta *meta = mim_meta_create(), *copy = NULL;
    bool whole = meta != NULL;
    char key[8];
    for (int i = 0; whole && i < 20; i++) {
        snprintf(key, sizeof key, "%d", i % 18);
        size_t before = mim_meta_count(meta);
        struct mim_error err = { 0 };
        enum mim_status status = mim_meta_set_int(meta, key, i, &err);
        CHECK(status == MIM_OK || (status == MIM_NOMEM && err.status == MIM_NOMEM && mim_meta_count(meta) == before));
        whole = status == MIM_OK;
    }
    whole = whole && mim_meta_copy(&copy, meta, NULL) == MIM_OK;
    CHECK(!whole || (mim_meta_count(copy) == 18 && mim_meta_bytes(copy) == mim_meta_bytes(meta)));
    struct mim_meta_item item;
    char *text = mim_meta_at(copy, 0, &item) ? mim_meta_format(&item) : NULL;
    whole = whole && text;
    free(text);
    mim_meta_destroy(copy);
    mim_meta_destroy(meta);
    return whole;
}

static void
memory_may_fail_anywhere(void)
{
    CHECK(memory_try_all(use_metadata) > 60);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(values_keep_the_order_of_insertion_and_are_replaced_in_place),
        CASE(a_list_can_be_set_from_its_own_value),
        CASE(a_hundred_thousand_keys_are_found),
        CASE(sizes_types_keys_and_text_are_checked),
        CASE(numbers_come_as_double_and_text_as_text_only),
        CASE(every_type_reads_as_text),
        CASE(nothing_reads_as_empty),
        CASE(a_copy_is_equal_and_independent),
        CASE(utf8_is_judged_strictly),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("meta", cases, NULL, NULL);
}
