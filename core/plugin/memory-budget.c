/* SPDX-License-Identifier: MIT */
/* Counting working memory. */
#include "plugin/memory-budget.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/size.h"

#define SMALLEST_CEILING 64000000u
#define BESIDE_TWO_FRAMES 16000000u
#define MOST_FOR_ENCODERS UINT64_C(2500000000)

/* Parts use the numbers of the whole. */
static struct mim_memory_budget *
whole_of(struct mim_memory_budget *budget)
{
    return budget->whole ? budget->whole : budget;
}

void
mim_memory_budget_init_part(struct mim_memory_budget *budget, struct mim_memory_budget *whole)
{
    *budget = (struct mim_memory_budget){ .whole = whole_of(whole) };
}

void
mim_memory_budget_init(struct mim_memory_budget *budget, const struct mim_limits *limits)
{
    budget->whole = NULL;
    budget->raised = 0;
    budget->set_ceiling = limits->working_bytes;
    budget->cap = limits->result_bytes > SMALLEST_CEILING ? limits->result_bytes : SMALLEST_CEILING;
    atomic_init(&budget->plugin, 0);
    atomic_init(&budget->frames, 0);
    atomic_init(&budget->peak, 0);
    atomic_init(&budget->ceiling, limits->working_bytes ? limits->working_bytes : SMALLEST_CEILING);
}

void
mim_memory_budget_expect(struct mim_memory_budget *budget, uint64_t frame_bytes)
{
    budget = whole_of(budget);
    if (budget->set_ceiling)
        return;

    uint64_t wanted = 0;
    if (mim_size_mul(frame_bytes, 2, &wanted))
        mim_size_add(wanted, BESIDE_TWO_FRAMES, &wanted);
    if (wanted > budget->cap)
        wanted = budget->cap;
    if (wanted > atomic_load(&budget->ceiling))
        atomic_store(&budget->ceiling, wanted);
}

void
mim_memory_budget_raise(struct mim_memory_budget *budget, uint64_t bytes)
{
    budget = whole_of(budget);
    if (budget->set_ceiling || bytes > MOST_FOR_ENCODERS - budget->raised)
        return;
    budget->raised += bytes;
    atomic_fetch_add(&budget->ceiling, bytes);
}

static void
note_peak(struct mim_memory_budget *budget, uint64_t used)
{
    uint64_t peak = atomic_load(&budget->peak);
    while (used > peak && !atomic_compare_exchange_weak(&budget->peak, &peak, used)) {
    }
}

void
mim_memory_budget_set_frames(struct mim_memory_budget *budget, uint64_t bytes)
{
    /* fewer frames cannot raise the peak, but a charge that is about to be refused would count */
    if (bytes > atomic_exchange(&budget->frames, bytes))
        note_peak(budget, mim_memory_budget_used(budget));
}

/* Both sides add before they compare, so of two concurrent charges at least one sees the other. */
static bool
within_ceiling(struct mim_memory_budget *budget)
{
    uint64_t used = mim_memory_budget_used(budget);
    if (used > atomic_load(&budget->ceiling))
        return false;
    note_peak(budget, used);
    return true;
}

bool
mim_memory_budget_admit_frames(struct mim_memory_budget *budget, uint64_t bytes)
{
    uint64_t before = atomic_exchange(&budget->frames, bytes);
    if (within_ceiling(budget))
        return true;
    atomic_store(&budget->frames, before);
    return false;
}

bool
mim_memory_budget_fits(struct mim_memory_budget *budget, uint64_t more)
{
    return more <= mim_memory_budget_free(budget);
}

bool
mim_memory_budget_charge(struct mim_memory_budget *budget, uint64_t bytes)
{
    budget = whole_of(budget);
    uint64_t plugin = atomic_load(&budget->plugin), sum = 0;
    do {
        if (!mim_size_add(plugin, bytes, &sum) || sum > atomic_load(&budget->ceiling))
            return false;
    } while (!atomic_compare_exchange_weak(&budget->plugin, &plugin, sum));
    if (within_ceiling(budget))
        return true;
    mim_memory_budget_refund(budget, bytes);
    return false;
}

void
mim_memory_budget_refund(struct mim_memory_budget *budget, uint64_t bytes)
{
    budget = whole_of(budget);
    uint64_t plugin = atomic_load(&budget->plugin);
    /* clamp: refunding more than was charged must not wrap around */
    while (!atomic_compare_exchange_weak(&budget->plugin, &plugin, plugin > bytes ? plugin - bytes : 0)) {
    }
}

uint64_t
mim_memory_budget_used(struct mim_memory_budget *budget)
{
    budget = whole_of(budget);
    uint64_t sum = 0;
    mim_size_add(atomic_load(&budget->plugin), atomic_load(&budget->frames), &sum);
    return sum;
}

uint64_t
mim_memory_budget_free(struct mim_memory_budget *budget)
{
    budget = whole_of(budget);
    uint64_t used = mim_memory_budget_used(budget), ceiling = atomic_load(&budget->ceiling);
    return used < ceiling ? ceiling - used : 0;
}

uint64_t
mim_memory_budget_ceiling(struct mim_memory_budget *budget)
{
    return atomic_load(&whole_of(budget)->ceiling);
}

enum mim_status
mim_memory_budget_fail(struct mim_memory_budget *budget, uint64_t needed, struct mim_error *err)
{
    uint64_t used = mim_memory_budget_used(budget), ceiling = mim_memory_budget_ceiling(budget);
    return mim_fail_limit(err, needed, ceiling,
                          "the working memory exceeds the limit working=%" PRIu64 ": %" PRIu64
                          " bytes are in use and %" PRIu64 " more needed",
                          ceiling, used, needed);
}
