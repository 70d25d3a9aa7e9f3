/* SPDX-License-Identifier: MIT */
/* Makes every allocation of the library and its plugins fail in turn, once or from then on. The failure must be
 * reported, results must be complete, and all memory must be freed. */
#include <pthread.h>

#include "faults.h"
#include "subject.h"

static void
report(const struct attempt *attempt, long place, bool for_ever, const struct outcome *outcome)
{
    print_message("# %s%s%s, %u threads, allocation %ld%s: %s after %llu frames: %s\n", attempt->subject->name,
                  attempt->to ? " to " : "", attempt->to ? attempt->to : "", attempt->threads, place,
                  for_ever ? " and all after" : "", mim_status_name(outcome->status),
                  (unsigned long long)outcome->frames, outcome->message);
}

/* Returns whether the outcome is right after a failed allocation. */
static bool
is_honest(const struct outcome *outcome, const struct outcome *whole)
{
    return outcome->status == MIM_NOMEM || outcome_equal(outcome, whole);
}

static bool
survives(const struct attempt *attempt, long place, bool for_ever, const struct outcome *whole, bool *reached)
{
    long live = fault_memory_live();
    fault_memory_at(place, for_ever);
    struct outcome outcome = subject_try(attempt);
    *reached = fault_memory_recover();
    bool honest = is_honest(&outcome, whole) && (*reached || outcome.status == MIM_OK);
    long left = fault_memory_live() - live;
    if (!honest || left)
        report(attempt, place, for_ever, &outcome);
    if (left)
        print_message("# %ld blocks were not given back\n", left);
    return honest && !left;
}

/* Runs once before counting, because libraries keep some memory until the process ends. */
static long
survives_all(const struct attempt *attempt)
{
    subject_try(attempt);
    fault_memory_reset();
    struct outcome whole = subject_try(attempt);
    long places = (long)fault_memory_asked().calls;
    if (whole.status != MIM_OK)
        report(attempt, -1, false, &whole);
    CHECK(whole.status == MIM_OK);
    CHECK(whole.frames > 0);

    long failures = 0;
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (long place = 0; place < places; place++) {
            bool reached;
            failures += !survives(attempt, place, for_ever, &whole, &reached);
        }
    CHECK(!failures);
    return places;
}

static void
survives_with_each(const char *format, const char *to, unsigned threads)
{
    long tried = 0;
    for (size_t i = 0; i < subject_count; i++)
        if (subject_is(&subjects[i], format))
            tried += survives_all(&(struct attempt){ .subject = &subjects[i], .to = to, .threads = threads });
    CHECK(tried > 100);
}

static void
may_fail_when_raw_is_read(void)
{
    survives_with_each("raw", NULL, 1);
    survives_with_each("raw", NULL, 3);
}

static void
may_fail_when_gif_is_read(void)
{
    survives_with_each("gif", NULL, 1);
    survives_with_each("gif", NULL, 3);
}

static void
may_fail_when_gif_is_read_backwards(void)
{
    for (size_t i = 0; i < subject_count; i++)
        if (subject_is(&subjects[i], "gif"))
            survives_all(&(struct attempt){ .subject = &subjects[i], .backwards = true });
}

static void
may_fail_when_raw_is_written(void)
{
    survives_with_each("raw", "raw", 1);
    survives_with_each("gif", "raw", 2);
}

static void
may_fail_when_gif_is_written(void)
{
    survives_with_each("raw", "gif", 1);
    survives_with_each("gif", "gif", 1);
    survives_with_each("gif", "gif", 3);
}

static void *
wait_for_all(void *barrier)
{
    pthread_barrier_wait(barrier);
    return NULL;
}

/* Starts threads before counting, because the C library keeps their memory for later threads. */
static void
start_threads_once(void)
{
    pthread_t threads[4];
    pthread_barrier_t barrier;
    unsigned count = sizeof threads / sizeof *threads;

    pthread_barrier_init(&barrier, NULL, count);
    for (unsigned i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, wait_for_all, &barrier);
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(may_fail_when_raw_is_read),           CASE(may_fail_when_gif_is_read),
        CASE(may_fail_when_gif_is_read_backwards), CASE(may_fail_when_raw_is_written),
        CASE(may_fail_when_gif_is_written),
    };
    subjects_load_seeds();
    start_threads_once();
    return cmocka_run_group_tests_name("every allocation", cases, NULL, NULL);
}
