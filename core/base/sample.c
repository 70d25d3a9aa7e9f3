/* SPDX-License-Identifier: MIT */
/* The table of sample types. */
#include "base/sample.h"

#include <string.h>

static const struct mim_sample_facts facts[] = {
    [MIM_SAMPLE_U8] = { "u8", 1, false, false, UINT8_MAX },
    [MIM_SAMPLE_U16] = { "u16", 2, false, false, UINT16_MAX },
    [MIM_SAMPLE_U32] = { "u32", 4, false, false, UINT32_MAX },
    [MIM_SAMPLE_U64] = { "u64", 8, false, false, UINT64_MAX },
    [MIM_SAMPLE_I8] = { "i8", 1, true, false, INT8_MAX },
    [MIM_SAMPLE_I16] = { "i16", 2, true, false, INT16_MAX },
    [MIM_SAMPLE_I32] = { "i32", 4, true, false, INT32_MAX },
    [MIM_SAMPLE_I64] = { "i64", 8, true, false, INT64_MAX },
    [MIM_SAMPLE_F32] = { "f32", 4, true, true, 1 },
    [MIM_SAMPLE_F64] = { "f64", 8, true, true, 1 },
    [MIM_SAMPLE_INDEX8] = { "index8", 1, false, false, UINT8_MAX },
    [MIM_SAMPLE_U1] = { "u1", 1, false, false, 1 },
};

#define SAMPLE_COUNT (sizeof facts / sizeof *facts)

const struct mim_sample_facts *
mim_sample_facts(enum mim_sample sample)
{
    return (size_t)sample < SAMPLE_COUNT && facts[sample].size ? &facts[sample] : NULL;
}

size_t
mim_sample_size(enum mim_sample sample)
{
    const struct mim_sample_facts *known = mim_sample_facts(sample);
    return known ? known->size : 0;
}

const char *
mim_sample_name(enum mim_sample sample)
{
    const struct mim_sample_facts *known = mim_sample_facts(sample);
    return known ? known->name : "?";
}

enum mim_sample
mim_sample_by_name(const char *name)
{
    for (size_t i = MIM_SAMPLE_U8; name && i < SAMPLE_COUNT; i++)
        if (i != MIM_SAMPLE_INDEX8 && !strcmp(facts[i].name, name))
            return (enum mim_sample)i;
    return MIM_SAMPLE_NONE;
}

#define INTEGER_TYPES(DO) \
    DO(MIM_SAMPLE_U8, uint8_t) \
    DO(MIM_SAMPLE_U16, uint16_t) \
    DO(MIM_SAMPLE_U32, uint32_t) \
    DO(MIM_SAMPLE_U64, uint64_t) \
    DO(MIM_SAMPLE_I8, int8_t) \
    DO(MIM_SAMPLE_I16, int16_t) \
    DO(MIM_SAMPLE_I32, int32_t) \
    DO(MIM_SAMPLE_I64, int64_t)

/* memcpy, because a caller's rows may be unaligned; compilers turn it into plain loads */
#define LOAD_INTEGERS(name, type) \
    case name: \
        for (size_t i = 0; i < count; i++) { \
            type value; \
            memcpy(&value, (const char *)from + i * sizeof value, sizeof value); \
            to[i] = (uint64_t)value; \
        } \
        return;

void
mim_sample_load_integers(enum mim_sample sample, const void *from, size_t count, uint64_t *to)
{
    switch ((int)sample) {
        INTEGER_TYPES(LOAD_INTEGERS)
    }
}

#define STORE_INTEGERS(name, type) \
    case name: \
        for (size_t i = 0; i < count; i++) { \
            type value = (type)from[i]; \
            memcpy((char *)to + i * sizeof value, &value, sizeof value); \
        } \
        return;

void
mim_sample_store_integers(enum mim_sample sample, const uint64_t *from, size_t count, void *to)
{
    switch ((int)sample) {
        INTEGER_TYPES(STORE_INTEGERS)
    }
}

#define LOAD_REALS(name, type, max) \
    case name: \
        for (size_t i = 0; i < count; i++) { \
            type value; \
            memcpy(&value, (const char *)from + i * sizeof value, sizeof value); \
            to[i] = (double)value / (max); \
        } \
        return;
#define LOAD_FRACTIONS(name, type) LOAD_REALS(name, type, (double)facts[name].max)

void
mim_sample_load_reals(enum mim_sample sample, const void *from, size_t count, double *to)
{
    switch ((int)sample) {
        INTEGER_TYPES(LOAD_FRACTIONS)
        LOAD_REALS(MIM_SAMPLE_F32, float, 1.0)
        LOAD_REALS(MIM_SAMPLE_F64, double, 1.0)
    }
}

static uint64_t
integer_of_fraction(double fraction, uint64_t max)
{
    double value = fraction * (double)max + 0.5; /* round half up, as for integers */
    /* (double)UINT64_MAX rounds up to 2^64, which does not fit */
    return value >= (double)max ? max : (uint64_t)value;
}

bool
mim_sample_store_reals(enum mim_sample sample, const double *from, size_t count, void *to)
{
    if (sample == MIM_SAMPLE_F64) {
        memcpy(to, from, count * sizeof *from);
        return true;
    }

    bool inside = true;
    for (size_t i = 0; i < count; i++) {
        if (sample == MIM_SAMPLE_F32) {
            float value = (float)from[i];
            memcpy((char *)to + i * sizeof value, &value, sizeof value);
            continue;
        }
        double fraction = from[i];
        if (!(fraction >= 0 && fraction <= 1)) {
            inside = false;
            fraction = fraction > 1 ? 1 : 0;
        }
        uint64_t value = integer_of_fraction(fraction, facts[sample].max);
        mim_sample_store_integers(sample, &value, 1, (char *)to + i * facts[sample].size);
    }
    return inside;
}

void
mim_sample_swap(enum mim_sample sample, void *samples, size_t count)
{
    size_t size = mim_sample_size(sample);
    uint8_t *bytes = samples;
    for (size_t i = 0; size > 1 && i < count; i++, bytes += size)
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            uint8_t kept = bytes[a];
            bytes[a] = bytes[b];
            bytes[b] = kept;
        }
}
