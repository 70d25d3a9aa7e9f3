/* SPDX-License-Identifier: MIT */
/* The cache of ranges: how often and how much it fetches, and how much memory it has. */
#include <stdlib.h>

#include "base/error.h"
#include "check.h"
#include "transport/range-cache.h"

#define KB ((uint64_t)1024)
#define WHOLE (8192 * KB * KB) /* of the imagined file, in which byte i is i % 251 */

static struct mim_memory_budget budget;
static struct mim_range_cache cache;
static unsigned fetches;
static uint64_t fetched, most; /* bytes; at once at most */
static enum mim_status failure;

static int64_t
fetch(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    CHECK(user == &cache && size && offset + size <= cache.size);
    if (failure)
        return -(int64_t)mim_fail(err, failure, "no more");
    size = most && size > most ? most : size;
    fetches++;
    fetched += size;
    for (uint64_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = (uint8_t)((offset + i) % 251);
    return (int64_t)size;
}

static void
start(uint64_t working)
{
    mim_memory_budget_init(&budget, &(struct mim_limits){ .working_bytes = working });
    cache = (struct mim_range_cache){ .budget = &budget, .size = WHOLE, .fetch = fetch, .user = &cache };
    fetches = 0;
    fetched = most = 0;
    failure = MIM_OK;
}

static void
end(void)
{
    mim_range_cache_clear(&cache);
    CHECK(!cache.bytes && !mim_memory_budget_used(&budget));
}

/* Reads as sources do: until there are no more bytes. */
static void
reads(uint64_t size, uint64_t offset, uint64_t expected)
{
    uint8_t *data = malloc(size);
    uint64_t done = 0;
    int64_t n = 1;
    for (; done < size && n > 0; done += (uint64_t)n) {
        n = mim_range_cache_read(&cache, data + done, size - done, offset + done, NULL);
        CHECK(n >= 0);
    }
    assert_int_equal(done, expected);
    for (uint64_t i = 0; i < done; i++)
        CHECK(data[i] == (offset + i) % 251);
    free(data);
}

static void
small_reads_of_a_place_fetch_once(void)
{
    start(0);
    for (uint64_t i = 0; i < 64 * KB; i += 100)
        reads(100, i, 100);
    CHECK(fetches <= 2 && fetched <= 256 * KB + 64 * KB);
    reads(64, 4096 * KB * KB + 5, 64);
    reads(64, 4096 * KB * KB - 16 * KB + 5, 64); /* not before the place, where the next one ends */
    reads(64, 4096 * KB * KB + 1, 64);
    CHECK(fetches == 4 && fetched <= 450 * KB);
    end();
}

static void
consecutive_reads_fetch_more_and_more(void)
{
    start(0);
    for (uint64_t i = 0; i < 3900 * KB; i += 1000)
        reads(1000, i, 1000);
    CHECK(fetches == 6 && fetched <= 4096 * KB); /* 64, 192, 768 KB, and 3 of 1 MB */
    reads(10, 100000 * KB, 10);
    CHECK(fetches == 7 && fetched <= 4160 * KB);
    end();
}

static void
streams_that_alternate_grow_both(void)
{
    start(0);
    for (uint64_t i = 0; i < 1000 * KB; i += 1000) {
        reads(1000, i, 1000);
        reads(1000, 4096 * KB * KB + i, 1000);
    }
    CHECK(fetches == 6);
    end();
}

static void
gaps_that_are_small_are_fetched(void)
{
    start(0);
    for (uint64_t i = 0; i < 100; i++)
        reads(10, i * 50 * KB, 10);
    CHECK(fetches <= 8);
    end();
}

static void
large_reads_are_exact_and_not_kept(void)
{
    start(0);
    reads(3000 * KB, 12345, 3000 * KB);
    CHECK(fetches == 1 && fetched == 3000 * KB && !cache.bytes);
    reads(10, 2048 * KB, 10);
    reads(3000 * KB, 12345, 3000 * KB); /* around what is there */
    CHECK(fetches == 4 && fetched == 6000 * KB);
    end();
}

static void
nothing_is_fetched_past_the_end(void)
{
    start(0);
    reads(100, WHOLE - 60, 60);
    reads(100, WHOLE, 0);
    reads(100, UINT64_MAX - 100, 0);
    CHECK(fetches == 1 && fetched <= 16 * KB + 60);
    end();
}

static void
answers_that_are_short_are_continued(void)
{
    start(0);
    most = 777;
    reads(5000, 10000, 5000);
    reads(5000, 12000, 5000);
    end();
}

static void
a_failure_is_reported_and_keeps_what_is_there(void)
{
    struct mim_error err;
    char byte;
    start(0);
    reads(10, 0, 10);
    failure = MIM_IO;
    CHECK(mim_range_cache_read(&cache, &byte, 1, 999 * KB, &err) == -MIM_IO && !strcmp(err.message, "no more"));
    reads(10, 100, 10);
    CHECK(fetches == 1 && cache.bytes == 64 * KB);
    end();
}

static void
memory_is_charged_and_bounded(void)
{
    start(32 << 20);
    for (uint64_t i = 0; i < 200; i++) {
        reads(10, i * 1024 * KB, 10);
        CHECK(cache.bytes == mim_memory_budget_used(&budget) && cache.bytes <= 2048 * KB);
    }
    reads(10, 199 * 1024 * KB, 10);
    CHECK(fetches == 200);
    end();
}

static void
old_ranges_are_given_back_when_others_need_memory(void)
{
    start(32 << 20);
    for (uint64_t i = 0; i < 20; i++)
        reads(10, i * 1024 * KB, 10);
    CHECK(mim_memory_budget_charge(&budget, mim_memory_budget_free(&budget)));
    reads(10, 500 * 1024 * KB, 10);
    CHECK(cache.bytes <= 1280 * KB);
    mim_memory_budget_set_frames(&budget, 64 << 20); /* none is left: reads go on */
    reads(10, 600 * 1024 * KB, 10);
    CHECK(!cache.bytes);
    mim_memory_budget_set_frames(&budget, 0);
    mim_memory_budget_refund(&budget, mim_memory_budget_used(&budget));
    end();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(small_reads_of_a_place_fetch_once),
        CASE(consecutive_reads_fetch_more_and_more),
        CASE(streams_that_alternate_grow_both),
        CASE(gaps_that_are_small_are_fetched),
        CASE(large_reads_are_exact_and_not_kept),
        CASE(nothing_is_fetched_past_the_end),
        CASE(answers_that_are_short_are_continued),
        CASE(a_failure_is_reported_and_keeps_what_is_there),
        CASE(memory_is_charged_and_bounded),
        CASE(old_ranges_are_given_back_when_others_need_memory),
    };
    return cmocka_run_group_tests_name("range cache", cases, NULL, NULL);
}
