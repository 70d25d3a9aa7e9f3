/* SPDX-License-Identifier: MIT */
/* Tests with damaged files and a machine that fails. A plugin may report an error, or deliver less with a notice. */
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "interpose.h"
#include "memory.h"
#include "pattern.h"
#include "reading.h"

/* How many places of a file, or calls, are tried for a sample unless the check is thorough: samples share them. */
enum { QUICK_PLACES = 96, LEAST_PLACES = 8, THOROUGH_FLIPS = 4000, HEADER_SIZE = 64, MEGABYTE = 1000000, CANCEL_TIME = 2000 };

static uint64_t
quick_places(const struct check_subject *subject)
{
    uint64_t places = QUICK_PLACES / (subject->sample_count ? subject->sample_count : 1);
    return places > LEAST_PLACES ? places : LEAST_PLACES;
}

/* From one of `count` places to the next. */
static uint64_t
step_of(const struct check_subject *subject, uint64_t count)
{
    uint64_t places = quick_places(subject);
    return subject->is_thorough || count <= places ? 1 : count / places;
}

/* Other frames, or fewer, need an error or a notice. Returns a description, valid until the next call; NULL: nothing is lost. */
static const char *
silent_loss(const struct reading *plain, const struct reading *other)
{
    static char loss[120];
    size_t same = 0;
    if (other->status != MIM_OK || other->notices)
        return NULL;
    while (same < other->count && same < plain->count && other->pictures[same].hash == plain->pictures[same].hash)
        same++;
    if (same < other->count && same < plain->count)
        snprintf(loss, sizeof loss, "it delivers another frame %zu without an error or a notice", same);
    else if (other->count < plain->count)
        snprintf(loss, sizeof loss, "it delivers %zu of %zu frames without an error or a notice", other->count, plain->count);
    else
        return NULL;
    return loss;
}

/* In some formats a file that ends behind a frame is whole: for each number of frames, one length is forgiven. */
static void
reports_cuts(const struct check_trial *trial)
{
    struct reading plain, cut;
    reading_run_plain(trial, &plain);
    bool *has_forgiven = calloc(plain.count + 1, sizeof *has_forgiven);
    if (!has_forgiven)
        trial_fail("no memory");
    size_t size = trial->sample->size, step = (size_t)step_of(trial->subject, size);
    for (size_t at = 0; at < size; at += step) {
        trial_at("cut to %zu of %zu bytes", at, size);
        reading_run(trial, &(struct reading_setup){ .data = trial->sample->data, .size = at }, &cut);
        const char *loss = silent_loss(&plain, &cut);
        if (loss && (cut.count == plain.count || has_forgiven[cut.count]))
            trial_fail("cut to %zu of %zu bytes, %s", at, size, loss);
        if (loss)
            has_forgiven[cut.count] = true;
        reading_clear(&cut);
    }
}

/* Numbers that depend on the seed only. */
static uint64_t
next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Every second change is one of the header. */
static void
survives_flipped_bits(const struct check_trial *trial)
{
    const struct check_sample *sample = trial->sample;
    uint64_t random = trial->subject->seed, count = trial->subject->is_thorough ? THOROUGH_FLIPS : quick_places(trial->subject);
    uint8_t *data = malloc(sample->size + 1);
    if (!data || !sample->size)
        trial_skip("no bytes to change");
    for (uint64_t i = 0; i < count; i++) {
        struct reading reading;
        memcpy(data, sample->data, sample->size);
        size_t range = i % 2 && sample->size > HEADER_SIZE ? HEADER_SIZE : sample->size;
        for (uint64_t flips = 1 + next_random(&random) % 8; flips; flips--)
            data[next_random(&random) % range] ^= (uint8_t)(1u << next_random(&random) % 8);
        trial_at("change %llu with --seed %llu", (unsigned long long)i, (unsigned long long)trial->subject->seed);
        reading_run(trial, &(struct reading_setup){ .data = data, .size = sample->size }, &reading);
        reading_clear(&reading);
    }
    trial_remark("--seed %llu", (unsigned long long)trial->subject->seed);
}

static void
reports_failing_reads(const struct check_trial *trial)
{
    struct reading plain, other;
    reading_run(trial, &(struct reading_setup){ .source = FROM_CALLS }, &plain);
    uint64_t reads = plain.reads, step = step_of(trial->subject, reads);
    for (uint64_t i = 1; i <= reads; i += step) {
        trial_at("read %llu of %llu fails", (unsigned long long)i, (unsigned long long)reads);
        reading_run(trial, &(struct reading_setup){ .source = FROM_CALLS, .fail_at = i }, &other);
        const char *loss = silent_loss(&plain, &other);
        if (loss)
            trial_fail("read %llu fails, and %s", (unsigned long long)i, loss);
        reading_clear(&other);
    }
}

static void
survives_refused_memory(const struct check_trial *trial)
{
    struct interposition counting = { 0 };
    struct reading plain, other;
    reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &counting) }, &plain);
    uint64_t count = atomic_load(&counting.allocations), step = step_of(trial->subject, count);
    for (uint64_t i = 1; i <= count; i += step) {
        struct interposition failing = { .fail_at = i };
        trial_at("allocation %llu of %llu is refused", (unsigned long long)i, (unsigned long long)count);
        reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &failing) }, &other);
        const char *loss = silent_loss(&plain, &other);
        if (loss)
            trial_fail("allocation %llu is refused, and %s", (unsigned long long)i, loss);
        expect_balance(&failing, "after a refused allocation");
        reading_clear(&other);
    }
}

static void
survives_refused_memory_when_writing(const struct check_trial *trial)
{
    struct interposition counting = { 0 };
    void *data;
    size_t size;
    pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &counting) }, &data, &size, NULL);
    uint64_t count = atomic_load(&counting.allocations), step = step_of(trial->subject, count);
    for (uint64_t i = 1; i <= count; i += step) {
        struct interposition failing = { .fail_at = i };
        trial_at("allocation %llu of %llu is refused", (unsigned long long)i, (unsigned long long)count);
        pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &failing) }, &data, &size, NULL);
        expect_balance(&failing, "after a refused allocation");
        mim_free(data);
    }
}

static void
survives_a_small_budget(const struct check_trial *trial)
{
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    reading_run(trial, &(struct reading_setup){ .working_bytes = MEGABYTE, .threads = 4 }, &other);
    const char *loss = silent_loss(&plain, &other);
    if (loss)
        trial_fail("with a working memory of 1 MB, %s", loss);
    if (other.status != MIM_OK)
        trial_remark("%s", other.err.message);
}

static void
expect_end(const struct interposition *cancelled, enum mim_status status, uint64_t poll)
{
    int64_t passed = processor_time() - atomic_load(&cancelled->cancelled_at);
    if (passed > CANCEL_TIME)
        trial_fail("cancelled at poll %llu, it computes for %lld ms", (unsigned long long)poll, (long long)passed);
    if (status != MIM_OK && status != MIM_CANCELLED)
        trial_fail("cancelled at poll %llu, it reports %s", (unsigned long long)poll, mim_status_text(status));
}

static void
reads_until_cancelled(const struct check_trial *trial)
{
    struct interposition counting = { 0 };
    struct reading reading;
    reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &counting) }, &reading);
    uint64_t count = atomic_load(&counting.polls), step = step_of(trial->subject, count);
    for (uint64_t i = 1; i <= count; i += step) {
        struct interposition cancelled = { .cancel_at = i, .cancel = mim_cancel_create() };
        trial_at("cancelled at poll %llu of %llu", (unsigned long long)i, (unsigned long long)count);
        reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &cancelled), .cancel = cancelled.cancel }, &reading);
        expect_end(&cancelled, reading.status, i);
        expect_balance(&cancelled, "after it was cancelled");
        mim_cancel_destroy(cancelled.cancel);
        reading_clear(&reading);
    }
}

static void
writes_until_cancelled(const struct check_trial *trial)
{
    struct interposition counting = { 0 };
    void *data;
    size_t size;
    pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &counting) }, &data, &size, NULL);
    uint64_t count = atomic_load(&counting.polls), step = step_of(trial->subject, count);
    for (uint64_t i = 1; i <= count; i += step) {
        struct interposition cancelled = { .cancel_at = i, .cancel = mim_cancel_create() };
        trial_at("cancelled at poll %llu of %llu", (unsigned long long)i, (unsigned long long)count);
        enum mim_status status = pattern_write(
            trial, &(struct pattern_setup){ .code = interpose(trial, &cancelled), .cancel = cancelled.cancel }, &data, &size, NULL);
        expect_end(&cancelled, status, i);
        expect_balance(&cancelled, "after it was cancelled");
        mim_cancel_destroy(cancelled.cancel);
        mim_free(data);
    }
}

const struct check_test check_hostile_tests[] = {
    { "hostile", "reports a file that is cut", CHECK_SAMPLES, reports_cuts, 0, 0 },
    { "hostile", "survives flipped bits", CHECK_SAMPLES, survives_flipped_bits, 0, 0 },
    { "hostile", "reports reads that fail", CHECK_SAMPLES, reports_failing_reads, 0, 0 },
    { "hostile", "survives refused memory when reading", CHECK_SAMPLES, survives_refused_memory, 0, 0 },
    { "hostile", "survives refused memory when writing", CHECK_FORMATS, survives_refused_memory_when_writing, 0, CHECK_WRITERS },
    { "hostile", "survives a working memory of 1 MB", CHECK_SAMPLES, survives_a_small_budget, 0, 0 },
    { "hostile", "stops reading when cancelled", CHECK_SAMPLES, reads_until_cancelled, 0, 0 },
    { "hostile", "stops writing when cancelled", CHECK_FORMATS, writes_until_cancelled, 0, CHECK_WRITERS },
    { 0 },
};
