/* SPDX-License-Identifier: MIT */
/* Sources of an application's callbacks: errors stay errors at whatever read they come; threads may read at once. */
#include <errno.h>
#include <pthread.h>

#include "failing-memory.h"
#include "source-input.h"

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
wrong_or_failing_callbacks_are_refused(void)
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
    CHECK(memory_try_all(use_sources) > 8);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(callbacks_may_give_little_and_be_interrupted),
        CASE(a_failure_at_any_read_is_an_error_and_never_the_end),
        CASE(a_file_that_fails_at_any_read_is_no_end_either),
        CASE(wrong_or_failing_callbacks_are_refused),
        CASE(threads_may_read_at_once),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("source-calls", cases, make_file, remove_file);
}
