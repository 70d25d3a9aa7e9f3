/* SPDX-License-Identifier: MIT */
/* The spool, in memory and on disk. */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "failing-memory.h"
#include "seccomp.h"
#include <mim/control.h>

#include "io/spool.h"

#define BLOCK 1000000u

static uint8_t block[BLOCK], back[BLOCK];

static bool
holds(struct mim_spool *spool, uint64_t offset, uint64_t size, uint8_t value)
{
    if (mim_spool_read(spool, back, size, offset, NULL) != (int64_t)size)
        return false;
    for (uint64_t i = 0; i < size; i++)
        if (back[i] != value)
            return false;
    return true;
}

static void
written_bytes_are_read_and_gaps_are_zeros(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    CHECK(mim_spool_size(spool) == 0 && mim_spool_read(spool, back, 5, 0, NULL) == 0);
    CHECK(mim_spool_write(spool, "abc", 3, 0, NULL) == MIM_OK);
    CHECK(mim_spool_write(spool, "xyz", 3, 100000, NULL) == MIM_OK);
    CHECK(mim_spool_write(spool, "B", 1, 1, NULL) == MIM_OK);
    CHECK(mim_spool_write(spool, "", 0, 500000, NULL) == MIM_OK);
    CHECK(mim_spool_size(spool) == 100003);
    CHECK(holds(spool, 3, 99997, 0));
    CHECK(mim_spool_read(spool, back, 9, 0, NULL) == 9 && memcmp(back, "aBc\0\0\0\0\0\0", 9) == 0);
    CHECK(mim_spool_read(spool, back, 9, 100001, NULL) == 2 && memcmp(back, "yz", 2) == 0);
    CHECK(mim_spool_read(spool, back, 9, 100003, NULL) == 0);
    CHECK(mim_spool_read(spool, back, 9, UINT64_MAX, NULL) == 0);
    mim_spool_destroy(spool);
    mim_spool_destroy(NULL);
}

static int
open_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void
past_64_megabytes_it_is_a_file_without_a_name(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    int before = open_descriptors();
    for (uint64_t i = 0; i < MIM_SPOOL_MEMORY / BLOCK; i++) {
        memset(block, (int)i, BLOCK);
        CHECK(mim_spool_write(spool, block, BLOCK, i * BLOCK, NULL) == MIM_OK);
    }
    CHECK(open_descriptors() == before);
    memset(block, 64, BLOCK);
    CHECK(mim_spool_write(spool, block, BLOCK, MIM_SPOOL_MEMORY, NULL) == MIM_OK);
    CHECK(open_descriptors() == before + 1);
    for (uint64_t i = 0; i <= MIM_SPOOL_MEMORY / BLOCK; i++)
        CHECK(holds(spool, i * BLOCK, BLOCK, (uint8_t)i));
    CHECK(mim_spool_write(spool, "abc", 3, 5000000000, NULL) == MIM_OK); /* a gap on disk */
    CHECK(holds(spool, 4999999000, 1000, 0) && mim_spool_size(spool) == 5000000003);
    mim_spool_destroy(spool);
    CHECK(open_descriptors() == before);
}

static void
sizes_beyond_any_file_are_errors(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    struct mim_error err = { 0 };
    mim_spool_limit(spool, MIM_NO_LIMIT);
    CHECK(mim_spool_write(spool, "abc", 3, UINT64_MAX - 1, &err) == MIM_IO && err.status == MIM_IO);
    CHECK(mim_spool_write(spool, "abc", 3, INT64_MAX, NULL) == MIM_IO);
    CHECK(mim_spool_size(spool) == 0);
    mim_spool_destroy(spool);
}

static bool
hits_the_limit(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    struct mim_error err = { 0 };
    bool right = mim_spool_write(spool, "abc", 3, 69999998, &err) == MIM_IO && strstr(err.message, "temporary file") &&
                 mim_spool_size(spool) <= 70000000;
    mim_spool_destroy(spool);
    return right;
}

static void
a_full_disk_is_reported(void)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 70000000, 70000000 });
        _exit(hits_the_limit() ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static bool
goes_to_a_file(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    bool right = mim_spool_write(spool, "abc", 3, MIM_SPOOL_MEMORY, NULL) == MIM_OK &&
                 mim_spool_read(spool, back, 9, MIM_SPOOL_MEMORY, NULL) == 3 && memcmp(back, "abc", 3) == 0;
    mim_spool_destroy(spool);
    return right;
}

static void
a_file_system_without_nameless_files_will_do(void)
{
    char place[] = "/tmp/mim-test-XXXXXX";
    CHECK(mkdtemp(place));
    pid_t child = fork();
    if (child == 0) {
        setenv("TMPDIR", place, 1);
        _exit(!deny_calls(DENY_TMPFILE) ? 99 : goes_to_a_file() ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && rmdir(place) == 0); /* nothing is left in it */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
        SKIP("system calls cannot be denied here");
    CHECK(status == 0);
    setenv("TMPDIR", "/nowhere", 1);
    CHECK(goes_to_a_file());
    unsetenv("TMPDIR");
}

static bool
write_blocks(struct mim_spool *spool, unsigned first, unsigned end, struct mim_error *err)
{
    bool is_written = true;
    for (unsigned i = first; i < end && is_written; i++) {
        memset(block, (int)i, BLOCK);
        is_written = mim_spool_write(spool, block, BLOCK, (uint64_t)i * BLOCK, err) == MIM_OK;
    }
    return is_written;
}

static void
beyond_its_limit_it_fails(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    struct mim_error err = { 0 };
    mim_spool_limit(spool, 5 * BLOCK);
    CHECK(write_blocks(spool, 0, 5, NULL) && !write_blocks(spool, 5, 6, &err));
    CHECK(err.status == MIM_LIMIT && strstr(err.message, "the limit spool=5000000"));
    CHECK(mim_spool_write(spool, "abc", 3, 1, NULL) == MIM_OK && holds(spool, 4 * BLOCK, BLOCK, 4));
    mim_spool_destroy(spool);
}

static void
beyond_its_limit_it_drops_the_middle(void)
{
    struct mim_spool *spool = mim_spool_create(true);
    struct mim_error err = { 0 };
    mim_spool_limit(spool, 8 * BLOCK);
    CHECK(write_blocks(spool, 0, 100, NULL));
    CHECK(holds(spool, 0, BLOCK, 0) && holds(spool, BLOCK, BLOCK, 1));
    for (unsigned i = 96; i < 100; i++)
        CHECK(holds(spool, (uint64_t)i * BLOCK, BLOCK, (uint8_t)i));
    CHECK(mim_spool_read(spool, back, BLOCK, 50 * BLOCK, &err) == -MIM_LIMIT);
    CHECK(strstr(err.message, "byte 50000000 cannot be read again") && strstr(err.message, "the limit spool=8000000"));
    CHECK(mim_spool_read(spool, back, 2, 2 * BLOCK - 1, &err) == -MIM_LIMIT && strstr(err.message, "byte 2000000 "));
    mim_spool_destroy(spool);
}

static bool
use_spool(void)
{
    struct mim_spool *spool = mim_spool_create(false);
    if (!spool)
        return false;
    bool whole = true;
    for (uint64_t i = 0; whole && i < 4; i++) {
        struct mim_error err = { 0 };
        enum mim_status status = mim_spool_write(spool, block, BLOCK, i * BLOCK, &err);
        CHECK(status == MIM_OK || (status == MIM_NOMEM && err.status == MIM_NOMEM));
        whole = status == MIM_OK;
        CHECK(mim_spool_size(spool) == (i + whole) * BLOCK);
    }
    mim_spool_destroy(spool);
    return whole;
}

static void
memory_may_fail_anywhere(void)
{
    CHECK(memory_try_all(use_spool) >= 3);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(written_bytes_are_read_and_gaps_are_zeros),
        CASE(past_64_megabytes_it_is_a_file_without_a_name),
        CASE(sizes_beyond_any_file_are_errors),
        CASE(a_full_disk_is_reported),
        CASE(beyond_its_limit_it_fails),
        CASE(beyond_its_limit_it_drops_the_middle),
        CASE(a_file_system_without_nameless_files_will_do),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("spool", cases, NULL, NULL);
}
