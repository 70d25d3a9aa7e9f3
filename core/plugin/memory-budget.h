/* SPDX-License-Identifier: MIT */
/* The working memory of one open file: its frames in flight and its plugin's allocations. */
#ifndef MIM_CORE_PLUGIN_MEMORY_BUDGET_H
#define MIM_CORE_PLUGIN_MEMORY_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <mim/control.h>

struct mim_memory_budget {
    struct mim_memory_budget *whole; /* of a part: the budget that counts for it; else NULL */
    _Atomic uint64_t plugin;         /* host->resize and reserve */
    _Atomic uint64_t frames;         /* canvas, rasters and frames in flight, set by the pipeline */
    _Atomic uint64_t ceiling;
    _Atomic uint64_t peak; /* maximum so far, for tests */
    uint64_t set_ceiling;  /* set by the caller or a policy; 0: derived from the frames' size */
    uint64_t cap;          /* upper bound of a derived ceiling */
    uint64_t raised;       /* for encoders, above that bound */
};

void mim_memory_budget_init(struct mim_memory_budget *budget, const struct mim_limits *limits);
/* A part charges and refunds the whole's budget. */
void mim_memory_budget_init_part(struct mim_memory_budget *budget, struct mim_memory_budget *whole);

/* Raises a derived ceiling to the larger of 64 MB and two frames of this size + 16 MB. */
void mim_memory_budget_expect(struct mim_memory_budget *budget, uint64_t frame_bytes);

/* Raises a derived ceiling by the memory that an encoder needs as long as it is open, up to 2.5 GB in all. Serial. */
void mim_memory_budget_raise(struct mim_memory_budget *budget, uint64_t bytes);

/* Sets the bytes that the pipeline holds, whether they fit or not. */
void mim_memory_budget_set_frames(struct mim_memory_budget *budget, uint64_t bytes);
/* The same, but false and unchanged when that would exceed the ceiling. One thread at a time. */
bool mim_memory_budget_admit_frames(struct mim_memory_budget *budget, uint64_t bytes);
bool mim_memory_budget_fits(struct mim_memory_budget *budget, uint64_t more);

/* For the plugin's allocations. false: over the ceiling. */
bool mim_memory_budget_charge(struct mim_memory_budget *budget, uint64_t bytes);
void mim_memory_budget_refund(struct mim_memory_budget *budget, uint64_t bytes);

/* LIMIT, after a charge was refused. */
enum mim_status mim_memory_budget_fail(struct mim_memory_budget *budget, uint64_t needed, struct mim_error *err);

uint64_t mim_memory_budget_used(struct mim_memory_budget *budget);
uint64_t mim_memory_budget_free(struct mim_memory_budget *budget);
uint64_t mim_memory_budget_ceiling(struct mim_memory_budget *budget);

#endif
