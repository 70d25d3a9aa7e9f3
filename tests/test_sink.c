/* SPDX-License-Identifier: MIT */
/* Sinks: whole or not at all, the same bytes whatever takes them, and no failure that looks like success. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "failing-memory.h"
#include "seccomp.h"
#include "sink.h"

#define SIZE 700000u /* more than two buffers */

static uint8_t bytes[SIZE], back[SIZE + 1];
static char directory[64], path[128];

static int
make_directory(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 24);
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(path, sizeof path, "%s/out.bin", mkdtemp(directory));
    return 0;
}

/* How many names the directory holds. */
static int
entries(void)
{
    int count = -2;
    DIR *stream = opendir(directory);
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static int
remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory); /* fails when a test left something */
}

static void
put_file(const char *text, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0 && close(fd) == 0);
}

static bool
file_is(const void *expected, size_t size)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, back, sizeof back);
    close(fd);
    return n == (ssize_t)size && memcmp(back, expected, size) == 0;
}

/* `bytes`, in pieces of many sizes. */
static enum mim_status
write_bytes(struct mim_sink *sink, struct mim_error *err)
{
    for (uint32_t done = 0, i = 0; done < SIZE; i++) {
        uint32_t n = i % 5 == 4 ? 300000 : 1 + i * 997 % 4000;
        n = n < SIZE - done ? n : SIZE - done;
        enum mim_status status = mim_sink_write(sink, bytes + done, n, err);
        if (status != MIM_OK)
            return status;
        done += n;
        CHECK(mim_sink_tell(sink) == done);
    }
    return MIM_OK;
}

/* The same, with holes that are patched later, some of it across the border of what is buffered. */
static enum mim_status
write_and_patch(struct mim_sink *sink, struct mim_error *err)
{
    static uint8_t wrong[SIZE], again[1000];
    enum mim_status status = mim_sink_write(sink, wrong, 500000, err);
    if (status == MIM_OK)
        status = mim_sink_write(sink, wrong, 100000, err);
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 400000, 200000, 400000, err); /* old and buffered */
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 650000, 50000, 650000, err); /* past the end */
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes + 590000, 70000, 590000, err);
    if (status == MIM_OK)
        status = mim_sink_patch(sink, bytes, 450000, 0, err);
    if (status != MIM_OK)
        return status;
    CHECK(mim_sink_tell(sink) == SIZE);
    static const uint32_t places[] = { 0, 499990, 599990, SIZE - 1000 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int64_t n = mim_sink_read_back(sink, again, 1000, places[i], err);
        if (n < 0)
            return (enum mim_status) - n;
        CHECK(n == 1000 && memcmp(again, bytes + places[i], 1000) == 0);
    }
    CHECK(mim_sink_read_back(sink, again, 1000, SIZE - 3, err) == 3);
    CHECK(mim_sink_read_back(sink, again, 1000, SIZE, err) == 0);
    return MIM_OK;
}

/* The whole way: begin to commit, or rollback after what failed. */
static enum mim_status
write_all(struct mim_sink *sink, bool seeks, struct mim_error *err)
{
    enum mim_status status = mim_sink_begin(sink, seeks, err);
    if (status == MIM_OK)
        status = seeks ? write_and_patch(sink, err) : write_bytes(sink, err);
    if (status == MIM_OK)
        status = mim_sink_commit(sink, err);
    if (status != MIM_OK)
        mim_sink_rollback(sink);
    return status;
}

static enum mim_status
write_path(bool seeks, bool keep, struct mim_error *err)
{
    struct mim_sink *sink;
    enum mim_status status = mim_sink_open_path(&sink, path, keep, err);
    if (status != MIM_OK)
        return status;
    status = write_all(sink, seeks, err);
    mim_sink_close(sink);
    return status;
}

static mode_t
mode_of(void)
{
    struct stat st;
    CHECK(lstat(path, &st) == 0);
    return st.st_mode;
}

static void
a_file_appears_when_it_is_whole(void)
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
a_symlink_is_replaced_and_not_followed(void)
{
    char target[128];
    snprintf(target, sizeof target, "%s/target", directory);
    CHECK(symlink(target, path) == 0 && write_path(false, false, NULL) == MIM_OK);
    CHECK(S_ISREG(mode_of()) && file_is(bytes, SIZE) && access(target, F_OK) != 0);
    unlink(path);
    CHECK(symlink(directory, path) == 0);
    CHECK(write_path(false, false, NULL) == MIM_IO && S_ISLNK(mode_of())); /* to a directory: surely a mistake */
    unlink(path);
}

static void
where_nothing_can_be_written_is_told_early(void)
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
          strstr(err.message, "writes https"));
    unlink(path);
}

static void
a_read_only_directory_is_told_early(void)
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

static bool
is_full(struct mim_error *err, const char *reason)
{
    return err->status == MIM_IO && strstr(err->message, reason);
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

static void
a_failure_stays(void)
{
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    CHECK(mim_sink_open_path(&sink, "/dev/full", 0, NULL) == MIM_OK && mim_sink_begin(sink, false, NULL) == MIM_OK);
    CHECK(mim_sink_write(sink, bytes, SIZE, NULL) == MIM_IO);
    CHECK(mim_sink_write(sink, "a", 1, &err) == MIM_IO && is_full(&err, "No space left"));
    CHECK(mim_sink_commit(sink, &err) == MIM_IO && is_full(&err, "No space left"));
    mim_sink_rollback(sink);
    CHECK(mim_sink_begin(sink, false, NULL) == MIM_ARGUMENT); /* who knows what has gone out */
    mim_sink_close(sink);
}

static void *
drain(void *argument)
{
    size_t done = 0;
    ssize_t n;
    while ((n = read(*(int *)argument, back + done, sizeof back - done)) > 0)
        done += (size_t)n;
    return (void *)done;
}

/* Does all that the sink is given come out at `reader`? The sink is closed; so is `writer`, the test's own copy of its end. */
static void
comes_out(struct mim_sink *sink, int reader, int writer, bool seeks)
{
    pthread_t thread;
    void *size = NULL;
    CHECK(mim_sink_check(sink, NULL) == MIM_OK && mim_sink_begin(sink, seeks, NULL) == MIM_OK);
    CHECK(pthread_create(&thread, NULL, drain, &reader) == 0);
    CHECK((seeks ? write_and_patch(sink, NULL) : write_bytes(sink, NULL)) == MIM_OK);
    CHECK(mim_sink_commit(sink, NULL) == MIM_OK);
    mim_sink_close(sink);
    CHECK(writer < 0 || close(writer) == 0); /* it was left open */
    CHECK(pthread_join(thread, &size) == 0 && close(reader) == 0);
    CHECK(size == (void *)(uintptr_t)SIZE && memcmp(back, bytes, SIZE) == 0);
}

static void
a_pipe_is_written_through_and_spooled_when_need_be(void)
{
    for (int i = 0; i < 4; i++) {
        int ends[2];
        char name[32];
        struct mim_sink *sink;
        CHECK(pipe(ends) == 0);
        snprintf(name, sizeof name, i < 2 ? "/dev/fd/%d" : "/proc/self/fd/%d", ends[1]);
        CHECK(mim_sink_open_path(&sink, name, 1, NULL) == MIM_OK);
        comes_out(sink, ends[0], ends[1], i % 2);

        CHECK(pipe(ends) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0); /* must make no difference */
        CHECK(mim_sink_open_fd(&sink, ends[1], NULL, NULL) == MIM_OK);
        comes_out(sink, ends[0], ends[1], i % 2);
    }
}

static void
a_fifo_at_a_path_stays_one(void)
{
    for (int seeks = 0; seeks < 2; seeks++) {
        struct mim_sink *sink;
        CHECK(mkfifo(path, 0600) == 0 && mim_sink_open_path(&sink, path, 1, NULL) == MIM_OK);
        int reader = open(path, O_RDONLY | O_NONBLOCK);
        CHECK(reader >= 0 && fcntl(reader, F_SETFL, 0) == 0);
        comes_out(sink, reader, -1, seeks);
        CHECK(S_ISFIFO(mode_of()) && unlink(path) == 0);
    }
}

static void
a_socket_at_a_path_is_connected_to(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strcpy(address.sun_path, path);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(server, (struct sockaddr *)&address, sizeof address) == 0 && listen(server, 1) == 0);
    struct mim_sink *sink;
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK && mim_sink_begin(sink, false, NULL) == MIM_OK);
    int reader = accept(server, NULL, NULL);
    pthread_t thread;
    void *size = NULL;
    CHECK(reader >= 0 && pthread_create(&thread, NULL, drain, &reader) == 0);
    CHECK(write_bytes(sink, NULL) == MIM_OK && mim_sink_commit(sink, NULL) == MIM_OK);
    mim_sink_close(sink);
    CHECK(pthread_join(thread, &size) == 0 && size == (void *)(uintptr_t)SIZE && S_ISSOCK(mode_of()));
    close(reader);
    close(server);
    struct mim_error err = { 0 };
    CHECK(write_path(false, false, &err) == MIM_IO && strstr(err.message, "refused"));
    unlink(path);
}

static void
a_broken_pipe_is_an_error(void)
{
    int ends[2];
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    CHECK(pipe(ends) == 0 && close(ends[0]) == 0 && mim_sink_open_fd(&sink, ends[1], "pipe", NULL) == MIM_OK);
    CHECK(write_all(sink, false, &err) == MIM_IO && is_full(&err, "pipe: writing at byte 0: Broken pipe"));
    mim_sink_close(sink);
    close(ends[1]);
    signal(SIGPIPE, before);
}

static void
a_descriptor_is_written_from_where_it_stands(void)
{
    static const int modes[] = { O_RDWR, O_WRONLY, O_RDWR | O_APPEND };
    for (int i = 0; i < 6; i++) {
        put_file("head", 0644);
        int fd = open(path, modes[i / 2]);
        CHECK(lseek(fd, 4, SEEK_SET) == 4);
        struct mim_sink *sink;
        CHECK(mim_sink_open_fd(&sink, fd, NULL, NULL) == MIM_OK);
        CHECK(mim_sink_begin(sink, i % 2, NULL) == MIM_OK && write_bytes(sink, NULL) == MIM_OK);
        mim_sink_rollback(sink);
        if (modes[i / 2] & O_APPEND) /* what others append must not be cut off */
            CHECK(ftruncate(fd, 4) == 0);
        else
            CHECK(file_is("head", 4) && write_all(sink, i % 2, NULL) == MIM_OK);
        mim_sink_close(sink);
        if (modes[i / 2] & O_APPEND) {
            CHECK(mim_sink_open_fd(&sink, fd, NULL, NULL) == MIM_OK && write_all(sink, i % 2, NULL) == MIM_OK);
            mim_sink_close(sink);
        }
        CHECK(lseek(fd, 0, SEEK_CUR) == SIZE + 4 && write(fd, "!", 1) == 1 && close(fd) == 0);

        struct stat st;
        CHECK(stat(path, &st) == 0 && st.st_size == SIZE + 5);
        fd = open(path, O_RDONLY);
        CHECK(pread(fd, back, SIZE, 4) == SIZE && memcmp(back, bytes, SIZE) == 0 && close(fd) == 0);
    }
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    int fd = open(path, O_RDONLY);
    CHECK(mim_sink_open_fd(&sink, fd, "f", NULL) == MIM_OK);
    CHECK(mim_sink_begin(sink, false, &err) == MIM_IO && strstr(err.message, "f: is open for reading only"));
    mim_sink_close(sink);
    CHECK(close(fd) == 0 && mim_sink_open_fd(&sink, -1, NULL, NULL) == MIM_IO);
    unlink(path);
}

static void
a_file_goes_on_behind_what_was_written(void)
{
    static const char *const modes[] = { "wb", "w+b", "ab" };
    for (int i = 0; i < 6; i++) {
        FILE *file = fopen(path, modes[i / 2]);
        fputs("head", file); /* still in its buffer */
        struct mim_sink *sink;
        CHECK(mim_sink_open_file(&sink, file, NULL, NULL) == MIM_OK && write_all(sink, i % 2, NULL) == MIM_OK);
        mim_sink_close(sink);
        CHECK(ftell(file) == SIZE + 4 && fputs("!", file) >= 0 && fclose(file) == 0);
        int fd = open(path, O_RDONLY);
        char ends[6] = "";
        CHECK(pread(fd, back, SIZE, 4) == SIZE && memcmp(back, bytes, SIZE) == 0);
        CHECK(pread(fd, ends, 4, 0) == 4 && pread(fd, ends + 4, 2, SIZE + 4) == 1 && strcmp(ends, "head!") == 0);
        close(fd);
        unlink(path);
    }
}

static void
a_file_without_a_descriptor_is_written_too(void)
{
    for (int seeks = 0; seeks < 2; seeks++) {
        char *text = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&text, &size);
        struct mim_sink *sink;
        CHECK(mim_sink_open_file(&sink, file, NULL, NULL) == MIM_OK && write_all(sink, seeks, NULL) == MIM_OK);
        mim_sink_close(sink);
        CHECK(size == SIZE && memcmp(text, bytes, SIZE) == 0 && fclose(file) == 0);
        free(text);

        file = fmemopen(NULL, 5000, "wb");
        CHECK(mim_sink_open_file(&sink, file, NULL, NULL) == MIM_OK && write_all(sink, seeks, NULL) == MIM_IO);
        mim_sink_close(sink);
        fclose(file);
    }
    struct mim_sink *sink;
    CHECK(mim_sink_open_file(&sink, NULL, NULL, NULL) == MIM_ARGUMENT);
}

static void
memory_is_taken_once_when_it_is_finished(void)
{
    for (int seeks = 0; seeks < 2; seeks++) {
        struct mim_sink *sink;
        void *data = NULL;
        size_t size = 0;
        CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
        assert_string_equal(mim_sink_name(sink), "<bytes>");
        CHECK(mim_sink_begin(sink, false, NULL) == MIM_OK && write_bytes(sink, NULL) == MIM_OK);
        mim_sink_rollback(sink);
        CHECK(mim_sink_begin(sink, seeks, NULL) == MIM_OK);
        CHECK((seeks ? write_and_patch(sink, NULL) : write_bytes(sink, NULL)) == MIM_OK);
        CHECK(mim_sink_take(sink, &data, &size, NULL) == MIM_ARGUMENT);
        CHECK(mim_sink_commit(sink, NULL) == MIM_OK && mim_sink_take(sink, &data, &size, NULL) == MIM_OK);
        CHECK(size == SIZE && memcmp(data, bytes, SIZE) == 0);
        CHECK(mim_sink_take(sink, &data, &size, NULL) == MIM_ARGUMENT);
        mim_free(data);
        mim_sink_close(sink);
    }
    struct mim_sink *sink;
    void *data = NULL;
    size_t size = 1;
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK && mim_sink_begin(sink, false, NULL) == MIM_OK);
    CHECK(mim_sink_commit(sink, NULL) == MIM_OK && mim_sink_take(sink, &data, &size, NULL) == MIM_OK);
    CHECK(data && size == 0);
    mim_free(data);
    mim_sink_close(sink);
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK);
    CHECK(mim_sink_take(sink, &data, &size, NULL) == MIM_ARGUMENT);
    mim_sink_close(sink);
    mim_sink_close(NULL);
}

static void
going_back_wants_to_be_announced(void)
{
    struct mim_sink *sink;
    struct mim_error err = { 0 };
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK && mim_sink_begin(sink, false, NULL) == MIM_OK);
    CHECK(mim_sink_patch(sink, "a", 1, 0, &err) == MIM_ARGUMENT);
    CHECK(mim_sink_read_back(sink, back, 1, 0, &err) == -MIM_ARGUMENT);
    mim_sink_close(sink);
    CHECK(mim_sink_open_path(&sink, path, 0, NULL) == MIM_OK && mim_sink_begin(sink, true, NULL) == MIM_OK);
    CHECK(mim_sink_patch(sink, "a", 1, UINT64_MAX, &err) == MIM_IO && strstr(err.message, "too large"));
    mim_sink_close(sink);
    CHECK(entries() == 0);
}

/* An application's output. Call `fail_at` of write, read and finish together fails, and all that follow. */
struct output {
    uint8_t data[SIZE];
    uint64_t end;
    int calls, fail_at, number, finished, closed;
    bool stream, short_counts;
};

static bool
output_fails(struct output *output)
{
    errno = output->number;
    return output->calls++ >= output->fail_at;
}

static int64_t
output_write(void *user, const void *data, size_t size, uint64_t offset)
{
    struct output *output = user;
    if (output_fails(output))
        return output->short_counts ? (int64_t)size - 1 : -1;
    CHECK(offset + size <= SIZE && (!output->stream || offset == output->end));
    memcpy(output->data + offset, data, size);
    output->end = offset + size;
    return (int64_t)size;
}

static int64_t
output_read(void *user, void *data, size_t size, uint64_t offset)
{
    struct output *output = user;
    if (output_fails(output))
        return output->short_counts ? 0 : -1;
    size = size < 7000 ? size : 7000;
    memcpy(data, output->data + offset, size);
    return (int64_t)size;
}

static int
output_finish(void *user)
{
    struct output *output = user;
    output->finished++;
    return output_fails(output) ? -1 : 0;
}

static void
output_close(void *user)
{
    ((struct output *)user)->closed++;
}

static enum mim_status
open_output(struct mim_sink **sink, struct output *output, struct mim_error *err)
{
    struct mim_sink_calls calls = {
        .write = output_write,
        .read = output_read,
        .finish = output_finish,
        .close = output_close,
        .user = output,
        .seekable = !output->stream,
    };
    return mim_sink_open_calls(sink, &calls, "output", err);
}

static void
callbacks_failing_at_any_call_are_never_success(void)
{
    static struct output output;
    for (int variant = 0; variant < 16; variant++) {
        bool stream = variant & 1, seeks = variant & 2;
        enum mim_status status = MIM_IO;
        for (int k = 0; status != MIM_OK; k++) {
            memset(&output, 0, sizeof output);
            output.stream = stream;
            output.fail_at = k;
            output.short_counts = variant & 4;
            output.number = variant & 8 ? EEXIST : 0;
            struct mim_sink *sink;
            struct mim_error err = { 0 };
            CHECK(k < 1000 && open_output(&sink, &output, NULL) == MIM_OK);
            status = write_all(sink, seeks, &err);
            CHECK(status == MIM_OK || (status == MIM_IO && err.status == MIM_IO && strstr(err.message, "output: ")));
            mim_sink_close(sink);
            CHECK(output.closed == 1 && output.finished <= 1);
        }
        CHECK(output.finished == 1 && memcmp(output.data, bytes, SIZE) == 0);
    }
}

static void
callbacks_without_write_are_refused_and_closed(void)
{
    struct mim_sink *sink;
    static struct output output;
    struct mim_sink_calls calls = { .close = output_close, .user = &output };
    CHECK(mim_sink_open_calls(&sink, &calls, NULL, NULL) == MIM_ARGUMENT && output.closed == 1);
    CHECK(mim_sink_open_calls(&sink, NULL, NULL, NULL) == MIM_ARGUMENT);
}

static bool
use_sinks(void)
{
    static struct output output;
    memset(&output, 0, sizeof output);
    output.fail_at = 100000;
    output.stream = true;
    struct mim_sink *sink = NULL;
    struct mim_error err = { 0 };
    void *data = NULL;
    size_t size;

    enum mim_status status = write_path(true, false, &err);
    CHECK(status == MIM_OK ? file_is(bytes, SIZE) : entries() == 0);
    unlink(path);
    if (status == MIM_OK && (status = open_output(&sink, &output, &err)) == MIM_OK) {
        status = write_all(sink, true, &err);
        mim_sink_close(sink);
        CHECK(output.closed == 1);
    }
    if (status == MIM_OK && (status = mim_sink_open_memory(&sink, &err)) == MIM_OK) {
        status = write_all(sink, true, &err);
        if (status == MIM_OK)
            status = mim_sink_take(sink, &data, &size, &err);
        mim_sink_close(sink);
        mim_free(data);
    }
    if (status == MIM_OK && (status = mim_sink_open_path(&sink, "/dev/null", 0, &err)) == MIM_OK) {
        status = write_all(sink, true, &err);
        mim_sink_close(sink);
    }
    CHECK(status == MIM_OK || (status == MIM_NOMEM && err.status == MIM_NOMEM));
    return status == MIM_OK;
}

static void
memory_may_fail_anywhere(void)
{
    int before = dup(0);
    close(before);
    CHECK(memory_try_all(use_sinks) > 15);
    int after = dup(0);
    CHECK(after == before); /* no descriptor stays behind */
    close(after);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_file_appears_when_it_is_whole),
        CASE(the_mode_is_the_umasks_or_the_old_files),
        CASE(the_owner_stays_when_root_replaces_a_file),
        CASE(a_path_may_be_relative_and_the_directory_may_change_meanwhile),
        CASE(an_abandoned_file_leaves_the_old_one),
        CASE(an_existing_file_is_kept_when_asked),
        CASE(a_symlink_is_replaced_and_not_followed),
        CASE(where_nothing_can_be_written_is_told_early),
        CASE(a_read_only_directory_is_told_early),
        CASE(a_name_as_long_as_they_get_can_be_written),
        CASE(file_systems_that_can_do_less_get_the_same_file),
        CASE(killed_while_writing_it_leaves_nothing),
        CASE(a_full_disk_leaves_the_old_file),
        CASE(a_failure_stays),
        CASE(a_pipe_is_written_through_and_spooled_when_need_be),
        CASE(a_fifo_at_a_path_stays_one),
        CASE(a_socket_at_a_path_is_connected_to),
        CASE(a_broken_pipe_is_an_error),
        CASE(a_descriptor_is_written_from_where_it_stands),
        CASE(a_file_goes_on_behind_what_was_written),
        CASE(a_file_without_a_descriptor_is_written_too),
        CASE(memory_is_taken_once_when_it_is_finished),
        CASE(going_back_wants_to_be_announced),
        CASE(callbacks_failing_at_any_call_are_never_success),
        CASE(callbacks_without_write_are_refused_and_closed),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("sink", cases, make_directory, remove_directory);
}
