/* SPDX-License-Identifier: MIT */
/* Parses the values of tags in options. */
#include "write/tag-value.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include "file/known-tags.h"

bool
tiff_type_holds(int64_t value, uint16_t type)
{
    unsigned bits = tiff_type_size(type) * 8;
    if (bits == 64)
        return tiff_type_is_signed(type) || value >= 0;
    if (tiff_type_is_signed(type))
        return value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1);
    return value >= 0 && value >> bits == 0;
}

void
tiff_store_integer(uint8_t *to, int64_t value, unsigned size)
{
    uint8_t narrow = (uint8_t)value;
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;
    const void *from = size == 1 ? (const void *)&narrow : size == 2 ? (const void *)&half : &word;
    memcpy(to, size == 8 ? (const void *)&value : from, size);
}

/* The prefixes of an option's value that name a type. */
static const struct {
    const char *name;
    uint16_t type;
} types[] = {
    { "text", TIFF_ASCII },    { "byte", TIFF_BYTE },         { "short", TIFF_SHORT },         { "long", TIFF_LONG },
    { "long8", TIFF_LONG8 },   { "sbyte", TIFF_SBYTE },       { "sshort", TIFF_SSHORT },       { "slong", TIFF_SLONG },
    { "slong8", TIFF_SLONG8 }, { "rational", TIFF_RATIONAL }, { "srational", TIFF_SRATIONAL }, { "float", TIFF_FLOAT },
    { "double", TIFF_DOUBLE }, { "hex", TIFF_UNDEFINED },
};

static bool
take_integer(const char **text, int64_t *value)
{
    char *end = (char *)*text;
    errno = 0;
    if (strchr("+-0123456789", **text)) /* also true at the end of the text, where strtoll() finds nothing */
        *value = strtoll(*text, &end, 10);
    bool is_one = end != *text && errno == 0;
    *text = end;
    return is_one;
}

/* Decimal only: strtod() also accepts words, such as nan, and hexadecimal digits. */
static bool
take_real(const char **text, double *value)
{
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    char *end;
    if (plain == (locale_t)0)
        return false;
    *value = strtod_l(*text, &end, plain);
    freelocale(plain);
    size_t taken = (size_t)(end - *text);
    bool is_one = taken > 0 && taken <= strspn(*text, "+-.0123456789eE") && isfinite(*value);
    *text = end;
    return is_one;
}

static bool
take_hex(const char **text, uint8_t *value)
{
    static const char digits[] = "0123456789abcdef";
    *value = 0;
    for (unsigned i = 0; i < 2; i++, ++*text) {
        const char *digit = **text ? strchr(digits, **text | 0x20) : NULL;
        if (!digit)
            return false;
        *value = (uint8_t)(*value << 4 | (digit - digits));
    }
    return true;
}

/* Parse one value of the type; `to` may be NULL. */
static bool
take_value(const char **text, uint16_t type, uint8_t *to)
{
    uint8_t scratch[8];
    double real;
    to = to ? to : scratch;
    if (type == TIFF_UNDEFINED)
        return take_hex(text, to);
    if (type == TIFF_FLOAT || type == TIFF_DOUBLE) {
        if (!take_real(text, &real))
            return false;
        if (type == TIFF_FLOAT && fabs(real) > (double)FLT_MAX)
            return false;
        float single = (float)real;
        memcpy(to, type == TIFF_FLOAT ? (void *)&single : (void *)&real, tiff_type_size(type));
        return true;
    }

    bool is_ratio = type == TIFF_RATIONAL || type == TIFF_SRATIONAL;
    uint16_t part = is_ratio ? (type == TIFF_RATIONAL ? TIFF_LONG : TIFF_SLONG) : type;
    for (unsigned i = 0; i <= is_ratio; i++, to += tiff_type_size(part)) {
        int64_t value = 0;
        if ((i && *(*text)++ != '/') || !take_integer(text, &value) || !tiff_type_holds(value, part))
            return false;
        tiff_store_integer(to, value, tiff_type_size(part));
    }
    return true;
}

uint64_t
tiff_value_parse(const char *text, uint16_t type, uint8_t *to)
{
    uint64_t count = 0;
    for (bool is_first = true; *text || is_first; is_first = false) {
        if (!is_first && type != TIFF_UNDEFINED && *text++ != ',')
            return 0;
        if (!take_value(&text, type, to ? to + count * tiff_type_size(type) : NULL))
            return 0;
        count++;
    }
    return count;
}

uint16_t
tiff_value_named_type(const char **value)
{
    size_t length = strcspn(*value, ":");
    for (unsigned i = 0; (*value)[length] && i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].name) == length && strncmp(*value, types[i].name, length) == 0) {
            *value += length + 1;
            return types[i].type;
        }
    return 0;
}

uint16_t
tiff_value_guess_type(const char **value, bool is_big)
{
    static const uint16_t guesses[] = { TIFF_SHORT,  TIFF_LONG,     TIFF_SSHORT,    TIFF_SLONG, TIFF_LONG8,
                                        TIFF_SLONG8, TIFF_RATIONAL, TIFF_SRATIONAL, TIFF_DOUBLE };
    if (strncmp(*value, "0x", 2) == 0 && tiff_value_parse(*value + 2, TIFF_UNDEFINED, NULL)) {
        *value += 2;
        return TIFF_UNDEFINED;
    }
    for (unsigned i = 0; i < sizeof guesses / sizeof *guesses; i++)
        if ((is_big || (guesses[i] != TIFF_LONG8 && guesses[i] != TIFF_SLONG8)) &&
            tiff_value_parse(*value, guesses[i], NULL))
            return guesses[i];
    return TIFF_ASCII;
}
