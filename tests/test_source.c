/* SPDX-License-Identifier: MIT */
/* Sources of every kind: the same bytes at any offset, and errors that stay errors. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "failing-memory.h"
#include "source.h"

#define SIZE 200000u

static uint8_t bytes[SIZE];
static char directory[64], path[128];

/* A directory with one file in it, which holds `bytes`. */
static int
make_file(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 24);
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/a b%%.bin", directory);
    FILE *file = fopen(path, "wb");
    return !file || fwrite(bytes, 1, SIZE, file) != SIZE || fclose(file) != 0 ? -1 : 0;
}

static int
remove_file(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static bool
reads(struct mim_source *source, uint64_t size, uint64_t offset, uint64_t shift)
{
    static uint8_t back[SIZE];
    struct mim_error err = { 0 };
    uint64_t end = SIZE - shift;
    uint64_t expected = offset >= end ? 0 : size < end - offset ? size : end - offset;
    int64_t n = mim_source_read_at(source, back, size, offset, &err);
    return n == (int64_t)expected && memcmp(back, bytes + shift + (expected ? offset : 0), expected) == 0;
}

/* Is byte `shift` of `bytes` the source's first, and all the rest there, in any order? Closes it. */
static void
holds_bytes_from(struct mim_source *source, uint64_t shift)
{
    CHECK(reads(source, 10, 0, shift));
    CHECK(reads(source, 10, 0, shift));
    CHECK(reads(source, 1000, 66000, shift));
    CHECK(reads(source, 70000, 3, shift));
    CHECK(reads(source, 0, 5, shift));
    CHECK(reads(source, 100, SIZE - shift - 7, shift));
    CHECK(reads(source, 100, SIZE - shift, shift));
    CHECK(reads(source, 100, UINT64_MAX, shift));
    CHECK(reads(source, 100, INT64_MAX, shift));
    CHECK(reads(source, SIZE, 0, shift));
    uint64_t size = 0;
    CHECK(mim_source_size(source, &size, NULL) == MIM_OK && size == SIZE - shift);
    CHECK(mim_source_known_size(source) == size);
    mim_source_close(source);
}

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
other_schemes_want_a_transport_plugin(void)
{
    struct mim_source *source;
    struct mim_error err = { 0 };
    CHECK(mim_source_open_path(&source, "https://example.org/x.gif", &err) == MIM_NO_PLUGIN);
    CHECK(strstr(err.message, "https://example.org/x.gif: no installed transport plugin reads https"));
    CHECK(mim_source_open_path(&source, "s3+x.y-z://a", &err) == MIM_NO_PLUGIN &&
          strstr(err.message, "reads s3+x.y-z"));
    CHECK(mim_source_open_path(&source, "nowhere:x", &err) == MIM_IO);
    CHECK(mim_source_open_path(&source, "1http://x", &err) == MIM_IO);
}

static void
what_cannot_be_opened_is_an_io_error_with_its_reason(void)
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
    holds_bytes_from(source, 0);
    uint64_t size = 1;
    CHECK(mim_source_open_memory(&source, NULL, 0, NULL) == MIM_OK);
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
files_that_claim_to_be_empty_are_streams(void)
{
    struct mim_source *source;
    uint64_t size = 0;
    CHECK(mim_source_open_path(&source, "/proc/self/status", NULL) == MIM_OK);
    CHECK(mim_source_size(source, &size, NULL) == MIM_OK && size > 100);
    mim_source_close(source);
}

static void
a_file_counts_from_where_it_stands_buffered_or_not(void)
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

/* An application's input: gives `most` bytes at a time, is interrupted at every second call, fails at call `fail_at` and from
 * then on, and wants offsets without gaps when it is a stream. */
struct input {
    uint64_t most, position;
    int calls, fail_at, number, closed;
    bool stream, greedy;
};

static int64_t
input_read(void *user, void *data, size_t size, uint64_t offset)
{
    struct input *input = user;
    int call = input->calls++;
    if (call >= input->fail_at) {
        errno = input->number;
        return -1;
    }
    if (call % 2 == 1) {
        errno = EINTR;
        return -1;
    }
    CHECK(!input->stream || offset == input->position);
    if (input->greedy)
        return (int64_t)size + 1;
    uint64_t n = offset < SIZE ? SIZE - offset : 0;
    n = n < size ? n : size;
    n = n < input->most ? n : input->most;
    memcpy(data, bytes + (n ? offset : 0), n);
    input->position = offset + n;
    return (int64_t)n;
}

static int64_t
input_size(void *user)
{
    struct input *input = user;
    errno = EACCES;
    return input->fail_at < 0 ? -1 : (int64_t)SIZE;
}

static void
input_close(void *user)
{
    ((struct input *)user)->closed++;
}

static enum mim_status
open_input(struct mim_source **source, struct input *input, struct mim_error *err)
{
    struct mim_source_calls calls = {
        .read = input_read, .size = input->stream ? NULL : input_size, .close = input_close, .user = input
    };
    return mim_source_open_calls(source, &calls, "input", err);
}

static void
callbacks_may_give_little_and_be_interrupted(void)
{
    for (int stream = 0; stream < 2; stream++) {
        struct input input = { .most = 777, .fail_at = 1000000, .stream = stream };
        struct mim_source *source;
        CHECK(open_input(&source, &input, NULL) == MIM_OK);
        CHECK(mim_source_is_stream(source) == stream);
        struct mim_source *second = mim_source_ref(source);
        holds_bytes_from(source, 0);
        CHECK(input.closed == 0);
        mim_source_close(second);
        CHECK(input.closed == 1);
    }
}

/* All of the source in small reads: MIM_OK only with every byte. */
static enum mim_status
read_whole(struct mim_source *source, struct mim_error *err)
{
    uint8_t back[5000];
    uint64_t done = 0;
    for (;;) {
        int64_t n = mim_source_read_at(source, back, sizeof back, done, err);
        if (n < 0)
            return (enum mim_status) - n;
        CHECK(memcmp(back, bytes + done, (size_t)n) == 0);
        done += (uint64_t)n;
        if (n < (int64_t)sizeof back)
            break;
    }
    CHECK(done == SIZE);
    return MIM_OK;
}

static void
a_failure_at_any_read_is_an_error_and_never_the_end(void)
{
    static const int numbers[] = { EIO, 0, EEXIST, ESTALE };
    for (int variant = 0; variant < 8; variant++) {
        enum mim_status status = MIM_IO;
        for (int k = 0; status != MIM_OK; k++) {
            struct input input = { .most = 12345, .fail_at = k, .stream = variant % 2, .number = numbers[variant / 2] };
            struct mim_source *source;
            struct mim_error err = { 0 };
            CHECK(k < 1000 && open_input(&source, &input, NULL) == MIM_OK);
            status = read_whole(source, &err);
            CHECK(status == MIM_OK || (status == MIM_IO && err.status == MIM_IO && strstr(err.message, "input: ")));
            CHECK(status == MIM_OK || err.offset <= SIZE);
            uint64_t size;
            if (status != MIM_OK) /* again and again */
                CHECK(read_whole(source, NULL) == MIM_IO);
            if (status != MIM_OK && input.stream)
                CHECK(mim_source_size(source, &size, NULL) == MIM_IO && mim_source_known_size(source) == MIM_UNKNOWN);
            mim_source_close(source);
            CHECK(input.closed == 1);
        }
    }
}

static ssize_t
cookie_read(void *user, char *data, size_t size)
{
    struct input *input = user;
    ssize_t n = input_read(user, data, size, input->position);
    return n < 0 && errno == EINTR ? input_read(user, data, size, input->position) : n;
}

static int
cookie_seek(void *user, off64_t *offset, int whence)
{
    struct input *input = user;
    if (input->stream)
        return -1;
    *offset += whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (off64_t)input->position : (off64_t)SIZE;
    input->position = (uint64_t)*offset;
    return 0;
}

static void
a_file_that_fails_at_any_read_is_no_end_either(void)
{
    for (int stream = 0; stream < 2; stream++) {
        enum mim_status status = MIM_IO;
        for (int k = 0; status != MIM_OK; k++) {
            struct input input = { .most = 12345, .fail_at = k, .stream = stream, .number = EIO };
            FILE *file = fopencookie(&input, "rb", (cookie_io_functions_t){ .read = cookie_read, .seek = cookie_seek });
            struct mim_source *source;
            CHECK(k < 1000 && mim_source_open_file(&source, file, NULL, NULL) == MIM_OK);
            CHECK(mim_source_is_stream(source) == stream);
            status = read_whole(source, NULL);
            CHECK(status == MIM_OK || (status == MIM_IO && read_whole(source, NULL) == MIM_IO));
            mim_source_close(source);
            fclose(file);
        }
    }
}

static void
callbacks_that_lie_or_cannot_start_are_refused(void)
{
    struct mim_source *source;
    struct mim_error err = { 0 };
    uint8_t byte;
    struct input greedy = { .fail_at = 100, .greedy = true };
    CHECK(open_input(&source, &greedy, NULL) == MIM_OK);
    CHECK(mim_source_read_at(source, &byte, 1, 0, &err) == -MIM_IO);
    mim_source_close(source);

    struct input unsized = { .fail_at = -1 };
    CHECK(open_input(&source, &unsized, &err) == MIM_IO && strstr(err.message, "Permission") && unsized.closed == 1);
    struct input unread = { .fail_at = 0 };
    struct mim_source_calls calls = { .close = input_close, .user = &unread };
    CHECK(mim_source_open_calls(&source, &calls, NULL, &err) == MIM_ARGUMENT && unread.closed == 1);
}

static void *
read_at_random(void *argument)
{
    struct mim_source *source = argument;
    uint32_t noise = 1;
    uint8_t back[999];
    for (int i = 0; i < 300; i++) {
        noise = noise * 1664525 + 1013904223;
        uint64_t offset = noise % (SIZE - sizeof back);
        if (mim_source_read_at(source, back, sizeof back, offset, NULL) != sizeof back ||
            memcmp(back, bytes + offset, sizeof back) != 0)
            return source;
    }
    return NULL;
}

static void
threads_may_read_at_once(void)
{
    FILE *file = fopen(path, "rb");
    struct input inputs[2] = { { .most = 5000, .fail_at = 1000000 },
                               { .most = 5000, .fail_at = 1000000, .stream = true } };
    struct mim_source *sources[4];
    CHECK(mim_source_open_path(&sources[0], path, NULL) == MIM_OK);
    CHECK(mim_source_open_file(&sources[1], file, NULL, NULL) == MIM_OK);
    CHECK(open_input(&sources[2], &inputs[0], NULL) == MIM_OK && open_input(&sources[3], &inputs[1], NULL) == MIM_OK);
    for (int i = 0; i < 4; i++) {
        pthread_t threads[3];
        for (int t = 0; t < 3; t++)
            CHECK(pthread_create(&threads[t], NULL, read_at_random, sources[i]) == 0);
        for (int t = 0; t < 3; t++) {
            void *wrong = NULL;
            CHECK(pthread_join(threads[t], &wrong) == 0 && !wrong);
        }
        mim_source_close(sources[i]);
    }
    fclose(file);
}

static bool
use_sources(void)
{
    struct input input = { .most = 50000, .fail_at = 1000000, .stream = true };
    struct mim_source *source = NULL;
    struct mim_error err = { 0 };
    enum mim_status status = open_input(&source, &input, &err);
    if (status == MIM_OK) {
        status = read_whole(source, &err);
        mim_source_close(source);
    }
    CHECK(input.closed == 1);
    if (status == MIM_OK && (status = mim_source_open_path(&source, path, &err)) == MIM_OK)
        mim_source_close(source);
    if (status == MIM_OK && (status = mim_source_open_memory(&source, bytes, SIZE, &err)) == MIM_OK)
        mim_source_close(source);
    CHECK(status == MIM_OK || (status == MIM_NOMEM && err.status == MIM_NOMEM));
    return status == MIM_OK;
}

static void
memory_may_fail_anywhere(void)
{
    int before = dup(0);
    close(before);
    CHECK(memory_try_all(use_sources) > 8);
    int after = dup(0);
    CHECK(after == before); /* no descriptor stays behind */
    close(after);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_path_is_read_anywhere),
        CASE(a_file_uri_is_decoded),
        CASE(other_schemes_want_a_transport_plugin),
        CASE(what_cannot_be_opened_is_an_io_error_with_its_reason),
        CASE(memory_is_read_in_place),
        CASE(a_descriptor_of_a_file_is_read_from_its_start_and_left_alone),
        CASE(a_pipe_is_spooled),
        CASE(a_stream_is_not_waited_for_longer_than_needed),
        CASE(a_fifo_at_a_path_waits_for_its_writer),
        CASE(files_that_claim_to_be_empty_are_streams),
        CASE(a_file_counts_from_where_it_stands_buffered_or_not),
        CASE(callbacks_may_give_little_and_be_interrupted),
        CASE(a_failure_at_any_read_is_an_error_and_never_the_end),
        CASE(a_file_that_fails_at_any_read_is_no_end_either),
        CASE(callbacks_that_lie_or_cannot_start_are_refused),
        CASE(threads_may_read_at_once),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("source", cases, make_file, remove_file);
}
