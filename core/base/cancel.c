/* SPDX-License-Identifier: MIT */
/* The cancel switch, the clock, and sizes in words. */
#include "base/cancel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <mim/kit/ratio.h>

#include "base/error.h"
#include "base/size.h"

struct mim_cancel {
    atomic_int requested; /* lock-free, so a signal handler may store */
};

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler throws the switch");

struct mim_cancel *
mim_cancel_create(void)
{
    return calloc(1, sizeof(struct mim_cancel));
}

void
mim_cancel_request(struct mim_cancel *cancel)
{
    atomic_store(&cancel->requested, 1);
}

void
mim_cancel_reset(struct mim_cancel *cancel)
{
    atomic_store(&cancel->requested, 0);
}

void
mim_cancel_destroy(struct mim_cancel *cancel)
{
    free(cancel);
}

bool
mim_cancel_requested(const struct mim_cancel *cancel)
{
    return cancel && atomic_load(&cancel->requested);
}

uint64_t
mim_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t
mim_clock_ms(void)
{
    return (int64_t)(mim_clock_ns() / 1000000);
}

static const struct {
    const char *word;
    uint64_t bytes;
} words[] = {
    { "0", MIM_NO_LIMIT }, { "off", MIM_NO_LIMIT }, { "none", MIM_NO_LIMIT }, { "false", MIM_NO_LIMIT },
    { "on", 0 },           { "true", 0 },
};

/* Bytes of a unit such as "", "B", "k", "kB", "Ki" or "KiB"; 0: no such unit. */
static uint64_t
unit_bytes(const char *unit)
{
    static const char letters[] = "kmgtp";
    uint64_t bytes = 1;
    char letter = (char)(*unit | 0x20);
    const char *place = *unit ? strchr(letters, letter) : NULL;
    if (place) {
        unit++;
        bool binary = (*unit | 0x20) == 'i';
        for (const char *p = letters; p <= place; p++)
            bytes *= binary ? 1024 : 1000;
        unit += binary;
    }
    if ((*unit | 0x20) == 'b')
        unit++;
    return *unit == '\0' ? bytes : 0;
}

/* A decimal fraction of `unit`, rounded to a byte. Digits after the 18th cannot matter: the largest unit is 2^50. */
static uint64_t
fraction_bytes(const char *digits, size_t count, uint64_t unit)
{
    uint64_t numerator = 0, denominator = 1;
    for (size_t i = 0; i < count && i < 18; i++) {
        numerator = 10 * numerator + (uint64_t)(digits[i] - '0');
        denominator *= 10;
    }
    return mim_ratio_scale_unsigned(numerator, unit, denominator);
}

/* Parses number [blank] [unit]. false: not a size, or too large. */
static bool
parse_size(const char *text, uint64_t *bytes)
{
    uint64_t whole = 0;
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits; i++)
        if (!mim_size_mul(whole, 10, &whole) || !mim_size_add(whole, (uint64_t)(text[i] - '0'), &whole))
            return false;
    if (digits == 0)
        return false;
    text += digits;

    const char *fraction = text;
    size_t places = 0;
    if (*text == '.') {
        fraction = text + 1;
        places = strspn(fraction, "0123456789");
        if (places == 0)
            return false;
        text = fraction + places;
    }
    uint64_t unit = unit_bytes(text + (*text == ' '));
    return unit && mim_size_mul(whole, unit, bytes) &&
           mim_size_add(*bytes, fraction_bytes(fraction, places, unit), bytes);
}

enum mim_status
mim_size_parse(const char *text, uint64_t *bytes, struct mim_error *err)
{
    if (!text)
        return mim_fail(err, MIM_ARGUMENT, "no size was given");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i].word) == 0) {
            *bytes = words[i].bytes;
            return MIM_OK;
        }

    uint64_t size = 0;
    if (!parse_size(text, &size))
        return mim_fail(err, MIM_OPTION,
                        "\"%.100s\" is not a size: expected a number and a unit, as in 256MB or 1.5 GiB, or off", text);
    if (size == 0)
        return mim_fail(err, MIM_OPTION, "\"%.100s\" is less than a byte: \"off\" means no limit", text);
    if (size == MIM_NO_LIMIT)
        return mim_fail(err, MIM_OPTION, "\"%.100s\" is too large: \"off\" means no limit", text);
    *bytes = size;
    return MIM_OK;
}
