/* SPDX-License-Identifier: MIT */
/* Numbers as text, under any locale. */
#include <float.h>
#include <locale.h>
#include <math.h>

#include "check.h"
#include "base/number.h"

static bool
is_int(const char *text, int64_t expected)
{
    int64_t value = 0;
    return mim_number_parse_int(text, strlen(text), &value) && value == expected;
}

static bool
is_no_int(const char *text)
{
    return !mim_number_parse_int(text, strlen(text), &(int64_t){ 0 });
}

static bool
is_real(const char *text, double expected)
{
    double value = 0;
    return mim_number_parse_real(text, strlen(text), &value) && value == expected;
}

static bool
is_no_real(const char *text)
{
    return !mim_number_parse_real(text, strlen(text), &(double){ 0 });
}

static bool
is_rational(const char *text, int64_t num, int64_t den)
{
    struct mim_rational value = { 0 };
    return mim_number_parse_rational(text, strlen(text), &value) && value.num == num && value.den == den;
}

static bool
is_no_rational(const char *text)
{
    return !mim_number_parse_rational(text, strlen(text), &(struct mim_rational){ 0 });
}

static void
integers_are_strict(void)
{
    CHECK(is_int("0", 0) && is_int("-7", -7) && is_int("+7", 7) && is_int("007", 7));
    CHECK(is_int("9223372036854775807", INT64_MAX) && is_int("-9223372036854775808", INT64_MIN));
    CHECK(is_no_int("9223372036854775808") && is_no_int("-9223372036854775809"));
    CHECK(is_no_int("99999999999999999999999"));
    CHECK(is_no_int("") && is_no_int("-") && is_no_int(" 1") && is_no_int("1 ") && is_no_int("1.0"));
    CHECK(is_no_int("1e2") && is_no_int("0x10") && is_no_int("1k") && is_no_int("--1"));
}

static void
reals_are_strict_and_take_fractions(void)
{
    CHECK(is_real("0.1", 0.1) && is_real("-1e-3", -1e-3) && is_real(".5", .5) && is_real("1/25", .04));
    CHECK(is_real("1.7976931348623157e308", DBL_MAX) && is_real("5e-324", 5e-324));
    CHECK(is_no_real("1e309") && is_no_real("1/0") && is_no_real("1/") && is_no_real("/2") && is_no_real("1/2/3"));
    CHECK(is_no_real("nan") && is_no_real("inf") && is_no_real("0x1p3") && is_no_real("1,5") && is_no_real("1e"));
    CHECK(is_no_real("") && is_no_real(".") && is_no_real("e5") && is_no_real(" 1") && is_no_real("1e99999999999"));
}

static void
rationals_are_exact(void)
{
    CHECK(is_rational("30000/1001", 30000, 1001) && is_rational("29.97", 2997, 100) && is_rational("25", 25, 1));
    CHECK(is_rational("0.5", 1, 2) && is_rational("-2/4", -1, 2) && is_rational("1e3", 1000, 1));
    CHECK(is_rational("1.50e-2", 3, 200) && is_rational("0", 0, 1) && is_rational("0/5", 0, 1));
    CHECK(is_rational("0e-9999", 0, 1));
    CHECK(is_rational("9223372036854775807", INT64_MAX, 1));
    CHECK(is_no_rational("1/0") && is_no_rational("1/-2") && is_no_rational("1e19") && is_no_rational("1e-19"));
    CHECK(is_no_rational("9223372036854775808") && is_no_rational("1.5/2") && is_no_rational(""));
    CHECK(is_no_rational("-9223372036854775808/1") && is_no_rational("nan"));
}

static void
printed_numbers_read_back_and_are_short(void)
{
    static const double values[] = { 0.1, 1.0 / 3, 29.97, 1e22, 5e-324, DBL_MAX, -0.5, 123456789012345680.0, 2.0 };
    char text[MIM_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        mim_number_print(values[i], text);
        CHECK(is_real(text, values[i]));
    }
    mim_number_print(0.1, text);
    assert_string_equal(text, "0.1");
    mim_number_print(2, text);
    assert_string_equal(text, "2");
    mim_number_print(NAN, text);
    CHECK(is_no_real(text));
}

static void
a_decimal_comma_of_the_locale_changes_nothing(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "de_DE", "ru_RU.UTF-8" };
    const char *found = NULL;
    for (size_t i = 0; !found && i < sizeof names / sizeof *names; i++)
        found = setlocale(LC_ALL, names[i]);
    if (!found)
        SKIP("no locale with a decimal comma is installed");
    char text[MIM_NUMBER_SIZE];
    mim_number_print(0.5, text);
    bool right = strcmp(text, "0.5") == 0 && is_real("0.5", .5) && is_no_real("0,5");
    setlocale(LC_ALL, "C");
    CHECK(right);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(integers_are_strict),
        CASE(reals_are_strict_and_take_fractions),
        CASE(rationals_are_exact),
        CASE(printed_numbers_read_back_and_are_short),
        CASE(a_decimal_comma_of_the_locale_changes_nothing),
    };
    return cmocka_run_group_tests_name("number", cases, NULL, NULL);
}
