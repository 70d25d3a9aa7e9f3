/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"

static char *written;
static size_t written_size;

static struct json
begin(void)
{
    return (struct json){ .out = open_memstream(&written, &written_size) };
}

static void
check_written(struct json *json, const char *expected)
{
    CHECK(!fclose(json->out));
    assert_string_equal(written, expected);
    free(written);
}

static void
lists_and_objects_nest(void)
{
    struct json json = begin();
    json_open(&json, '[');
    json_open(&json, '{');
    json_key(&json, "a");
    json_integer(&json, -1);
    json_key(&json, "b");
    json_open(&json, '[');
    json_close(&json, ']');
    json_close(&json, '}');
    json_null(&json);
    json_close(&json, ']');
    check_written(&json, "[\n  {\n    \"a\": -1,\n    \"b\": []\n  },\n  null\n]\n");
}

static void
check_text(const char *text, size_t size, const char *expected)
{
    struct json json = begin();
    json_text(&json, text, size);
    check_written(&json, expected);
}

static void
text_is_escaped_if_necessary(void)
{
    check_text("a\"b\\c\n\x1b", 7, "\"a\\\"b\\\\c\\u000a\\u001b\"");
    check_text("\0", 1, "\"\\u0000\"");
    check_text("\xc2\x80\xc2\x9f\xc2\xa0", 6, "\"\\u0080\\u009f\xc2\xa0\"");
    check_text("\xd8\x9c\xe2\x80\x8e\xe2\x80\xae\xe2\x81\xa9", 11, "\"\\u061c\\u200e\\u202e\\u2069\"");
    check_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\x9e", 9, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\x9e\"");
}

static void
bytes_that_are_no_utf8_survive(void)
{
    check_text("\xff", 1, "\"\\udcff\"");
    check_text("\xc3", 1, "\"\\udcc3\"");             /* truncated */
    check_text("\xc0\x80", 2, "\"\\udcc0\\udc80\"");  /* not the shortest form */
    check_text("\xed\xa0\x80", 3, "\"\\udced\\udca0\\udc80\""); /* a surrogate */
    check_text("\xf4\x90\x80\x80", 4, "\"\\udcf4\\udc90\\udc80\\udc80\""); /* past U+10FFFF */
}

static void
check_real(double value, const char *expected)
{
    struct json json = begin();
    json_real(&json, value);
    check_written(&json, expected);
}

static void
reals_are_short_and_exact(void)
{
    check_real(0.1, "0.1");
    check_real(10, "10.0");
    check_real(1.0 / 3, "0.3333333333333333");
    check_real(0.1 + 0.2, "0.30000000000000004");
    check_real(1e300, "1e+300");
    check_real(-0.0, "-0.0");
    check_real(NAN, "null");
    check_real(INFINITY, "null");
}

static void
unknown_counts_are_null(void)
{
    struct json json = begin();
    json_open(&json, '[');
    json_count(&json, MIM_UNKNOWN);
    json_count(&json, UINT64_MAX - 1);
    json_close(&json, ']');
    check_written(&json, "[\n  null,\n  18446744073709551614\n]\n");
}

static void
metadata_keeps_its_types(void)
{
    struct mim_meta *meta = mim_meta_create();
    const struct mim_rational pair[2] = { { 300, 1 }, { 1, 4 } };
    const int64_t numbers[2] = { 1, -2 };

    CHECK(meta);
    CHECK(mim_meta_set_text(meta, "t", "x", NULL) == MIM_OK);
    CHECK(mim_meta_set_real(meta, "r", 2.5, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "q", MIM_META_RATIONALS, pair, sizeof pair, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "i", MIM_META_INTS, numbers, sizeof numbers, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "b", MIM_META_BYTES, "\0\1\2", 3, NULL) == MIM_OK);
    struct json json = begin();
    json_meta(&json, meta);
    check_written(&json, "{\n  \"t\": \"x\",\n  \"r\": 2.5,\n  \"q\": [300.0, 0.25],\n  \"i\": [1, -2],\n"
                         "  \"b\": {\n    \"bytes\": 3\n  }\n}\n");
    mim_meta_destroy(meta);
}

static void
no_metadata_is_an_empty_object(void)
{
    struct json json = begin();
    json_meta(&json, NULL);
    check_written(&json, "{}\n");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(lists_and_objects_nest),
        CASE(text_is_escaped_if_necessary),
        CASE(bytes_that_are_no_utf8_survive),
        CASE(reals_are_short_and_exact),
        CASE(unknown_counts_are_null),
        CASE(metadata_keeps_its_types),
        CASE(no_metadata_is_an_empty_object),
    };
    return cmocka_run_group_tests_name("json", cases, NULL, NULL);
}
