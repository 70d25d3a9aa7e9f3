/* SPDX-License-Identifier: MIT */
/* A process that opens many files does not grow. */
#include <dirent.h>
#include <unistd.h>

#include "faults.h"
#include "subject.h"

static long
open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    long count = 0;
    CHECK(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* Runs once before counting, because libraries keep some memory, then `times` times. */
static void
stays_as_it_is(const struct attempt *attempt, int times)
{
    struct outcome first = subject_try(attempt);
    CHECK(first.status == MIM_OK);
    long descriptors = open_descriptors(), blocks = fault_memory_live();
    fault_memory_reset();
    for (int i = 0; i < times; i++) {
        struct outcome outcome = subject_try(attempt);
        CHECK(outcome_equal(&outcome, &first));
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(fault_memory_live() == blocks);
    CHECK(fault_memory_asked().peak < 8u << 20);
}

static void
ten_thousand_opens_leak_no_memory(void)
{
    struct mim_context *context = NULL;
    CHECK(subject_context(&context, 1) == MIM_OK);
    CHECK(subject_is(&subjects[0], "gif"));
    stays_as_it_is(&(struct attempt){ .subject = &subjects[0], .context = context }, 10000);
    mim_context_destroy(context);
}

static void
a_thousand_opens_leak_no_descriptors(void)
{
    struct mim_context *context = NULL;
    CHECK(subject_context(&context, 1) == MIM_OK);
    for (size_t i = 0; i < subject_count; i++) {
        char path[4096];
        struct attempt attempt = { .subject = &subjects[i], .context = context };
        long descriptors = open_descriptors();
        if (subject_is(&subjects[i], "raw"))
            continue; /* has no file */
        snprintf(path, sizeof path, "%s/%s", FAULT_SEEDS, subjects[i].name);
        for (int k = 0; k < 1000; k++) {
            CHECK(mim_source_open_path(&attempt.source, path, NULL) == MIM_OK);
            CHECK(subject_try(&attempt).status == MIM_OK);
        }
        CHECK(open_descriptors() <= descriptors);
    }
    mim_context_destroy(context);
}

static void
contexts_leak_nothing(void)
{
    for (size_t i = 0; i < subject_count; i++)
        stays_as_it_is(&(struct attempt){ .subject = &subjects[i] }, 100);
}

static void
conversions_leak_nothing(void)
{
    struct mim_context *context = NULL;
    CHECK(subject_context(&context, 1) == MIM_OK);
    for (size_t i = 0; i < subject_count; i++) {
        stays_as_it_is(&(struct attempt){ .subject = &subjects[i], .context = context, .to = "tiff" }, 100);
        if (subject_is(&subjects[i], "gif"))
            stays_as_it_is(&(struct attempt){ .subject = &subjects[i], .context = context, .to = "gif" }, 100);
    }
    mim_context_destroy(context);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(ten_thousand_opens_leak_no_memory),
        CASE(a_thousand_opens_leak_no_descriptors),
        CASE(contexts_leak_nothing),
        CASE(conversions_leak_nothing),
    };
    subjects_load_seeds();
    return cmocka_run_group_tests_name("a long day", cases, NULL, NULL);
}
