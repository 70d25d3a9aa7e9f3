/* SPDX-License-Identifier: MIT */
/* Parsing and printing numbers independently of the locale. */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mim/kit/ratio.h>

#include "base/size.h"

/* A decimal number as digits times a power of ten. */
struct decimal {
    bool negative, exact; /* all digits fit in `digits` */
    uint64_t digits;
    int64_t exponent;
};

/* Consumes digits of `*text` and returns their number. */
static size_t
take_digits(const char **text, const char *end, struct decimal *decimal)
{
    const char *start = *text;
    for (; *text < end && mim_is_digit(**text); ++*text) {
        uint64_t digits;
        bool fits =
            mim_size_mul(decimal->digits, 10, &digits) && mim_size_add(digits, (uint64_t)(**text - '0'), &digits);
        decimal->exact = decimal->exact && fits;
        decimal->digits = digits;
    }
    return (size_t)(*text - start);
}

static bool
take_exponent(const char **text, const char *end, struct decimal *decimal)
{
    bool negative = false;
    ++*text; /* the "e" */
    if (*text < end && (**text == '-' || **text == '+'))
        negative = *(*text)++ == '-';
    struct decimal number = { .exact = true };
    if (take_digits(text, end, &number) == 0 || !number.exact || number.digits > 9999)
        return false;
    decimal->exponent += negative ? -(int64_t)number.digits : (int64_t)number.digits;
    return true;
}

/* [+-] digits [. digits] [e [+-] digits], or [. digits] alone. */
static bool
scan_decimal(const char *text, size_t size, struct decimal *decimal)
{
    const char *end = text + size;
    *decimal = (struct decimal){ .exact = true };
    if (text < end && (*text == '-' || *text == '+'))
        decimal->negative = *text++ == '-';
    size_t count = take_digits(&text, end, decimal);
    if (text < end && *text == '.') {
        text++;
        size_t places = take_digits(&text, end, decimal);
        decimal->exponent = -(int64_t)places;
        count += places;
    }
    if (count == 0)
        return false;
    if (text < end && (*text == 'e' || *text == 'E') && !take_exponent(&text, end, decimal))
        return false;
    return text == end;
}

bool
mim_number_parse_int(const char *text, size_t size, int64_t *value)
{
    struct decimal decimal;
    if (size == 0 || memchr(text, '.', size) || memchr(text, 'e', size) || memchr(text, 'E', size) ||
        !scan_decimal(text, size, &decimal) || !decimal.exact)
        return false;
    if (decimal.digits > (uint64_t)INT64_MAX + decimal.negative)
        return false;
    *value = (int64_t)(decimal.negative ? 0 - decimal.digits : decimal.digits);
    return true;
}

/* strtod expects the radix character of the locale; this function expects a point. */
static bool
parse_decimal_real(const char *text, size_t size, double *value)
{
    struct decimal decimal;
    char copy[400]; /* longer than any double's exact digits that matter */
    locale_t c = (locale_t)0;
    if (size >= sizeof copy || !scan_decimal(text, size, &decimal) || !(c = newlocale(LC_ALL_MASK, "C", (locale_t)0)))
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    double number = strtod_l(copy, NULL, c);
    freelocale(c);
    if (!isfinite(number))
        return false;
    *value = number;
    return true;
}

bool
mim_number_parse_real(const char *text, size_t size, double *value)
{
    const char *slash = size ? memchr(text, '/', size) : NULL;
    if (!slash)
        return parse_decimal_real(text, size, value);

    double num, den;
    size_t before = (size_t)(slash - text);
    if (!parse_decimal_real(text, before, &num) || !parse_decimal_real(slash + 1, size - before - 1, &den) ||
        den == 0 || !isfinite(num / den))
        return false;
    *value = num / den;
    return true;
}

/* Multiplies num/den (den > 0, num >= 0) by 10^exponent, reduced at every step. */
static bool
scale_by_ten(struct mim_rational *value, int64_t exponent)
{
    for (; value->num && exponent; exponent += exponent < 0 ? 1 : -1) {
        int64_t *up = exponent < 0 ? &value->den : &value->num;
        int64_t *down = exponent < 0 ? &value->num : &value->den;
        int64_t shared = (int64_t)mim_ratio_common_divisor(10, (uint64_t)*down);
        *down /= shared;
        if (__builtin_mul_overflow(*up, 10 / shared, up))
            return false;
    }
    return true;
}

static bool
parse_decimal_rational(const char *text, size_t size, struct mim_rational *value)
{
    struct decimal decimal;
    if (!scan_decimal(text, size, &decimal) || !decimal.exact || decimal.digits > INT64_MAX)
        return false;
    struct mim_rational number = { .num = (int64_t)decimal.digits, .den = 1 };
    if (!scale_by_ten(&number, decimal.exponent))
        return false;
    if (decimal.negative)
        number.num = -number.num;
    *value = number;
    return true;
}

bool
mim_number_parse_rational(const char *text, size_t size, struct mim_rational *value)
{
    const char *slash = size ? memchr(text, '/', size) : NULL;
    if (!slash)
        return parse_decimal_rational(text, size, value);

    struct mim_rational number;
    size_t before = (size_t)(slash - text);
    if (!mim_number_parse_int(text, before, &number.num) ||
        !mim_number_parse_int(slash + 1, size - before - 1, &number.den) || number.den <= 0 || number.num == INT64_MIN)
        return false;
    int64_t shared = (int64_t)mim_ratio_common_divisor((uint64_t)(number.num < 0 ? -number.num : number.num),
                                                        (uint64_t)number.den);
    *value = (struct mim_rational){ .num = number.num / shared, .den = number.den / shared };
    return true;
}

void
mim_number_print(double value, char text[MIM_NUMBER_SIZE])
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = c ? uselocale(c) : (locale_t)0; /* of this thread only */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, MIM_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (c) {
        uselocale(before);
        freelocale(c);
    }
}

int
mim_hex_digit(char c)
{
    if (mim_is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
