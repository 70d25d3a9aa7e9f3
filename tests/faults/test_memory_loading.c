/* SPDX-License-Identifier: MIT */
/* Makes every allocation of the first use of a plugin in a process fail in turn. The second use must work.
 * MIM_FAULTS=full tries all places. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "subject.h"

#define SAMPLE 150

enum verdict { FINE, WRONG_AT_FIRST, WRONG_AFTERWARDS, NOT_REACHED };

/* Runs in a child process, in which no plugin is loaded. */
static enum verdict
try_place(const struct attempt *attempt, long place)
{
    fault_memory_at(place, false);
    struct outcome first = subject_try(attempt);
    bool reached = fault_memory_recover();
    struct outcome second = subject_try(attempt);

    if (first.status != MIM_OK && first.status != MIM_NOMEM) {
        print_message("# %s, allocation %ld: %s: %s\n", attempt->subject->name, place, mim_status_name(first.status),
                      first.message);
        return WRONG_AT_FIRST;
    }
    if (second.status != MIM_OK || (first.status == MIM_OK && !outcome_equal(&first, &second))) {
        print_message("# %s, after allocation %ld: %s: %s\n", attempt->subject->name, place,
                      mim_status_name(second.status), second.message);
        return WRONG_AFTERWARDS;
    }
    return reached ? FINE : NOT_REACHED;
}

static enum verdict
try_in_child(const struct attempt *attempt, long place)
{
    int state = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        enum verdict verdict = try_place(attempt, place);
        fflush(stdout);
        _exit((int)verdict);
    }
    CHECK(child > 0 && waitpid(child, &state, 0) == child);
    CHECK(WIFEXITED(state));
    return (enum verdict)WEXITSTATUS(state);
}

/* Counts the places in a child process, too. */
static long
count_places(const struct attempt *attempt)
{
    long place = 1;
    while (try_in_child(attempt, place) != NOT_REACHED)
        place *= 2;
    long reached = place / 2;
    while (reached + 1 < place) {
        long middle = (reached + place) / 2;
        *(try_in_child(attempt, middle) == NOT_REACHED ? &place : &reached) = middle;
    }
    return place;
}

static void
a_plugin_loads_after_a_failed_allocation(void)
{
    const char *how = getenv("MIM_FAULTS");
    bool full = how && !strcmp(how, "full");
    long failures = 0;
    for (size_t i = 0; i < subject_count; i += subject_count - 1) { /* a GIF, and raw */
        const struct attempt attempt = { .subject = &subjects[i] };
        long places = count_places(&attempt), stride = full ? 1 : places / SAMPLE + 1;
        CHECK(places > 300);
        for (long place = 0; place < places; place += stride) {
            enum verdict verdict = try_in_child(&attempt, place);
            failures += verdict == WRONG_AT_FIRST || verdict == WRONG_AFTERWARDS;
        }
    }
    CHECK(!failures);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = { CASE(a_plugin_loads_after_a_failed_allocation) };
    subjects_load_seeds();
    return cmocka_run_group_tests_name("loading", cases, NULL, NULL);
}
