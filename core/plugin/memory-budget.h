/* SPDX-License-Identifier: MIT */
/* The working memory of one open file: what its frames in flight hold, and what its plugin took. */
#ifndef MIM_CORE_PLUGIN_MEMORY_BUDGET_H
#define MIM_CORE_PLUGIN_MEMORY_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <mim/control.h>

struct mim_memory_budget {
    struct mim_memory_budget *whole; /* of a part: all below stands there; else NULL */
    _Atomic uint64_t plugin;         /* host->resize and reserve */
    _Atomic uint64_t frames;         /* canvas, rasters and frames in flight, set by the pipeline */
    _Atomic uint64_t ceiling;
    _Atomic uint64_t peak; /* most ever held, for tests */
    uint64_t set_ceiling;  /* asked for by the caller or a policy; 0 = by the frames' size */
    uint64_t cap;          /* never above this, unless asked for */
};

void mim_memory_budget_init(struct mim_memory_budget *budget, const struct mim_limits *limits);
/* What it takes and gives back is the whole's. */
void mim_memory_budget_init_part(struct mim_memory_budget *budget, struct mim_memory_budget *whole);

/* A frame of that many bytes takes part: the ceiling grows to the larger of 64 MB and two of them + 16 MB. */
void mim_memory_budget_expect(struct mim_memory_budget *budget, uint64_t frame_bytes);

/* What the pipeline holds now, whether it fits or not. */
void mim_memory_budget_set_frames(struct mim_memory_budget *budget, uint64_t bytes);
/* The same, unless that is over the ceiling: false, and nothing has changed. One thread at a time. */
bool mim_memory_budget_admit_frames(struct mim_memory_budget *budget, uint64_t bytes);
bool mim_memory_budget_fits(struct mim_memory_budget *budget, uint64_t more);

/* For the plugin. false: over the ceiling. */
bool mim_memory_budget_charge(struct mim_memory_budget *budget, uint64_t bytes);
void mim_memory_budget_refund(struct mim_memory_budget *budget, uint64_t bytes);

uint64_t mim_memory_budget_used(struct mim_memory_budget *budget);
uint64_t mim_memory_budget_free(struct mim_memory_budget *budget);
uint64_t mim_memory_budget_ceiling(struct mim_memory_budget *budget);

#endif
