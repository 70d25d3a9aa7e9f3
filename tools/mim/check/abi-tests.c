/* SPDX-License-Identifier: MIT */
/* Tests with hosts and structs that are older and newer than those the plugin was built with. */
#include "child.h"
#include "interpose.h"
#include "pattern.h"
#include "reading.h"

enum { SMALLER_HOST, LARGER_HOST, LARGER_STRUCTS };

static const struct interposition variants[] = {
    [SMALLER_HOST] = { .host = HOST_SMALLER },
    [LARGER_HOST] = { .host = HOST_LARGER },
    [LARGER_STRUCTS] = { .is_larger = true },
};

static void
reads_the_same(const struct check_trial *trial)
{
    struct interposition interposition = variants[trial->test->argument];
    struct reading plain, other;
    reading_run_plain(trial, &plain);
    reading_run(trial, &(struct reading_setup){ .code = interpose(trial, &interposition) }, &other);
    reading_expect_same(&plain, &other, "with another host");
}

static void
writes(const struct check_trial *trial)
{
    struct interposition interposition = variants[trial->test->argument];
    struct mim_error err = { 0 };
    void *data;
    size_t size;
    if (pattern_write(trial, &(struct pattern_setup){ .code = interpose(trial, &interposition) }, &data, &size, &err) != MIM_OK)
        trial_fail("%s", err.message);
}

const struct check_test check_abi_tests[] = {
    { "abi", "reads with the host of ABI 1.0", CHECK_SAMPLES, reads_the_same, SMALLER_HOST, 0 },
    { "abi", "reads with a larger host", CHECK_SAMPLES, reads_the_same, LARGER_HOST, 0 },
    { "abi", "reads with larger structs", CHECK_SAMPLES, reads_the_same, LARGER_STRUCTS, 0 },
    { "abi", "writes with the host of ABI 1.0", CHECK_FORMATS, writes, SMALLER_HOST, CHECK_WRITERS },
    { "abi", "writes with a larger host", CHECK_FORMATS, writes, LARGER_HOST, CHECK_WRITERS },
    { "abi", "writes with larger structs", CHECK_FORMATS, writes, LARGER_STRUCTS, CHECK_WRITERS },
    { 0 },
};
