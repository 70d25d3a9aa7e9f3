/* SPDX-License-Identifier: MIT */
#include "wrap.h"

#include <stdlib.h>

#include "check.h"

/* Prints `text` at column `start` of a terminal of 40 columns, continued at `indent`. */
static void
check_wrapped(const char *text, size_t start, size_t indent, const char *expected)
{
    char *printed;
    size_t size;
    struct wrap wrap;
    FILE *out = open_memstream(&printed, &size);

    CHECK(out && !setenv("COLUMNS", "40", 1));
    wrap_start(&wrap, out);
    wrap_to(&wrap, start);
    wrap_text(&wrap, text, indent);
    CHECK(!fclose(out));
    assert_string_equal(printed, expected);
    free(printed);
}

static void
words_that_fit_stay_on_the_line(void)
{
    check_wrapped("twelve chars", 28, 28, "                            twelve chars");
    check_wrapped("thirteen char", 28, 30, "                            thirteen\n                              char");
}

static void
a_choice_breaks_after_a_bar(void)
{
    check_wrapped("one|two|three", 30, 30, "                              one|two|\n                              three");
}

static void
a_word_longer_than_a_line_is_cut(void)
{
    check_wrapped("0123456789abc", 35, 35, "                                   01234\n"
                                           "                                   56789\n"
                                           "                                   abc");
}

static void
no_character_is_cut_in_two(void)
{
    check_wrapped("\xc3\xa9\xc3\xa9\xc3\xa9", 38, 38, "                                      \xc3\xa9\xc3\xa9\n"
                                                      "                                      \xc3\xa9");
}

static void
invalid_utf8_is_escaped(void)
{
    check_wrapped("\x80\x80\x80", 36, 36, "                                    \\x80\n"
                                          "                                    \\x80\n"
                                          "                                    \\x80");
    check_wrapped("\x80\x80", 39, 39, "                                       \\x80\n"
                                      "                                       \\x80");
}

static void
a_column_that_is_passed_moves_to_the_next_line(void)
{
    struct wrap wrap;
    char *printed;
    size_t size;
    FILE *out = open_memstream(&printed, &size);

    CHECK(out);
    wrap_start(&wrap, out);
    wrap_text(&wrap, "name", 0);
    wrap_to(&wrap, 6);
    wrap_text(&wrap, "type", 6);
    wrap_to(&wrap, 11);
    wrap_text(&wrap, "help", 11);
    wrap_newline(&wrap);
    CHECK(!fclose(out));
    assert_string_equal(printed, "name  type\n           help\n");
    free(printed);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(words_that_fit_stay_on_the_line),
        CASE(a_choice_breaks_after_a_bar),
        CASE(a_word_longer_than_a_line_is_cut),
        CASE(no_character_is_cut_in_two),
        CASE(invalid_utf8_is_escaped),
        CASE(a_column_that_is_passed_moves_to_the_next_line),
    };
    return cmocka_run_group_tests_name("wrap", cases, NULL, NULL);
}
