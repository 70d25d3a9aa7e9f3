/* SPDX-License-Identifier: MIT */
/* Ranges of bytes that were fetched from far away, kept for small reads. */
#include "transport/range-cache.h"

#include <stdlib.h>
#include <string.h>

enum {
    SMALLEST = 64 << 10,    /* bytes that are fetched at a new place */
    ALIGNMENT = 16 << 10,   /* of that place, since some readers look at the bytes before */
    NEAR = 64 << 10,        /* a gap that is fetched with the bytes after it */
    MOST_AT_FIRST = 1 << 20, /* bytes that are fetched at once until a multiple of them was read in a row */
    NOT_KEPT = 256 << 10,   /* reads of this size need no cache */
    LARGEST_CACHE = 16 << 20
};

struct mim_range {
    struct mim_range *next;
    uint64_t start, end;
    uint64_t run; /* bytes that were fetched in a row, with this range */
    uint8_t data[];
};

/* A sixteenth of the working memory, so that frames seldom lack it. */
static uint64_t
capacity_of(const struct mim_range_cache *cache)
{
    uint64_t share = mim_memory_budget_ceiling(cache->budget) / 16;
    return share < SMALLEST ? SMALLEST : share < LARGEST_CACHE ? share : LARGEST_CACHE;
}

static void
drop_oldest(struct mim_range_cache *cache)
{
    struct mim_range **link = &cache->newest;
    while ((*link)->next)
        link = &(*link)->next;
    uint64_t size = (*link)->end - (*link)->start;
    free(*link);
    *link = NULL;
    cache->bytes -= size;
    mim_memory_budget_refund(cache->budget, size);
}

void
mim_range_cache_clear(struct mim_range_cache *cache)
{
    while (cache->newest)
        drop_oldest(cache);
}

/* The range with the byte at `offset`, which becomes the newest; NULL: none. */
static const struct mim_range *
use_range(struct mim_range_cache *cache, uint64_t offset)
{
    struct mim_range **link = &cache->newest, *found;
    while ((found = *link) && (offset < found->start || offset >= found->end))
        link = &found->next;
    if (!found)
        return NULL;
    *link = found->next;
    found->next = cache->newest;
    cache->newest = found;
    return found;
}

/* Bytes worth one fetch after `run` bytes in a row. */
static uint64_t
worth_fetching(const struct mim_range_cache *cache, uint64_t run)
{
    uint64_t size = 3 * run < MOST_AT_FIRST ? 3 * run : MOST_AT_FIRST, most = capacity_of(cache) / 4;
    if (size < run / 4)
        size = run / 4;
    if (size > most)
        size = most;
    return size > SMALLEST ? size : SMALLEST;
}

/* The range to fetch for a read of bytes that no range has: between those before and after it. */
static struct mim_range
plan_fetch(const struct mim_range_cache *cache, uint64_t size, uint64_t offset)
{
    struct mim_range plan = { .start = offset - offset % ALIGNMENT, .end = cache->size };
    uint64_t before = 0;
    for (const struct mim_range *range = cache->newest; range; range = range->next) {
        if (range->start > offset && range->start < plan.end)
            plan.end = range->start;
        if (range->end > offset || range->end < before)
            continue;
        before = range->end;
        plan.run = range->run;
    }
    if (plan.run && offset - before <= NEAR)
        plan.start = before;
    else
        plan.run = 0;
    uint64_t most = worth_fetching(cache, plan.run), needed = offset - plan.start + size;
    if (most < needed)
        most = needed;
    if (most < plan.end - plan.start)
        plan.end = plan.start + most;
    plan.run += plan.end - plan.start;
    return plan;
}

/* Gives back old ranges until the budget and the cache have space for one more. NULL: there is too little memory. */
static struct mim_range *
add_range(struct mim_range_cache *cache, const struct mim_range *plan)
{
    uint64_t size = plan->end - plan->start, most = capacity_of(cache);
    while (cache->newest && cache->bytes + size > most)
        drop_oldest(cache);
    while (!mim_memory_budget_charge(cache->budget, size)) {
        if (!cache->newest)
            return NULL;
        drop_oldest(cache);
    }
    struct mim_range *range = malloc(sizeof *range + size);
    if (!range) {
        mim_memory_budget_refund(cache->budget, size);
        return NULL;
    }
    *range = *plan;
    range->next = cache->newest;
    cache->newest = range;
    cache->bytes += size;
    return range;
}

/* Fetches the whole range, or some of it. */
static int64_t
fill_range(struct mim_range_cache *cache, struct mim_range *range, uint64_t needed, struct mim_error *err)
{
    uint64_t done = 0, size = range->end - range->start;
    int64_t n = 1;
    while (done < needed && n > 0) {
        n = cache->fetch(cache->user, range->data + done, size - done, range->start + done, err);
        done += n > 0 ? (uint64_t)n : 0;
    }
    range->end = range->start + done;
    range->run -= size - done;
    cache->bytes -= size - done;
    mim_memory_budget_refund(cache->budget, size - done);
    return n;
}

static int64_t
copy_range(const struct mim_range *range, void *data, uint64_t size, uint64_t offset)
{
    uint64_t n = range->end - offset < size ? range->end - offset : size;
    memcpy(data, range->data + (offset - range->start), n);
    return (int64_t)n;
}

int64_t
mim_range_cache_read(struct mim_range_cache *cache, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    if (offset >= cache->size)
        return 0;
    if (size > cache->size - offset)
        size = cache->size - offset;
    const struct mim_range *known = use_range(cache, offset);
    if (known)
        return copy_range(known, data, size, offset);

    struct mim_range plan = plan_fetch(cache, size, offset);
    if (size > plan.end - offset)
        size = plan.end - offset;
    struct mim_range *range = size < NOT_KEPT ? add_range(cache, &plan) : NULL;
    if (!range)
        return cache->fetch(cache->user, data, size, offset, err);
    int64_t n = fill_range(cache, range, offset - plan.start + 1, err);
    if (range->end > offset)
        return copy_range(range, data, size, offset);
    return n < 0 ? n : 0;
}
