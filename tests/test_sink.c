/* SPDX-License-Identifier: MIT */
/* Sinks: the same bytes in memory and through callbacks, and no failure that looks like success. */
#include <errno.h>

#include "failing-memory.h"
#include "sink-output.h"

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
    CHECK(memory_try_all(use_sinks) > 15);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_failure_stays),
        CASE(memory_is_taken_once_when_it_is_finished),
        CASE(going_back_wants_to_be_announced),
        CASE(callbacks_failing_at_any_call_are_never_success),
        CASE(callbacks_without_write_are_refused_and_closed),
        CASE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests_name("sink", cases, make_directory, remove_directory);
}
