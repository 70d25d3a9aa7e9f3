/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "registry/ini-parser.h"

static char seen[4096], refused[1024];

static void
note_pair(void *user, unsigned line, const char *section, const char *key, const char *value)
{
    (void)user;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%u[%s]%s=%s;", line, section, key, value);
}

static void
note_refusal(void *user, unsigned line, const char *reason)
{
    (void)user;
    snprintf(refused + strlen(refused), sizeof refused - strlen(refused), "%u:%s;", line, reason);
}

static void
parse_bytes(const char *text, size_t size)
{
    *seen = *refused = '\0';
    CHECK(mim_ini_parse(text, size, &(struct mim_ini_visitor){ .pair = note_pair, .refuse = note_refusal }) == MIM_OK);
}

static void
parse(const char *text)
{
    parse_bytes(text, strlen(text));
}

static void
reports_section_key_value_and_line(void)
{
    parse("# first\n[one]\na = 1\n\n[two x]\n; note\nb=2 3\n");
    assert_string_equal(seen, "3[one]a=1;7[two x]b=2 3;");
    assert_string_equal(refused, "");
}

static void
takes_crlf_and_a_byte_order_mark(void)
{
    parse("\xef\xbb\xbf[one]\r\na = 1\r\nb = 2");
    assert_string_equal(seen, "2[one]a=1;3[one]b=2;");
    assert_string_equal(refused, "");
}

static void
takes_indented_keys_for_keys(void)
{
    parse("[one]\na = 1\n  b = 2\n\tc = 3\n  [two]\n  d = 4\n");
    assert_string_equal(seen, "2[one]a=1;3[one]b=2;4[one]c=3;6[two]d=4;");
}

static void
does_not_continue_values(void)
{
    parse("[one]\na = 1\n  more of it\nb = 2\n");
    assert_string_equal(seen, "2[one]a=1;4[one]b=2;");
    CHECK(strstr(refused, "3:"));
}

static void
refuses_lines_that_inih_would_cut(void)
{
    char text[700] = "[one]\nlong = ";
    memset(text + strlen(text), 'x', 300);
    strcat(text, "\nafter = 1\n[");
    memset(text + strlen(text), 's', 60);
    strcat(text, "]\nlast = 2\n");
    parse(text);
    CHECK(strstr(refused, "2:a line of 307 bytes, and the limit is 199;"));
    CHECK(strstr(refused, "4:a section name of more than 49 bytes;"));
    CHECK(strstr(seen, "3[one]after=1;"));
    CHECK(!strstr(seen, "xxx"));
}

static void
accepts_the_longest_line(void)
{
    char text[300] = "[one]\nk = ";
    memset(text + strlen(text), 'x', MIM_INI_LINE - 4);
    strcat(text, "\n");
    parse(text);
    assert_string_equal(refused, "");
    assert_int_equal(strlen(seen), strlen("2[one]k=;") + MIM_INI_LINE - 4);
}

static void
refuses_zero_bytes_and_lines_without_a_sign(void)
{
    parse_bytes("[one]\na = 1\0b = 2\nmagic 0:47\nc = 3\n", sizeof "[one]\na = 1\0b = 2\nmagic 0:47\nc = 3\n" - 1);
    assert_string_equal(seen, "4[one]c=3;");
    CHECK(strstr(refused, "2:a zero byte;"));
    CHECK(strstr(refused, "3:no \"=\""));
}

static void
names_the_line_that_is_nothing(void)
{
    parse("[one]\na = 1\nhello\n[two\nb = 2\n");
    CHECK(strstr(refused, "3:"));
    CHECK(strstr(seen, "b=2;"));
}

static void
cuts_comments_behind_values(void)
{
    parse("[one]\na = x;y ; a note\n");
    assert_string_equal(seen, "2[one]a=x;y;");
}

static void
takes_nothing_at_all(void)
{
    parse("");
    parse("\n\n\n");
    parse_bytes("\xef\xbb\xbf", 3);
    assert_string_equal(seen, "");
    assert_string_equal(refused, "");
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(reports_section_key_value_and_line),
        CASE(takes_crlf_and_a_byte_order_mark),
        CASE(takes_indented_keys_for_keys),
        CASE(does_not_continue_values),
        CASE(refuses_lines_that_inih_would_cut),
        CASE(accepts_the_longest_line),
        CASE(refuses_zero_bytes_and_lines_without_a_sign),
        CASE(names_the_line_that_is_nothing),
        CASE(cuts_comments_behind_values),
        CASE(takes_nothing_at_all),
    };
    return cmocka_run_group_tests_name("ini", cases, NULL, NULL);
}
