/* SPDX-License-Identifier: MIT */
/* Files at paths: whole or not at all, whatever the file system can do and whenever it ends. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "seccomp.h"
#include "sink-output.h"

static void
a_file_appears_when_it_is_complete(void)
{
    for (int seeks = 0; seeks < 2; seeks++) {
        struct mim_sink *sink;
        CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK);
        mim_sink_set_sync(sink, seeks);
        CHECK(mim_sink_check(sink, NULL) == MIM_OK && entries() == 0);
        CHECK(mim_sink_begin(sink, seeks, NULL) == MIM_OK);
        CHECK((seeks ? write_and_patch(sink, NULL) : write_bytes(sink, NULL)) == MIM_OK);
        CHECK(access(path, F_OK) != 0);
        CHECK(mim_sink_commit(sink, NULL) == MIM_OK);
        CHECK(file_is(bytes, SIZE) && entries() == 1);
        mim_sink_rollback(sink); /* too late */
        CHECK(mim_sink_begin(sink, false, NULL) == MIM_ARGUMENT);
        CHECK(mim_sink_write(sink, "a", 1, NULL) == MIM_ARGUMENT && mim_sink_commit(sink, NULL) == MIM_ARGUMENT);
        mim_sink_close(sink);
        CHECK(file_is(bytes, SIZE) && unlink(path) == 0);
    }
}

static void
the_mode_is_the_umasks_or_the_old_files(void)
{
    mode_t before = umask(027);
    CHECK(write_path(false, false, NULL) == MIM_OK);
    umask(before);
    CHECK((mode_of() & 07777) == 0640);
    put_file("old", 0604);
    CHECK(write_path(false, false, NULL) == MIM_OK && file_is(bytes, SIZE) && (mode_of() & 07777) == 0604);
    unlink(path);
}

static void
the_owner_stays_when_root_replaces_a_file(void)
{
    if (geteuid() != 0)
        SKIP("only root gives files away");
    struct stat st;
    put_file("old", 0640);
    CHECK(chown(path, 65534, 65533) == 0 && write_path(false, false, NULL) == MIM_OK && file_is(bytes, SIZE));
    CHECK(stat(path, &st) == 0 && st.st_uid == 65534 && st.st_gid == 65533 && (st.st_mode & 07777) == 0640);
    unlink(path);
}

static void
a_path_may_be_relative_and_the_directory_may_change_meanwhile(void)
{
    int before = open(".", O_PATH | O_DIRECTORY);
    struct mim_sink *sink;
    CHECK(chdir(directory) == 0 && mim_sink_open_path(&sink, "out.bin", 0, NULL) == MIM_OK);
    CHECK(mim_sink_check(sink, NULL) == MIM_OK && mim_sink_begin(sink, false, NULL) == MIM_OK);
    CHECK(fchdir(before) == 0 && close(before) == 0);
    CHECK(write_bytes(sink, NULL) == MIM_OK && mim_sink_commit(sink, NULL) == MIM_OK);
    mim_sink_close(sink);
    CHECK(file_is(bytes, SIZE) && unlink(path) == 0);
}

static void
an_abandoned_file_leaves_the_old_one(void)
{
    struct mim_sink *sink;
    put_file("old", 0644);
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK);
    CHECK(mim_sink_begin(sink, true, NULL) == MIM_OK && write_bytes(sink, NULL) == MIM_OK);
    mim_sink_rollback(sink);
    CHECK(file_is("old", 3) && entries() == 1);
    CHECK(write_all(sink, true, NULL) == MIM_OK && file_is(bytes, SIZE)); /* it can begin again */
    mim_sink_close(sink);

    put_file("old", 0644);
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK);
    CHECK(mim_sink_begin(sink, false, NULL) == MIM_OK && write_bytes(sink, NULL) == MIM_OK);
    struct mim_sink *second = mim_sink_ref(sink);
    mim_sink_close(sink);
    CHECK(mim_sink_write(second, "x", 1, NULL) == MIM_OK);
    mim_sink_close(second); /* the last one rolls back */
    CHECK(file_is("old", 3) && entries() == 1 && unlink(path) == 0);
}

static void
an_existing_file_is_kept_when_asked(void)
{
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    put_file("old", 0644);
    CHECK(mim_sink_open_path(&sink, path, 1, NULL) == MIM_OK);
    CHECK(mim_sink_check(sink, &err) == MIM_EXISTS && strstr(err.message, "out.bin: exists already"));
    CHECK(mim_sink_begin(sink, false, &err) == MIM_EXISTS);
    unlink(path);
    CHECK(mim_sink_check(sink, &err) == MIM_OK && mim_sink_begin(sink, false, &err) == MIM_OK);
    put_file("other", 0644);
    CHECK(write_bytes(sink, NULL) == MIM_OK && mim_sink_commit(sink, &err) == MIM_EXISTS);
    CHECK(err.status == MIM_EXISTS && mim_sink_commit(sink, NULL) == MIM_EXISTS);
    mim_sink_close(sink);
    CHECK(file_is("other", 5) && entries() == 1 && unlink(path) == 0);
    CHECK(symlink("/nowhere/at/all", path) == 0);
    CHECK(write_path(false, true, NULL) == MIM_EXISTS && unlink(path) == 0);
}

static void
a_symlink_stays_and_its_target_is_replaced(void)
{
    char target[128], middle[128];
    snprintf(target, sizeof target, "%s/target", directory);
    snprintf(middle, sizeof middle, "%s/middle", directory);
    put_file("old", 0604);
    CHECK(rename(path, target) == 0 && symlink("target", middle) == 0 && symlink("middle", path) == 0);
    CHECK(write_path(false, false, NULL) == MIM_OK && S_ISLNK(mode_of()) && file_is(bytes, SIZE) && entries() == 3);
    struct stat st;
    CHECK(lstat(target, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0604);
    unlink(middle);
    unlink(target);
    unlink(path);
}

static void
a_symlink_to_nothing_a_loop_or_no_file_is_an_error(void)
{
    static const char *const targets[] = { "nothing", "out.bin", ".", "/dev/null" };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct mim_error err;
        CHECK(symlink(targets[i], path) == 0);
        CHECK(write_path(false, false, &err) == MIM_IO && strstr(err.message, "out.bin") && S_ISLNK(mode_of()));
        CHECK(entries() == 1);
        unlink(path);
    }
}

/* Needs another user's link, so only root tests it. */
static void
a_symlink_of_a_stranger_in_a_shared_directory_is_an_error(void)
{
    char target[128];
    struct mim_error err;
    snprintf(target, sizeof target, "%s/target", directory);
    put_file("old", 0644);
    CHECK(rename(path, target) == 0 && symlink("target", path) == 0 && chmod(directory, 01777) == 0);
    if (lchown(path, 12345, (gid_t)-1) == 0) {
        CHECK(write_path(false, false, &err) == MIM_IO && strstr(err.message, "trap") && file_is("old", 3));
        CHECK(chmod(directory, 0755) == 0 && write_path(false, false, &err) == MIM_OK && file_is(bytes, SIZE));
    } else {
        CHECK(write_path(false, false, &err) == MIM_OK && S_ISLNK(mode_of()));
    }
    CHECK(chmod(directory, 0700) == 0);
    unlink(target);
    unlink(path);
}

static void
an_impossible_output_is_reported_early(void)
{
    char below[160], slash[160];
    snprintf(below, sizeof below, "%s/x", path);
    snprintf(slash, sizeof slash, "%s/", directory);
    put_file("file", 0644);
    const struct {
        const char *name, *message;
    } bad[] = {
        { "/nowhere/x.gif", "/nowhere/x.gif: the directory /nowhere does not exist" },
        { directory, ": is a directory" },
        { slash, ": is a directory" },
        { ".", ".: is a directory" },
        { below, "is not a directory" },
        { "/dev/fd/999", "/dev/fd/999: Bad file descriptor" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mim_sink *sink;
        struct mim_error err = { 0 };
        CHECK(mim_sink_open_path(&sink, bad[i].name, 0, NULL) == MIM_OK);
        if (mim_sink_check(sink, &err) != MIM_IO || !strstr(err.message, bad[i].message))
            fail_msg("%s: %s", bad[i].name, err.message);
        CHECK(mim_sink_begin(sink, false, &err) == MIM_IO);
        mim_sink_close(sink);
    }
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    CHECK(mim_sink_open_path(&sink, "", 0, NULL) == MIM_ARGUMENT);
    CHECK(mim_sink_open_path(&sink, "https://x/y.gif", 0, &err) == MIM_NO_PLUGIN &&
          strstr(err.message, "https://x/y.gif: only local files can be written"));
    unlink(path);
}

static void
a_read_only_directory_is_reported_early(void)
{
    if (geteuid() == 0)
        SKIP("root may write anywhere");
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    CHECK(chmod(directory, 0500) == 0 && mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK);
    enum mim_status status = mim_sink_check(sink, &err);
    chmod(directory, 0700);
    mim_sink_close(sink);
    CHECK(status == MIM_IO && strstr(err.message, "Permission denied"));
}

static void
a_name_as_long_as_they_get_can_be_written(void)
{
    char name[256], saved[128];
    memcpy(saved, path, sizeof path);
    memset(name, 'n', 255);
    name[255] = '\0';
    char longest[400];
    snprintf(longest, sizeof longest, "file://%s/%s", directory, name);
    for (int i = 0; i < 2; i++) { /* new, then replacing, by way of a temporary name */
        struct mim_sink *sink;
        CHECK(mim_sink_open_path(&sink, longest, 0, NULL) == MIM_OK && write_all(sink, false, NULL) == MIM_OK);
        mim_sink_close(sink);
        CHECK(entries() == 1);
    }
    CHECK(unlink(longest + strlen("file://")) == 0);
}

/* In a child without O_TMPFILE, linkat or flags of renameat2, as file systems and policies have it. */
static int
write_without(int denied)
{
    pid_t child = fork();
    if (child == 0) {
        if (!deny_calls(denied))
            _exit(99);
        struct mim_error err = { 0 };
        unlink(path);
        bool right = write_path(true, true, &err) == MIM_OK && file_is(bytes, SIZE) && entries() == 1;
        right = right && (mode_of() & 0777) == 0644;
        right = right && chmod(path, 0604) == 0 && write_path(true, true, &err) == MIM_EXISTS && entries() == 1;
        right = right && write_path(false, false, &err) == MIM_OK && file_is(bytes, SIZE) && entries() == 1;
        right = right && (mode_of() & 0777) == 0604;

        struct mim_sink *sink;
        right = right && mim_sink_open_path(&sink, path, 0, &err) == MIM_OK &&
                mim_sink_begin(sink, false, &err) == MIM_OK && write_bytes(sink, &err) == MIM_OK;
        if (right) {
            mim_sink_rollback(sink);
            right = file_is(bytes, SIZE) && entries() == 1;
            mim_sink_close(sink);
        }
        _exit(right ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    unlink(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
file_systems_that_can_do_less_get_the_same_file(void)
{
    mode_t before = umask(022);
    static const int combinations[] = { DENY_TMPFILE, DENY_LINK, DENY_TMPFILE | DENY_LINK,
                                        DENY_TMPFILE | DENY_NOREPLACE };
    for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++) {
        int result = write_without(combinations[i]);
        if (result != 0 && result != 99)
            fail_msg("denied %d: %d", combinations[i], result);
        if (result == 99)
            print_message("# skipped: system calls cannot be denied here\n");
    }
    umask(before);
}

static void
killed_while_writing_it_leaves_nothing(void)
{
    put_file("old", 0644);
    pid_t child = fork();
    if (child == 0) {
        struct mim_sink *sink;
        if (mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK && mim_sink_begin(sink, true, NULL) == MIM_OK &&
            write_bytes(sink, NULL) == MIM_OK)
            raise(SIGKILL);
        _exit(1);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    CHECK(file_is("old", 3));
    int nameless = open(directory, O_TMPFILE | O_RDWR, 0600);
    CHECK(nameless < 0 || entries() == 1);
    close(nameless);
    unlink(path);
}

/* With and without names for incomplete files. */
static void
abandoned_while_writing_it_leaves_nothing(void)
{
    for (int denied = 0; denied <= DENY_TMPFILE; denied += DENY_TMPFILE) {
        put_file("old", 0644);
        pid_t child = fork();
        if (child == 0) {
            struct mim_sink *sink;
            if (!deny_calls(denied))
                _exit(99);
            if (mim_sink_open_path(&sink, path, 0, NULL) != MIM_OK || mim_sink_begin(sink, true, NULL) != MIM_OK ||
                write_bytes(sink, NULL) != MIM_OK || entries() != (denied ? 2 : 1))
                _exit(1);
            mim_sink_abandon_all();
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
        if (WEXITSTATUS(status) == 99)
            print_message("# skipped: system calls cannot be denied here\n");
        else
            CHECK(WEXITSTATUS(status) == 0 && file_is("old", 3) && entries() == 1);
        unlink(path);
    }
}

static bool
hits_the_limit(bool seeks)
{
    struct mim_error err = { 0 };
    return write_path(seeks, false, &err) == MIM_IO && is_full(&err, "File too large") && entries() == 1 &&
           file_is("old", 3);
}

static void
a_full_disk_leaves_the_old_file(void)
{
    put_file("old", 0644);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        for (rlim_t limit = 0; limit < SIZE; limit += 50001) {
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){ limit, RLIM_INFINITY });
            if (!hits_the_limit(false) || !hits_the_limit(true))
                _exit(1);
        }
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    unlink(path);

    for (int seeks = 0; seeks < 2; seeks++) {
        struct mim_sink *sink;
        struct mim_error err = { 0 };
        CHECK(mim_sink_open_path(&sink, "/dev/full", 1, NULL) == MIM_OK && mim_sink_check(sink, &err) == MIM_OK);
        CHECK(write_all(sink, seeks, &err) == MIM_IO && is_full(&err, "/dev/full: writing at byte 0: No space left"));
        mim_sink_close(sink);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_file_appears_when_it_is_complete),
        CASE(the_mode_is_the_umasks_or_the_old_files),
        CASE(the_owner_stays_when_root_replaces_a_file),
        CASE(a_path_may_be_relative_and_the_directory_may_change_meanwhile),
        CASE(an_abandoned_file_leaves_the_old_one),
        CASE(an_existing_file_is_kept_when_asked),
        CASE(a_symlink_stays_and_its_target_is_replaced),
        CASE(a_symlink_to_nothing_a_loop_or_no_file_is_an_error),
        CASE(a_symlink_of_a_stranger_in_a_shared_directory_is_an_error),
        CASE(an_impossible_output_is_reported_early),
        CASE(a_read_only_directory_is_reported_early),
        CASE(a_name_as_long_as_they_get_can_be_written),
        CASE(file_systems_that_can_do_less_get_the_same_file),
        CASE(killed_while_writing_it_leaves_nothing),
        CASE(abandoned_while_writing_it_leaves_nothing),
        CASE(a_full_disk_leaves_the_old_file),
    };
    return cmocka_run_group_tests_name("sink-path", cases, make_directory, remove_directory);
}
