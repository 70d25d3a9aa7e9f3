/* SPDX-License-Identifier: MIT */
/* Sizes in words, and the cancel switch. */
#include "check.h"
#include "base/cancel.h"

static uint64_t
size_of(const char *text)
{
    uint64_t bytes = 77;
    struct mim_error err = { 0 };
    if (mim_size_parse(text, &bytes, &err) != MIM_OK)
        fail_msg("%s: %s", text, err.message);
    return bytes;
}

static void
decimal_and_binary_units_differ(void)
{
    CHECK(size_of("256MB") == 256000000);
    CHECK(size_of("512MiB") == 536870912);
    CHECK(size_of("1.5GB") == 1500000000);
    CHECK(size_of("2GB") == 2000000000);
    CHECK(size_of("100MB") == 100000000);
    CHECK(size_of("1000000") == 1000000);
    CHECK(size_of("1073741824") == 1073741824);
    CHECK(size_of("1000000000") == 1000000000);
    CHECK(size_of("1KB") == 1000 && size_of("1kB") == 1000 && size_of("1k") == 1000);
    CHECK(size_of("1Ki") == 1024 && size_of("1KIB") == 1024 && size_of("1kib") == 1024);
    CHECK(size_of("3T") == 3000000000000 && size_of("3Ti") == 3298534883328);
    CHECK(size_of("2PB") == 2000000000000000 && size_of("2PiB") == 2251799813685248);
    CHECK(size_of("7B") == 7 && size_of("7 b") == 7);
    CHECK(size_of("1.5 GiB") == 1610612736);
}

static void
fractions_are_rounded_to_the_nearest_byte(void)
{
    CHECK(size_of("0.001kB") == 1);
    CHECK(size_of("0.0005k") == 1);
    CHECK(size_of("1.4999") == 1);
    CHECK(size_of("1.5") == 2);
    CHECK(size_of("0.1Ki") == 102);
    CHECK(size_of("0.333333333333333333P") == 333333333333333);
    CHECK(size_of("0.9999999999999999999999999999999999k") == 1000);
    CHECK(size_of("1.000000000000001P") == 1000000000000001);
}

static void
words_for_no_limit_and_the_default(void)
{
    CHECK(size_of("0") == MIM_NO_LIMIT && size_of("off") == MIM_NO_LIMIT && size_of("None") == MIM_NO_LIMIT);
    CHECK(size_of("false") == MIM_NO_LIMIT && size_of("False") == MIM_NO_LIMIT);
    CHECK(size_of("on") == 0 && size_of("true") == 0 && size_of("True") == 0);
}

static void
invalid_sizes_are_quoted(void)
{
    static const char *const texts[] = {
        "",
        " ",
        "MB",
        "1e3",
        "-1",
        "+1",
        "1,5GB",
        "1.GB",
        ".5GB",
        "1MBB",
        "1 M B",
        "1  MB",
        "0x10",
        "1XB",
        "1i",
        "yes",
        "nan",
        "inf",
        "1MB ",
        " 1MB",
        "1.5.5",
        "K",
        "99999999999999999999",
        "18446744073709551615",
        "18447P",
        "17000Pi9",
        "0.0",
        "0MB",
        "0.0001",
        "0.0004k",
        "00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t bytes = 77;
        struct mim_error err = { 0 };
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", texts[i]);
        if (mim_size_parse(texts[i], &bytes, &err) != MIM_OPTION || !strstr(err.message, quoted) || bytes != 77)
            fail_msg("%s: %s", quoted, err.message);
    }
    CHECK(mim_size_parse(NULL, &(uint64_t){ 0 }, NULL) == MIM_ARGUMENT);
}

static void
a_switch_is_thrown_and_reset(void)
{
    struct mim_cancel *cancel = mim_cancel_create();
    CHECK(!mim_cancel_requested(cancel));
    mim_cancel_request(cancel);
    CHECK(mim_cancel_requested(cancel));
    mim_cancel_reset(cancel);
    CHECK(!mim_cancel_requested(cancel));
    mim_cancel_destroy(cancel);
    mim_cancel_destroy(NULL);
    CHECK(!mim_cancel_requested(NULL));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(decimal_and_binary_units_differ),    CASE(fractions_are_rounded_to_the_nearest_byte),
        CASE(words_for_no_limit_and_the_default), CASE(invalid_sizes_are_quoted),
        CASE(a_switch_is_thrown_and_reset),
    };
    return cmocka_run_group_tests_name("control", cases, NULL, NULL);
}
