/* SPDX-License-Identifier: MIT */
/* Writers: the same bytes and verdicts on any number of threads and in any sink. */
#include <unistd.h>

#include "writer-cases.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* --- what is written ---------------------------------------------------------------------------------------------- */

struct written {
    void *data;
    size_t size;
};

static enum mim_status
write_to_memory(const struct mock_script *script, unsigned threads, const struct mim_write_options *options,
                struct written *out, struct mim_error *err)
{
    struct mim_context *context = mock_context(script, threads);
    struct mim_sink *sink = NULL;
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    enum mim_status status = write_all(open_writer(context, sink, options), FRAMES, err);
    CHECK(status == MIM_OK || err->status == status);
    CHECK(mock_counted.opens == mock_counted.closes);
    *out = (struct written){ 0 };
    CHECK(mim_sink_take(sink, &out->data, &out->size, NULL) == (status == MIM_OK ? MIM_OK : MIM_ARGUMENT));
    mim_sink_close(sink);
    mim_context_destroy(context);
    return status;
}

/* A stream that takes what comes, in order, and nothing else. */
static int64_t
take(void *user, const void *data, size_t size, uint64_t offset)
{
    struct written *to = user;
    MUST(offset == to->size);
    to->data = realloc(to->data, to->size + size);
    memcpy((char *)to->data + to->size, data, size);
    to->size += size;
    return (int64_t)size;
}

static void
check_stream(const struct mock_script *script, unsigned threads, const struct written *expected)
{
    struct written got = { 0 };
    const struct mim_sink_calls calls = { .write = take, .user = &got };
    struct mim_context *context = mock_context(script, threads);
    struct mim_sink *sink = NULL;
    CHECK(mim_sink_open_calls(&sink, &calls, "a stream", NULL) == MIM_OK);
    CHECK(write_all(open_writer(context, sink, NULL), FRAMES, NULL) == MIM_OK);
    mim_sink_close(sink);
    mim_context_destroy(context);
    CHECK(got.size == expected->size && !memcmp(got.data, expected->data, got.size));
    free(got.data);
}

static void
check_path(const struct mock_script *script, unsigned threads, const struct written *expected)
{
    struct mim_context *context = mock_context(script, threads);
    struct mim_writer *writer = NULL;
    CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
    CHECK(write_all(writer, FRAMES, NULL) == MIM_OK);
    mim_context_destroy(context);
    FILE *file = fopen(path, "rb");
    void *got = malloc(expected->size + 1);
    CHECK(fread(got, 1, expected->size + 1, file) == expected->size && !memcmp(got, expected->data, expected->size));
    fclose(file);
    free(got);
    unlink(path);
}

/* `bytes` of each frame, with its neighbours' first samples in front where those are looked at. */
static void
check_content(const struct written *written, const struct mock_script *script)
{
    const uint8_t *at = written->data;
    bool back = script->writer_flags & MIM_WRITER_PREVIOUS, ahead = script->writer_flags & MIM_WRITER_NEXT;
    size_t header = script->puts ? 12 : 0, beside = back || ahead ? 2 : 0;
    CHECK(written->size == header + FRAMES * (beside + BYTES));
    if (header)
        CHECK(!memcmp(at, "MOCK", 4) && at[4] == (script->writer_flags & MIM_WRITER_SEEKS ? FRAMES : 0) && at[5] == 0);
    at += header;
    for (uint32_t i = 0; i < FRAMES; i++) {
        if (beside) {
            CHECK(at[0] == (back && i ? mock_sample(i - 1, 0, 0, 0) : 0));
            CHECK(at[1] == (ahead && i + 1 < FRAMES ? mock_sample(i + 1, 0, 0, 0) : 0));
            at += 2;
        }
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t x = 0; x < WIDTH; x++)
                CHECK(*at++ == mock_sample(i, x, y, 0));
    }
}

static void
on_any_threads_and_sinks(const struct mock_script *script)
{
    struct written first = { 0 };
    struct mim_error err;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct written again;
        CHECK(write_to_memory(script, thread_counts[t], NULL, &again, &err) == MIM_OK);
        check_content(&again, script);
        if (!first.data)
            first = again;
        else
            mim_free(again.data);
        check_stream(script, thread_counts[t], &first);
        check_path(script, thread_counts[t], &first);
    }
    mim_free(first.data);
}

static void
coded_bytes_come_in_the_order_of_frames_and_parts(void)
{
    on_any_threads_and_sinks(&(struct mock_script){ .busy_us = 200 });
    on_any_threads_and_sinks(&(struct mock_script){ .busy_us = 100, .parts = 5 });
    on_any_threads_and_sinks(&(struct mock_script){ .busy_us = 100, .parts = 3, .puts = true });
}

static void
neighbours_are_the_frames_beside(void)
{
    for (uint32_t flags = MIM_WRITER_PREVIOUS; flags <= (MIM_WRITER_PREVIOUS | MIM_WRITER_NEXT); flags++)
        on_any_threads_and_sinks(&(struct mock_script){ .busy_us = 120, .writer_flags = flags, .parts = flags });
}

static void
what_goes_back_in_its_output_is_spooled_for_streams(void)
{
    on_any_threads_and_sinks(&(struct mock_script){
        .busy_us = 100, .puts = true, .writer_flags = MIM_WRITER_SEEKS | MIM_WRITER_READS_BACK });
}

static void
two_passes_see_every_frame_before_the_first_is_encoded(void)
{
    const struct mock_script script = { .busy_us = 100,
                                        .surveys = true,
                                        .puts = true,
                                        .writer_flags = MIM_WRITER_NEXT | MIM_WRITER_PREVIOUS | MIM_WRITER_SEEKS };
    on_any_threads_and_sinks(&script);
    CHECK(mock_counted.surveys == FRAMES && mock_counted.encodes == FRAMES);
}

static void
wants_u16(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->sample = MIM_SAMPLE_U16;
    info->channels = 3;
}

static void
frames_are_converted_to_what_is_accepted(void)
{
    for (int surveys = 0; surveys < 2; surveys++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            const struct mock_script script = { .busy_us = 60, .accepts = wants_u16, .surveys = surveys };
            struct written written;
            struct mim_error err;
            CHECK(write_to_memory(&script, thread_counts[t], NULL, &written, &err) == MIM_OK);
            CHECK(written.size == FRAMES * BYTES * 6);
            const uint16_t *at = written.data;
            for (uint32_t i = 0; i < FRAMES; i++)
                for (uint32_t y = 0; y < HEIGHT; y++)
                    for (uint32_t x = 0; x < WIDTH; x++, at += 3)
                        CHECK(at[0] == mock_sample(i, x, y, 0) * 257 && at[1] == at[0] && at[2] == at[0]);
            mim_free(written.data);
        }
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

static enum mim_status
write_within(const struct mock_script *script, unsigned threads, uint64_t working_bytes, struct mim_error *err)
{
    struct mim_write_options options = { .control = { .limits = { .working_bytes = working_bytes } } };
    struct written written;
    enum mim_status status = write_to_memory(script, threads, &options, &written, err);
    mim_free(written.data);
    return status;
}

static void
the_verdict_of_working_memory_is_the_same_on_any_threads(void)
{
    const struct mock_script script = { .busy_us = 100, .parts = 3, .worker_bytes = 3000, .pixels_bytes = 50000 };
    uint64_t low = 0, high = 4000000;
    struct mim_error err = { 0 };
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        enum mim_status status = write_within(&script, 1, middle, &err);
        CHECK(status == MIM_OK || status == MIM_LIMIT);
        *(status == MIM_OK ? &high : &low) = middle;
    }
    CHECK(low >= 53000);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(write_within(&script, thread_counts[t], high, &err) == MIM_OK);
        CHECK(write_within(&script, thread_counts[t], low, &err) == MIM_LIMIT);
        CHECK(err.frame == 0 && err.allowed == low && strstr(err.message, "working memory"));
        CHECK(write_within(&script, thread_counts[t], 2 * high, &err) == MIM_OK);
    }
}

static void
wants_u8(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->sample = MIM_SAMPLE_U8;
}

/* Ten frames of floats, of which frame `bad` has one that no integer can hold. */
static enum mim_status
write_floats(unsigned threads, uint32_t bad, struct mim_error *err)
{
    const struct mock_script script = {
        .busy_us = 100, .parts = 3, .worker_bytes = 3000, .pixels_bytes = 50000, .accepts = wants_u8
    };
    struct mim_context *context = mock_context(&script, threads);
    struct mim_write_options options = { .format = "mock", .control.limits.working_bytes = 100000 };
    struct mim_frame floats[10] = { 0 };
    struct written written = { 0 };
    for (uint32_t i = 0; i < 10; i++) {
        CHECK(mim_frame_alloc(&floats[i], MIM_SAMPLE_F32, WIDTH, HEIGHT, 1, NULL) == MIM_OK);
        for (uint32_t y = 0; y < HEIGHT; y++)
            memset((char *)floats[i].data + y * floats[i].stride, 0, WIDTH * sizeof(float));
    }
    *(float *)floats[bad].data = 7;
    enum mim_status status =
        mim_write(context, "<bytes>", floats, 10, NULL, &options, &written.data, &written.size, err);
    mim_free(written.data);
    for (uint32_t i = 0; i < 10; i++)
        mim_frame_clear(&floats[i]);
    mim_context_destroy(context);
    return status;
}

static void
a_conversion_that_fails_fails_for_good(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (uint32_t bad = 2; bad < 10; bad++) {
            struct mim_error err = { 0 };
            CHECK(write_floats(thread_counts[t], bad, &err) == MIM_ARGUMENT && err.frame == bad);
        }
}

/* They grow by half as they come, a row at a time; 354 294 bytes would be next. */
static void
coded_bytes_may_fill_the_working_memory(void)
{
    static const uint64_t ceilings[] = { 299999, 300000, 320000 };
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 1000, 300, 1, NULL) == MIM_OK);
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (size_t i = 0; i < sizeof ceilings / sizeof *ceilings; i++) {
            struct mim_context *context = mock_context(&(struct mock_script){ 0 }, thread_counts[t]);
            struct mim_write_options options = { .format = "mock", .control.limits.working_bytes = ceilings[i] };
            struct written written = { 0 };
            enum mim_status status =
                mim_write(context, "<bytes>", &frame, 1, NULL, &options, &written.data, &written.size, &err);
            CHECK(status == (i == 0 ? MIM_LIMIT : MIM_OK));
            CHECK(status == MIM_OK ? written.size == 300000 : err.allowed == ceilings[i]);
            mim_free(written.data);
            mim_context_destroy(context);
        }
    mim_frame_clear(&frame);
}

/* --- whose memory ------------------------------------------------------------------------------------------------- */

static void
an_appended_frame_is_the_callers_again(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ .busy_us = 300 }, 3);
    struct mim_sink *sink = NULL;
    struct mim_frame frame = { 0 };
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    struct mim_writer *writer = open_writer(context, sink, NULL);
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 4, 4, 1, NULL) == MIM_OK);
    for (int i = 0; i < FRAMES; i++) {
        for (int y = 0; y < 4; y++)
            memset((char *)frame.data + (size_t)y * frame.stride, i, 4);
        CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
    }
    memset(frame.data, 0xee, 4);
    uint8_t *data;
    size_t size;
    CHECK(mim_writer_finish(writer, NULL) == MIM_OK && mim_sink_take(sink, (void **)&data, &size, NULL) == MIM_OK);
    CHECK(size == FRAMES * 16);
    for (size_t i = 0; i < size; i++)
        CHECK(data[i] == i / 16);
    mim_free(data);
    mim_frame_clear(&frame);
    mim_sink_close(sink);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(coded_bytes_come_in_the_order_of_frames_and_parts),
        CASE(neighbours_are_the_frames_beside),
        CASE(what_goes_back_in_its_output_is_spooled_for_streams),
        CASE(two_passes_see_every_frame_before_the_first_is_encoded),
        CASE(frames_are_converted_to_what_is_accepted),
        CASE(the_verdict_of_working_memory_is_the_same_on_any_threads),
        CASE(a_conversion_that_fails_fails_for_good),
        CASE(coded_bytes_may_fill_the_working_memory),
        CASE(an_appended_frame_is_the_callers_again),
    };
    return cmocka_run_group_tests_name("writer", cases, set_up, tear_down);
}
