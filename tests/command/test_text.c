/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdlib.h>

#include "check.h"

static void
check_shown(const char *text, size_t max, const char *expected)
{
    char *shown;
    size_t size;
    FILE *out = open_memstream(&shown, &size);
    CHECK(out);
    print_excerpt(out, text, max);
    CHECK(!fclose(out));
    assert_string_equal(shown, expected);
    free(shown);
}

static void
control_characters_are_escaped(void)
{
    check_shown("a\x1b[2Jb", 99, "a\\x1b[2Jb");
    check_shown("\x7f\t\r\n\x01", 99, "\\x7f\\t\\r\\n\\x01");
    check_shown("\xc2\x9b" "31m", 99, "\\x9b31m");      /* the one-byte form of ESC [ */
    check_shown("\xe2\x80\xae" "fig", 99, "\\u202efig"); /* right to left from here */
    check_shown("\xe2\x80\x8f\xd8\x9c", 99, "\\u200f\\u061c"); /* marks */
}

static void
invalid_utf8_is_escaped_by_byte(void)
{
    check_shown("\xff\xfe", 99, "\\xff\\xfe");
    check_shown("\xe2\x82", 99, "\\xe2\\x82");
}

static void
valid_utf8_is_unchanged(void)
{
    check_shown("\xc3\xa9\xf0\x9f\x8e\x9e", 99, "\xc3\xa9\xf0\x9f\x8e\x9e");
}

static void
an_excerpt_counts_characters(void)
{
    check_shown("\xc3\xa9\xc3\xa9\xc3\xa9", 2, "\xc3\xa9\xc3\xa9...");
    check_shown("abc", 3, "abc");
}

static void
a_cell_is_padded_by_its_visible_width(void)
{
    char *shown;
    size_t size;
    FILE *out = open_memstream(&shown, &size);
    CHECK(out);
    print_cell(out, "\xc3\xa9", 3);
    print_cell(out, "long", 2);
    CHECK(!fclose(out));
    assert_string_equal(shown, "\xc3\xa9    long  ");
    free(shown);
    CHECK(text_width("\x1b\xc3\xa9") == 5);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(control_characters_are_escaped),
        CASE(invalid_utf8_is_escaped_by_byte),
        CASE(valid_utf8_is_unchanged),
        CASE(an_excerpt_counts_characters),
        CASE(a_cell_is_padded_by_its_visible_width),
    };
    return cmocka_run_group_tests_name("text", cases, NULL, NULL);
}
