/* SPDX-License-Identifier: MIT */
/* Sample types as a table, and moving rows of them to and from wide numbers. */
#ifndef MIM_CORE_BASE_SAMPLE_H
#define MIM_CORE_BASE_SAMPLE_H

#include <stdbool.h>

#include <mim/frame.h>

struct mim_sample_facts {
    const char *name;
    uint8_t size;
    bool is_signed, is_float;
    uint64_t max; /* full range of integers */
};
/* NULL for what is no sample type. */
const struct mim_sample_facts *mim_sample_facts(enum mim_sample sample);

/* Integers as they are, sign-extended. */
void mim_sample_load_integers(enum mim_sample sample, const void *from, size_t count, uint64_t *to);
void mim_sample_store_integers(enum mim_sample sample, const uint64_t *from, size_t count, void *to);
/* Integers as a fraction of their full range, floats as they are. */
void mim_sample_load_reals(enum mim_sample sample, const void *from, size_t count, double *to);
/* The reverse. false: a value outside 0..1 (or NaN) met an integer type, and was clipped. */
bool mim_sample_store_reals(enum mim_sample sample, const double *from, size_t count, void *to);

/* Swap the bytes of each sample. */
void mim_sample_swap(enum mim_sample sample, void *samples, size_t count);

#endif
