/* SPDX-License-Identifier: MIT */
/* Makes every allocation fail in turn while libtiff is used. libtiff itself crashes at some of them, so this runs in
 * child processes until each crashes. The crashes of libtiff are known by name. */
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "subject.h"

/* Crashes of libtiff 4.5.0 and earlier: the innermost exported function, and the operation. */
static const struct {
    const char *function, *why;
} known_crashes[] = {
    { "TIFFReadDirectory", "a codec whose tags could not be merged is used without them" },
    { "TIFFFreeDirectory", "the list of custom tags could not grow, and is walked as if it had" },
    { "TIFFReadEncodedStrip", "the JPEG codec had no memory for its tables, and decodes all the same" },
};

/* Leaks of libtiff, by the message of the failure. */
static const char known_leak[] = "fields array";

enum { DIED_IN_LIBTIFF = 42, DIED_ELSEWHERE };

static struct progress {
    long place, failures, known, leaks;
    int for_ever;
} * progress; /* shared with the child */

static bool
is_of(const char *module, const char *name)
{
    const char *slash = strrchr(module, '/');
    return !strncmp(slash ? slash + 1 : module, name, strlen(name));
}

/* Returns the innermost function of libtiff if the crash is in it or in a codec that it called. */
static const char *
libtiff_function(void *const frames[], int count)
{
    bool inside = false;
    for (int i = 0; i < count; i++) {
        Dl_info info;
        if (!dladdr(frames[i], &info) || is_of(info.dli_fname, "libc.so") || is_of(info.dli_fname, "libasan") ||
            is_of(info.dli_fname, "libjpeg") || is_of(info.dli_fname, "test_fault_"))
            continue;
        inside = inside || is_of(info.dli_fname, "libtiff.so");
        if (!inside)
            return NULL;
        if (info.dli_sname && is_of(info.dli_fname, "libtiff.so"))
            return info.dli_sname;
    }
    return NULL;
}

static void
on_crash(int number)
{
    void *frames[40];
    fault_memory_recover();
    const char *function = libtiff_function(frames, backtrace(frames, 40));
    for (size_t i = 0; function && i < sizeof known_crashes / sizeof *known_crashes; i++)
        if (!strcmp(function, known_crashes[i].function))
            _exit(DIED_IN_LIBTIFF);
    dprintf(STDOUT_FILENO, "# allocation %ld%s: signal %d in %s\n", progress->place,
            progress->for_ever ? " and all after" : "", number, function ? function : "our own code");
    _exit(DIED_ELSEWHERE);
}

static void
try_place(const struct attempt *attempt, const struct outcome *whole)
{
    long live = fault_memory_live();
    fault_memory_at(progress->place, progress->for_ever);
    struct outcome outcome = subject_try(attempt);
    fault_memory_recover();
    long left = fault_memory_live() - live;
    bool known = left && strstr(outcome.message, known_leak);
    progress->leaks += known;
    if ((outcome.status == MIM_NOMEM || outcome_equal(&outcome, whole)) && (!left || known))
        return;
    progress->failures++;
    dprintf(STDOUT_FILENO, "# %s%s%s, allocation %ld%s: %s after %llu frames, %ld blocks left: %s\n",
            attempt->subject->name, attempt->to ? " to " : "", attempt->to ? attempt->to : "", progress->place,
            progress->for_ever ? " and all after" : "", mim_status_name(outcome.status),
            (unsigned long long)outcome.frames, left, outcome.message);
}

/* Runs in the child, from the place at which the previous child crashed. */
static void
go_on(const struct attempt *attempt, const struct outcome *whole, long places)
{
    static const int deadly[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE };
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        signal(deadly[i], on_crash);
    alarm(300);
    for (; progress->for_ever < 2; progress->for_ever++, progress->place = 0)
        for (; progress->place < places; progress->place++)
            try_place(attempt, whole);
    _exit(0); /* all results are reported, and leaks are counted */
}

static bool
survives_all(const struct attempt *attempt)
{
    subject_try(attempt);
    fault_memory_reset();
    struct outcome whole = subject_try(attempt);
    long places = (long)fault_memory_asked().calls;
    CHECK(whole.status == MIM_OK && whole.frames > 0 && places > 100);

    for (*progress = (struct progress){ 0 }; progress->for_ever < 2; progress->place++) {
        int state = 0;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            go_on(attempt, &whole, places);
        CHECK(child > 0 && waitpid(child, &state, 0) == child);
        bool known = WIFEXITED(state) && WEXITSTATUS(state) == DIED_IN_LIBTIFF;
        progress->known += known;
        progress->failures += !known && state;
        if (!known && !state)
            break;
    }
    print_message("# %s%s%s: %ld places, %ld crashes and %ld leaks of libtiff's own\n", attempt->subject->name,
                  attempt->to ? " to " : "", attempt->to ? attempt->to : "", places, progress->known, progress->leaks);
    return !progress->failures;
}

static void
may_fail_when_tiff_is_read(void)
{
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        if (subject_is(&subjects[i], "tif"))
            failures += !survives_all(&(struct attempt){ .subject = &subjects[i] });
    CHECK(!failures);
}

static void
may_fail_when_tiff_is_written(void)
{
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        if (!subject_is(&subjects[i], "tif"))
            failures += !survives_all(&(struct attempt){ .subject = &subjects[i], .to = "tiff" });
    CHECK(!failures);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = { CASE(may_fail_when_tiff_is_read), CASE(may_fail_when_tiff_is_written) };
    void *frame;
    backtrace(&frame, 1); /* loads its library while there is memory */
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED)
        return 1;
    subjects_load_seeds();
    return cmocka_run_group_tests_name("every allocation of tiff", cases, NULL, NULL);
}
