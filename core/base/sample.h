/* SPDX-License-Identifier: MIT */
/* The table of sample types, and rows of samples to and from wide numbers. */
#ifndef MIM_CORE_BASE_SAMPLE_H
#define MIM_CORE_BASE_SAMPLE_H

#include <stdbool.h>

#include <mim/frame.h>

struct mim_sample_facts {
    const char *name;
    uint8_t size;
    bool is_signed, is_float;
    uint64_t max; /* maximum of integers */
};
/* NULL: no such sample type. */
const struct mim_sample_facts *mim_sample_facts(enum mim_sample sample);

/* Loads integers, sign-extended. All functions below: of types but MIM_SAMPLE_U1. */
void mim_sample_load_integers(enum mim_sample sample, const void *from, size_t count, uint64_t *to);
void mim_sample_store_integers(enum mim_sample sample, const uint64_t *from, size_t count, void *to);
/* Loads integers as fractions of their maximum, and floats unchanged. */
void mim_sample_load_reals(enum mim_sample sample, const void *from, size_t count, double *to);
/* The reverse. false: a value outside 0..1 (or NaN) was clipped for an integer type. */
bool mim_sample_store_reals(enum mim_sample sample, const double *from, size_t count, void *to);

/* Swaps the bytes of each sample. */
void mim_sample_swap(enum mim_sample sample, void *samples, size_t count);

#endif
