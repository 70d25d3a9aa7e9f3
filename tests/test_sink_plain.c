/* SPDX-License-Identifier: MIT */
/* Written through: pipes, sockets, descriptors and FILEs get the same bytes, from where they stand. */
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sink-output.h"

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
a_fifo_without_a_reader_is_waited_for_until_the_job_ends(void)
{
    struct mim_cancel *cancel = mim_cancel_create();
    const struct mim_control control = { .cancel = cancel };
    struct mim_sink *sink;
    mim_cancel_request(cancel);
    CHECK(mkfifo(path, 0600) == 0 && mim_sink_open_path(&sink, path, 1, NULL) == MIM_OK);
    mim_sink_bound(sink, &control, INT64_MAX);
    CHECK(mim_sink_begin(sink, false, NULL) == MIM_CANCELLED);
    mim_sink_bound(sink, &(struct mim_control){ 0 }, 1);
    CHECK(mim_sink_begin(sink, false, NULL) == MIM_TIMEOUT);
    mim_sink_close(sink);
    mim_cancel_destroy(cancel);
    CHECK(unlink(path) == 0);
}

/* A reader that does not read: the pipe takes 64 kB of more. */
static void
a_full_pipe_is_waited_for_until_the_job_ends(void)
{
    struct mim_cancel *cancel = mim_cancel_create();
    const struct mim_control control = { .cancel = cancel };
    struct mim_sink *sink;
    int ends[2];
    CHECK(pipe(ends) == 0 && mim_sink_open_fd(&sink, ends[1], NULL, NULL) == MIM_OK);
    mim_sink_bound(sink, &control, INT64_MAX);
    CHECK(mim_sink_begin(sink, false, NULL) == MIM_OK);
    mim_cancel_request(cancel);
    CHECK(write_bytes(sink, NULL) == MIM_CANCELLED || mim_sink_commit(sink, NULL) == MIM_CANCELLED);
    mim_sink_close(sink);
    mim_cancel_destroy(cancel);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
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
a_descriptor_is_written_from_its_position(void)
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
a_file_continues_after_the_output(void)
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

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_pipe_is_written_through_and_spooled_when_need_be),
        CASE(a_fifo_at_a_path_stays_one),
        CASE(a_fifo_without_a_reader_is_waited_for_until_the_job_ends),
        CASE(a_full_pipe_is_waited_for_until_the_job_ends),
        CASE(a_socket_at_a_path_is_connected_to),
        CASE(a_broken_pipe_is_an_error),
        CASE(a_descriptor_is_written_from_its_position),
        CASE(a_file_continues_after_the_output),
        CASE(a_file_without_a_descriptor_is_written_too),
    };
    return cmocka_run_group_tests_name("sink-plain", cases, make_directory, remove_directory);
}
