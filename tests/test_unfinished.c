/* SPDX-License-Identifier: MIT */
/* Writers that fail or are stopped: the earliest failure is the verdict, and the old file stands. */
#include "clock.h"
#include "writer-cases.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* --- failures ----------------------------------------------------------------------------------------------------- */

static enum mim_status
write_to_path(const struct mock_script *script, unsigned threads, struct mim_error *err)
{
    struct mim_context *context = mock_context(script, threads);
    struct mim_writer *writer = NULL;
    CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
    enum mim_status status = write_all(writer, FRAMES, err);
    CHECK(mock_counted.opens <= 1 && mock_counted.closes == 1);
    mim_context_destroy(context);
    return status;
}

static void
an_error_of_any_op_leaves_the_old_file(void)
{
    static const enum mock_op ops[] = { MOCK_OPEN,   MOCK_ACCEPTS,     MOCK_ENCODE, MOCK_PUT,
                                        MOCK_FINISH, MOCK_WORKER_OPEN, MOCK_SURVEY };
    put_old_file();
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        for (uint64_t frame = 0; frame < FRAMES; frame += 10)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                bool of_the_whole = ops[i] == MOCK_OPEN || ops[i] == MOCK_FINISH || ops[i] == MOCK_WORKER_OPEN;
                if (of_the_whole && frame)
                    continue;
                struct mock_script script = { .busy_us = 80, .puts = true, .surveys = ops[i] == MOCK_SURVEY };
                script.faults[0] =
                    (struct mock_fault){ .op = ops[i], .frame = frame, .status = MIM_UNSUPPORTED, .emits_first = true };
                struct mim_error err = { 0 };
                CHECK(write_to_path(&script, thread_counts[t], &err) == MIM_UNSUPPORTED);
                CHECK(strstr(err.message, "fault of frame") && !strcmp(err.plugin, "mock"));
                CHECK(of_the_whole || err.frame == frame);
                CHECK(old_file_stands());
            }
}

static void
the_earliest_failure_is_the_verdict(void)
{
    static const struct mock_fault pairs[][2] = {
        { { .op = MOCK_ENCODE, .frame = 5, .status = MIM_IO },
          { .op = MOCK_ACCEPTS, .frame = 8, .status = MIM_ARGUMENT } },
        { { .op = MOCK_ENCODE, .frame = 5, .status = MIM_IO },
          { .op = MOCK_ENCODE, .frame = 6, .status = MIM_CORRUPT } },
        { { .op = MOCK_ENCODE, .frame = 5, .part = 1, .status = MIM_IO },
          { .op = MOCK_ENCODE, .frame = 5, .part = 3, .status = MIM_CORRUPT } },
        { { .op = MOCK_PUT, .frame = 5, .status = MIM_IO }, { .op = MOCK_ENCODE, .frame = 7, .status = MIM_CORRUPT } },
        { { .op = MOCK_PUT, .frame = 5, .status = MIM_IO }, { .op = MOCK_ACCEPTS, .frame = 6, .status = MIM_CORRUPT } },
    };
    put_old_file();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (uint32_t flags = 0; flags <= MIM_WRITER_NEXT; flags += MIM_WRITER_NEXT)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mock_script script = { .busy_us = 150,
                                              .parts = 4,
                                              .puts = true,
                                              .writer_flags = flags,
                                              .faults = { pairs[i][0], pairs[i][1] } };
                struct mim_error err = { 0 };
                CHECK(write_to_path(&script, thread_counts[t], &err) == MIM_IO && err.frame == 5);
                CHECK(old_file_stands());
            }
}

static void
a_bad_frame_is_named_and_final(void)
{
    struct mim_frame five = { 0 }, other = { 0 };
    CHECK(mim_frame_alloc(&other, MIM_SAMPLE_U8, WIDTH + 1, HEIGHT, 1, NULL) == MIM_OK);
    CHECK(mim_frame_alloc(&five, MIM_SAMPLE_U8, WIDTH, HEIGHT, 5, NULL) == MIM_OK);
    const struct mim_frame empty = { 0 }, *const bad[] = { &other, &five, &empty };
    put_old_file();
    for (size_t b = 0; b < 3; b++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&(struct mock_script){ .busy_us = 100 }, thread_counts[t]);
            struct mim_writer *writer = NULL;
            struct mim_error err;
            CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
            for (int i = 0; i < 9; i++)
                CHECK(mim_writer_append(writer, &frames[i], NULL) == MIM_OK);
            CHECK(mim_writer_append(writer, bad[b], &err) == MIM_ARGUMENT && err.frame == 9);
            CHECK(mim_writer_append(writer, &frames[9], &err) == MIM_ARGUMENT && err.frame == 9);
            CHECK(mim_writer_finish(writer, &err) == MIM_ARGUMENT && err.frame == 9);
            mim_context_destroy(context);
            CHECK(old_file_stands());
        }
    mim_frame_clear(&five);
    mim_frame_clear(&other);
}

static void
no_colours(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->channels = 3;
}

static void
channels_without_a_meaning_are_not_converted(void)
{
    struct mim_frame five = { 0 };
    struct mim_error err;
    CHECK(mim_frame_alloc(&five, MIM_SAMPLE_U8, WIDTH, HEIGHT, 5, NULL) == MIM_OK);
    struct mim_context *context = mock_context(&(struct mock_script){ .accepts = no_colours }, 2);
    struct mim_writer *writer = NULL;
    put_old_file();
    CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
    CHECK(mim_writer_append(writer, &five, &err) == MIM_ARGUMENT && err.frame == 0 &&
          strstr(err.message, "5 channels"));
    mim_writer_abandon(writer);
    mim_context_destroy(context);
    CHECK(old_file_stands());
    mim_frame_clear(&five);
}

static void
mixed_shapes_pass_where_the_format_holds_them(void)
{
    struct mim_frame other = { 0 };
    CHECK(mim_frame_alloc(&other, MIM_SAMPLE_U16, 3, 2, 4, NULL) == MIM_OK);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context =
            mock_context(&(struct mock_script){ .writer_flags = MIM_WRITER_MIXED }, thread_counts[t]);
        struct mim_sink *sink = NULL;
        void *data;
        size_t size;
        CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
        struct mim_writer *writer = open_writer(context, sink, NULL);
        CHECK(mim_writer_append(writer, &frames[0], NULL) == MIM_OK &&
              mim_writer_append(writer, &other, NULL) == MIM_OK);
        CHECK(mim_writer_finish(writer, NULL) == MIM_OK && mim_sink_take(sink, &data, &size, NULL) == MIM_OK);
        CHECK(size == BYTES + 48);
        mim_free(data);
        mim_sink_close(sink);
        mim_context_destroy(context);
    }
    mim_frame_clear(&other);
}

static void
no_frames_touch_no_file(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 2);
    struct mim_writer *writer = NULL;
    struct mim_error err;
    put_old_file();
    CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK && old_file_stands());
    CHECK(mim_writer_finish(writer, &err) == MIM_ARGUMENT && strstr(err.message, "no frames"));
    CHECK(old_file_stands() && !mock_counted.opens && !mock_counted.closes);
    mim_context_destroy(context);
}

static void
an_abandoned_series_leaves_nothing(void)
{
    put_old_file();
    for (uint32_t n = 0; n < 12; n += 3)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context =
                mock_context(&(struct mock_script){ .busy_us = 300, .puts = true }, thread_counts[t]);
            struct mim_writer *writer = NULL;
            CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
            for (uint32_t i = 0; i < n; i++)
                CHECK(mim_writer_append(writer, &frames[i], NULL) == MIM_OK);
            mim_writer_abandon(writer);
            mim_context_destroy(context);
            CHECK(old_file_stands());
        }
}

/* --- being stopped ------------------------------------------------------------------------------------------------ */

static uint64_t
ms_to_cancel(unsigned threads)
{
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_write_options options = { .control = { .cancel = cancel } };
    struct mim_context *context = mock_context(
        &(struct mock_script){ .endless = 4, .busy_us = 50, .cancel = cancel, .cancel_at_poll = 50 }, threads);
    struct mim_writer *writer = NULL;
    struct mim_error err;
    CHECK(mim_writer_open_uri(&writer, context, path, &options, NULL) == MIM_OK);
    clock_hold(CLOCK_WAITS_LAST);
    enum mim_status status = write_all(writer, FRAMES, &err);
    uint64_t took = clock_now_ms() - mock_counted.cancelled_at_ms;
    clock_release();
    CHECK(mock_counted.endless_polls >= 50);
    CHECK(status == MIM_CANCELLED);
    mim_context_destroy(context);
    mim_cancel_destroy(cancel);
    CHECK(old_file_stands());
    return took;
}

static void
cancel_ends_a_long_encode_within_100_ms(void)
{
    put_old_file();
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        CHECK(ms_to_cancel(thread_counts[t]) < 100);
}

static int
stop_at_the_third(void *user, const struct mim_progress *progress)
{
    *(uint64_t *)user = progress->total;
    return progress->done == 3;
}

static void
progress_cancels_for_good(void)
{
    put_old_file();
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint64_t total = 0;
        struct mim_write_options options = { .control = { .progress = stop_at_the_third, .user = &total }, .count = 5 };
        struct mim_context *context = mock_context(&(struct mock_script){ 0 }, thread_counts[t]);
        struct mim_writer *writer = NULL;
        CHECK(mim_writer_open_uri(&writer, context, path, &options, NULL) == MIM_OK);
        CHECK(mim_writer_append(writer, &frames[0], NULL) == MIM_OK &&
              mim_writer_append(writer, &frames[1], NULL) == MIM_OK);
        CHECK(mim_writer_append(writer, &frames[2], NULL) == MIM_CANCELLED && total == 5);
        CHECK(mim_writer_append(writer, &frames[3], NULL) == MIM_CANCELLED);
        CHECK(mim_writer_finish(writer, NULL) == MIM_CANCELLED);
        mim_context_destroy(context);
        CHECK(old_file_stands());
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(an_error_of_any_op_leaves_the_old_file),
        CASE(the_earliest_failure_is_the_verdict),
        CASE(a_bad_frame_is_named_and_final),
        CASE(channels_without_a_meaning_are_not_converted),
        CASE(mixed_shapes_pass_where_the_format_holds_them),
        CASE(no_frames_touch_no_file),
        CASE(an_abandoned_series_leaves_nothing),
        CASE(cancel_ends_a_long_encode_within_100_ms),
        CASE(progress_cancels_for_good),
    };
    return cmocka_run_group_tests_name("unfinished", cases, set_up, tear_down);
}
