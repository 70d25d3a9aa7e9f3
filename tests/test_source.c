/* SPDX-License-Identifier: MIT */
/* Sources that the core opens, and what callers have open: the same bytes at any offset. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "source-input.h"

static void
a_path_is_read_anywhere(void)
{
    struct mim_source *source;
    CHECK(mim_source_open_path(&source, path, NULL) == MIM_OK);
    assert_string_equal(mim_source_name(source), path);
    CHECK(!mim_source_is_stream(source) && mim_source_known_size(source) == SIZE);
    CHECK(reads(source, 10, 5, 0) && mim_source_bytes_read(source) == 10);
    holds_bytes_from(source, 0);
}

static void
a_file_uri_is_decoded(void)
{
    struct mim_source *source;
    char uri[200];
    snprintf(uri, sizeof uri, "file://%s/a%%20b%%25.bin", directory);
    CHECK(mim_source_open_path(&source, uri, NULL) == MIM_OK);
    assert_string_equal(mim_source_name(source), path);
    holds_bytes_from(source, 0);
    snprintf(uri, sizeof uri, "FILE://localhost%s/a%%20b%%25.bin", directory);
    CHECK(mim_source_open_path(&source, uri, NULL) == MIM_OK);
    mim_source_close(source);

    static const char *const bad[] = { "file://host/x", "file://",     "file://x",      "file:///%",
                                       "file:///%2",    "file:///%zz", "file:///a%00b", "" };
    struct mim_error err = { 0 };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(mim_source_open_path(&source, bad[i], &err) == MIM_ARGUMENT);
    CHECK(mim_source_open_path(&source, NULL, &err) == MIM_ARGUMENT);
    CHECK(mim_source_open_path(&source, "file:///nowhere/a%20b", &err) == MIM_IO &&
          strstr(err.message, "/nowhere/a b: "));
}

static void
is_located(const char *uri, const char *name)
{
    struct mim_source *source;
    char byte;
    CHECK(mim_source_open_path(&source, uri, NULL) == MIM_OK);
    CHECK(mim_source_is_located(source) && !mim_source_is_stream(source) && !mim_source_is_series(source));
    assert_string_equal(mim_source_uri(source), uri);
    assert_string_equal(mim_source_name(source), name);
    CHECK(mim_source_read_at(source, &byte, 1, 0, NULL) < 0);
    mim_source_close(source);
}

static void
other_schemes_are_only_located_and_hide_secrets(void)
{
    struct mim_source *source;
    struct mim_error err = { 0 };
    is_located("https://example.org/x.gif", "https://example.org/x.gif");
    is_located("s3+x.y-z://a", "s3+x.y-z://a");
    is_located("https://me:secret@example.org:81/a@b/x_%03d.gif?key=secret#secret", "https://example.org:81/a@b/x_%03d.gif");
    is_located("ftp://me:sec@ret@example.org?secret", "ftp://example.org");
    is_located("http://example.org#me@secret/x.gif", "http://example.org");
    CHECK(mim_source_open_path(&source, "https://me:secret@example.org/a b", &err) == MIM_ARGUMENT);
    CHECK(strstr(err.message, "byte 31 ") && strstr(err.message, "%20") && !strstr(err.message, "secret"));
    CHECK(mim_source_open_path(&source, "http://x/\r\nHost: y", &err) == MIM_ARGUMENT && strstr(err.message, "%0D"));
    CHECK(mim_source_open_path(&source, "example.org/x.gif", &err) == MIM_IO);
    CHECK(mim_source_open_path(&source, "nowhere:x", &err) == MIM_IO);
    CHECK(mim_source_open_path(&source, "1http://x", &err) == MIM_IO);
}

static void
a_failed_open_is_an_io_error_with_a_reason(void)
{
    struct mim_source *source;
    struct mim_error err = { 0 };
    CHECK(mim_source_open_path(&source, "/nowhere/x.gif", &err) == MIM_IO);
    assert_string_equal(err.message, "/nowhere/x.gif: No such file or directory");
    CHECK(mim_source_open_file_path(&source, directory, &err) == MIM_IO && strstr(err.message, ": is a directory"));
    CHECK(mim_source_open_fd(&source, -1, "closed", &err) == MIM_IO && strstr(err.message, "closed: Bad file"));
    int fd = open("/dev/null", O_WRONLY);
    CHECK(mim_source_open_fd(&source, fd, "null", &err) == MIM_IO && strstr(err.message, "writing only"));
    close(fd);
    CHECK(mim_source_open_file(&source, NULL, NULL, &err) == MIM_ARGUMENT);
    CHECK(mim_source_open_memory(&source, NULL, 1, &err) == MIM_ARGUMENT);
    CHECK(mim_source_open_calls(&source, NULL, NULL, &err) == MIM_ARGUMENT);
}

static void
memory_is_read_in_place(void)
{
    struct mim_source *source;
    CHECK(mim_source_open_memory(&source, bytes, SIZE, NULL) == MIM_OK);
    CHECK(mim_source_view(source, 0, SIZE) == bytes && mim_source_view(source, SIZE - 1, 1) == bytes + SIZE - 1);
    CHECK(!mim_source_view(source, 1, SIZE) && !mim_source_view(source, UINT64_MAX, 2));
    holds_bytes_from(source, 0);
    uint64_t size = 1;
    CHECK(mim_source_open_memory(&source, NULL, 0, NULL) == MIM_OK);
    CHECK(!mim_source_view(source, 0, 1));
    CHECK(mim_source_size(source, &size, NULL) == MIM_OK && size == 0);
    mim_source_close(source);
    mim_source_close(NULL);
}

static void
a_descriptor_of_a_file_is_read_from_its_start_and_left_alone(void)
{
    struct mim_source *source;
    int fd = open(path, O_RDONLY);
    CHECK(lseek(fd, 100, SEEK_SET) == 100);
    CHECK(mim_source_open_fd(&source, fd, "name.gif", NULL) == MIM_OK);
    assert_string_equal(mim_source_name(source), "name.gif");
    holds_bytes_from(source, 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 100 && close(fd) == 0);
}

static void *
feed(void *argument)
{
    int fd = *(int *)argument;
    for (uint32_t done = 0; done < SIZE;) {
        uint32_t n = 1 + done * 7 % 5000;
        ssize_t written = write(fd, bytes + done, n < SIZE - done ? n : SIZE - done);
        done += written > 0 ? (uint32_t)written : 0;
    }
    close(fd);
    return NULL;
}

static void
a_pipe_is_spooled(void)
{
    int ends[2];
    pthread_t thread;
    struct mim_source *source;
    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, feed, &ends[1]) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0); /* must make no difference */
    CHECK(mim_source_open_fd(&source, ends[0], NULL, NULL) == MIM_OK);
    CHECK(mim_source_is_stream(source) && mim_source_known_size(source) == MIM_UNKNOWN);
    holds_bytes_from(source, 0);
    pthread_join(thread, NULL);
    close(ends[0]);
}

static void
a_stream_is_not_waited_for_longer_than_needed(void)
{
    int ends[2];
    uint8_t back[4];
    struct mim_source *source;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CHECK(write(ends[1], "abcd", 4) == 4); /* and nothing more comes */
    CHECK(mim_source_open_fd(&source, ends[0], NULL, NULL) == MIM_OK);
    CHECK(mim_source_read_at(source, back, 4, 0, NULL) == 4 && memcmp(back, "abcd", 4) == 0);
    CHECK(mim_source_known_size(source) == MIM_UNKNOWN);
    mim_source_close(source);

    CHECK(write(ends[1], "efgh", 4) == 4);
    FILE *file = fdopen(ends[0], "rb");
    CHECK(mim_source_open_file(&source, file, NULL, NULL) == MIM_OK && mim_source_is_stream(source));
    CHECK(mim_source_read_at(source, back, 4, 0, NULL) == 4 && memcmp(back, "efgh", 4) == 0);
    mim_source_close(source);
    fclose(file);
    close(ends[1]);
}

static void
a_fifo_at_a_path_waits_for_its_writer(void)
{
    char fifo[100];
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    CHECK(mkfifo(fifo, 0600) == 0);
    int writer = open(fifo, O_RDWR);
    pthread_t thread;
    struct mim_source *source;
    CHECK(mim_source_open_path(&source, fifo, NULL) == MIM_OK);
    CHECK(pthread_create(&thread, NULL, feed, &writer) == 0);
    holds_bytes_from(source, 0);
    pthread_join(thread, NULL);
    unlink(fifo);
}

static void
a_fifo_without_a_writer_is_waited_for_until_the_job_ends(void)
{
    char fifo[100];
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    struct mim_cancel *cancel = mim_cancel_create();
    const struct mim_control control = { .cancel = cancel };
    struct mim_source *source;
    char byte;
    for (int is_late = 0; is_late < 2; is_late++) {
        CHECK(mkfifo(fifo, 0600) == 0 && mim_source_open_path(&source, fifo, NULL) == MIM_OK);
        if (!is_late)
            mim_cancel_request(cancel);
        mim_source_bound(source, &control, is_late ? 1 : INT64_MAX);
        CHECK(mim_source_read_at(source, &byte, 1, 0, NULL) == (is_late ? -MIM_TIMEOUT : -MIM_CANCELLED));
        mim_source_close(source);
        mim_cancel_reset(cancel);
        unlink(fifo);
    }
    mim_cancel_destroy(cancel);
}

static void
files_that_claim_to_be_empty_are_streams(void)
{
    struct mim_source *source;
    uint64_t size = 0;
    CHECK(mim_source_open_path(&source, "/proc/self/status", NULL) == MIM_OK);
    CHECK(mim_source_size(source, &size, NULL) == MIM_OK && size > 100);
    mim_source_close(source);
}

static void
a_file_counts_from_its_position_buffered_or_not(void)
{
    struct mim_source *source;
    FILE *file = fopen(path, "rb");
    for (int i = 0; i < 5; i++)
        CHECK(fgetc(file) == bytes[i]); /* the buffer is far ahead now */
    CHECK(ungetc(bytes[4], file) == bytes[4]);
    CHECK(mim_source_open_file(&source, file, "x", NULL) == MIM_OK && !mim_source_is_stream(source));
    holds_bytes_from(source, 4);
    fclose(file);

    file = fmemopen(bytes, SIZE, "rb");
    CHECK(fseek(file, 1000, SEEK_SET) == 0);
    CHECK(mim_source_open_file(&source, file, "x", NULL) == MIM_OK && !mim_source_is_stream(source));
    holds_bytes_from(source, 1000);
    fclose(file);

    file = popen("cat", "w");
    CHECK(file && pclose(file) == 0);
    char command[160];
    snprintf(command, sizeof command, "cat '%s'", path);
    file = popen(command, "r");
    CHECK(fgetc(file) == bytes[0]);
    CHECK(mim_source_open_file(&source, file, "x", NULL) == MIM_OK && mim_source_is_stream(source));
    holds_bytes_from(source, 1);
    pclose(file);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_path_is_read_anywhere),
        CASE(a_file_uri_is_decoded),
        CASE(other_schemes_are_only_located_and_hide_secrets),
        CASE(a_failed_open_is_an_io_error_with_a_reason),
        CASE(memory_is_read_in_place),
        CASE(a_descriptor_of_a_file_is_read_from_its_start_and_left_alone),
        CASE(a_pipe_is_spooled),
        CASE(a_stream_is_not_waited_for_longer_than_needed),
        CASE(a_fifo_at_a_path_waits_for_its_writer),
        CASE(a_fifo_without_a_writer_is_waited_for_until_the_job_ends),
        CASE(files_that_claim_to_be_empty_are_streams),
        CASE(a_file_counts_from_its_position_buffered_or_not),
    };
    return cmocka_run_group_tests_name("source", cases, make_file, remove_file);
}
