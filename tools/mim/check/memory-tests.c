/* SPDX-License-Identifier: MIT */
/* Tests that the plugin stays inside the memory that it asked for, and gives back what it got from the host. */
#include "child.h"
#include "interpose.h"
#include "memory.h"
#include "pattern.h"
#include "reading.h"

void
expect_balance(const struct interposition *interposition, const char *when)
{
    long long allocated = atomic_load(&interposition->allocated), reserved = atomic_load(&interposition->reserved);
    unsigned long long prepared = atomic_load(&interposition->prepared), released = atomic_load(&interposition->released);
    if (allocated)
        trial_fail("%s, it still holds %lld bytes of host->resize", when, allocated);
    if (reserved)
        trial_fail("%s, %lld bytes of host->reserve are not given back", when, reserved);
    if (released > prepared)
        trial_fail("%s, %llu packets were released, and %llu prepared", when, released, prepared);
}

static void
reads_inside_its_memory(const struct check_trial *trial)
{
    struct interposition interposition = { .is_guarded = true };
    struct reading reading;
    reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &interposition), .threads = 2 }, &reading);
    if (reading.status != MIM_OK)
        trial_fail("%s", reading.err.message);
}

static void
writes_inside_its_memory(const struct check_trial *trial)
{
    struct interposition interposition = { .is_guarded = true };
    struct mim_error err = { 0 };
    void *data;
    size_t size;
    if (pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &interposition), .threads = 2 }, &data, &size, &err) !=
        MIM_OK)
        trial_fail("%s", err.message);
}

static void
gives_back_after_reading(const struct check_trial *trial)
{
    static const uint64_t frames[] = { 0, READ_NONE, 1, 2 };
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct interposition interposition = { 0 };
        struct reading reading;
        reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &interposition), .max_frames = frames[i] }, &reading);
        expect_balance(&interposition, frames[i] ? "after an early close" : "after reading");
        reading_clear(&reading);
    }
}

static void
gives_back_after_writing(const struct check_trial *trial)
{
    for (uint64_t frames = 0; frames <= trial->format->frames; frames++) {
        struct interposition interposition = { 0 };
        void *data;
        size_t size;
        pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &interposition), .max_frames = frames }, &data, &size, NULL);
        expect_balance(&interposition, frames ? "after an abandoned file" : "after writing");
        mim_free(data);
    }
}

const struct check_test check_memory_tests[] = {
    { "memory", "reads inside its state and packets", CHECK_SAMPLES, reads_inside_its_memory, 0, 0 },
    { "memory", "writes inside its state and packets", CHECK_FORMATS, writes_inside_its_memory, 0, CHECK_WRITERS },
    { "leaks", "gives back memory after reading", CHECK_SAMPLES, gives_back_after_reading, 0, 0 },
    { "leaks", "gives back memory after writing", CHECK_FORMATS, gives_back_after_writing, 0, CHECK_WRITERS },
    { 0 },
};
