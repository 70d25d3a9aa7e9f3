/* SPDX-License-Identifier: MIT */
/* What a reader says, takes and how it is stopped: notices, memory, limits, cancelling. */
#include "clock.h"
#include "reader-cases.h"
#include "api/reader-priv.h"
#include "plugin/operation.h"

/* --- notices ------------------------------------------------------------------------------------------------------ */

static char heard[20000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%d:%s\n", (int)notice->frame, notice->text);
}

static void
walk_and_listen(const struct mock_script *script, unsigned threads)
{
    struct mim_open_options options = { .control = { .notice = hear } };
    struct mim_context *context = mock_context(script, threads);
    heard[0] = '\0';
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    for (int i = 0; i < 5; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 12, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 3, &frame, NULL) == MIM_OK);
    for (int i = 0; i < 4; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 14, &frame, NULL) == MIM_OK);
    while (mim_reader_next(reader, &frame, NULL) == MIM_OK)
        continue;
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
notices_come_with_their_frames_in_order(void)
{
    static const struct mock_script *const kinds[] = { &pages, &parts, &animation };
    for (size_t k = 0; k < 3; k++)
        for (int any_order = 0; any_order < 2; any_order++) {
            struct mock_script script = *kinds[k];
            script.any_order = any_order;
            script.notices = true;
            walk_and_listen(&script, 1);
            char *alone = strdup(heard);
            CHECK(strstr(alone, "-1:open 0.0\n") == alone && !strstr(alone + 12, "open"));
            for (size_t t = 1; t < THREAD_COUNTS; t++) {
                walk_and_listen(&script, thread_counts[t]);
                assert_string_equal(heard, alone);
            }
            free(alone);
        }
}

static void
strict_makes_a_notice_an_error(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mock_script script = pages;
        struct mim_open_options options = { .control = { .strict = 1 } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK);
        mock.notices = true;
        struct mim_frame frame = { 0 };
        struct mim_error err;
        enum mim_status status;
        while ((status = mim_reader_next(reader, &frame, &err)) == MIM_OK)
            continue;
        CHECK(status == MIM_UNSUPPORTED && strstr(err.message, "are errors here"));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

static void
frames_of_100k(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = 1000;
    info->height = 100;
    info->channels = 1;
    info->work_size = 50000;
}

/* What reading all frames comes to, and how far it gets. */
static enum mim_status
read_within(const struct mock_script *script, unsigned threads, uint64_t working_bytes, int *frames, uint64_t *peak,
            struct mim_error *err)
{
    struct mim_open_options options = { .control = { .limits = { .working_bytes = working_bytes } },
                                        .sample = MIM_SAMPLE_U16 };
    struct mim_context *context = mock_context(script, threads);
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    enum mim_status status;
    *frames = 0;
    while ((status = mim_reader_next(reader, &frame, err)) == MIM_OK)
        ++*frames;
    mim_frame_clear(&frame);
    *peak = atomic_load(&reader->operation.budget.peak);
    mim_reader_close(reader);
    mim_context_destroy(context);
    return status;
}

static void
the_verdict_of_working_memory_is_one_frames_need(void)
{
    struct mock_script script = { .count = 40,
                                  .shape = frames_of_100k,
                                  .busy_us = 120,
                                  .packet_bytes = 1000,
                                  .worker_bytes = 5000,
                                  .pixels_bytes = 20000,
                                  .has_metadata = true,
                                  .metadata_room = 20000,
                                  .parts = 4 };
    /* found by a single thread: 1000-wide rows are 1024 apart */
    const uint64_t least = 100 * 1024 + 50000 + 1000 + 5000 + 20000;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_error err = { 0 };
        uint64_t peak;
        int frames;
        CHECK(read_within(&script, thread_counts[t], least, &frames, &peak, &err) == MIM_END && frames == 40);
        CHECK(peak == least);
        CHECK(read_within(&script, thread_counts[t], least - 1, &frames, &peak, &err) == MIM_LIMIT && frames == 0);
        CHECK(err.frame == 0 && err.allowed == least - 1 && err.needed > 0 && strstr(err.message, "working memory"));
        CHECK(peak <= least - 1);
        CHECK(read_within(&script, thread_counts[t], 3 * least, &frames, &peak, &err) == MIM_END && frames == 40);
        CHECK(peak <= 3 * least);
    }
}

static void
a_frame_that_waits_for_memory_is_decoded_once(void)
{
    const struct mock_script script = { .count = 40, .shape = frames_of_100k, .busy_us = 120 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_error err = { 0 };
        uint64_t peak;
        int frames;
        CHECK(read_within(&script, thread_counts[t], 1000000, &frames, &peak, &err) == MIM_END && frames == 40);
        CHECK(mock_counted.pixels == 40);
    }
}

static void
a_frame_that_grows_too_large_is_named(void)
{
    struct mock_script script = pages;
    script.busy_us = 100;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .frame_pixels = 1500 } } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        struct mim_error err;
        struct mim_frame frame = { 0 };
        enum mim_status status;
        uint64_t frames = 0;
        while ((status = mim_reader_next(reader, &frame, &err)) == MIM_OK)
            frames++;
        mim_frame_clear(&frame);
        CHECK(status == MIM_LIMIT && err.allowed == 1500 && err.needed > 1500 && err.frame == frames && frames > 3);
        CHECK(mim_reader_read(reader, frames + 1, &frame, NULL) == MIM_OK);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
too_many_frames_are_a_limit(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .frames = 6 } } };
        struct mim_context *context = mock_context(&pages, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        struct mim_frame frame = { 0 };
        struct mim_error err;
        for (int i = 0; i < 6; i++)
            CHECK(next_status(reader) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_LIMIT && err.allowed == 6 && err.needed == 7);
        CHECK(next_status(reader) == MIM_LIMIT);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
metadata_beyond_its_limit_is_ignored(void)
{
    struct mock_script script = pages;
    script.metadata_bytes = 5000;
    for (uint64_t limit = 4000; limit <= 8000; limit += 4000) {
        struct mim_tally tally = { 0 };
        struct mim_open_options options = { .control = { .limits = { .metadata_bytes = limit }, .tally = &tally } };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK && tally.notices[MIM_NOTICE_METADATA] == (limit == 4000));
        mim_reader_close(reader);
        options.no_metadata = 1;
        reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
a_gigantic_frame(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = info->height = UINT32_MAX;
    info->channels = UINT32_MAX;
    info->sample = MIM_SAMPLE_F64;
}

static void
sizes_beyond_counting_are_refused(void)
{
    struct mock_script script = { .shape = a_gigantic_frame };
    struct mim_open_options options = { .control = { .limits = { .frame_pixels = MIM_NO_LIMIT } } };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, &options);
    CHECK(next_status(reader) == MIM_NOMEM);
    CHECK(mock_counted.pixels == 0);
    mim_reader_close(reader);
    reader = mock_reader(context, NULL);
    CHECK(next_status(reader) == MIM_LIMIT);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

/* --- being stopped ------------------------------------------------------------------------------------------------ */

static void
frame_of_100_megapixels(uint64_t index, struct mim_frame_info *info)
{
    info->width = index == 1 ? 10000 : 10;
    info->height = index == 1 ? 10000 : 10;
}

static void
fill_nothing(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)index, (void)part, (void)raster;
}

static uint64_t
ms_to_cancel(uint32_t parts_of_frame, unsigned threads)
{
    struct mim_cancel *cancel = mim_cancel_create();
    const struct mock_script script = { .shape = frame_of_100_megapixels,
                                        .fill = fill_nothing,
                                        .endless = 2,
                                        .busy_us = 100,
                                        .cancel = cancel,
                                        .cancel_at_poll = 50,
                                        .parts = parts_of_frame };
    struct mim_open_options options = { .control = { .cancel = cancel } };
    struct mim_context *context = mock_context(&script, threads);
    struct mim_reader *reader = mock_reader(context, &options);
    clock_hold(CLOCK_WAITS_LAST);
    CHECK(next_status(reader) == MIM_OK);
    CHECK(next_status(reader) == MIM_CANCELLED);
    uint64_t took = clock_now_ms() - mock_counted.cancelled_at_ms;
    clock_release();
    CHECK(mock_counted.endless_polls >= 50);
    CHECK(next_status(reader) == MIM_CANCELLED);

    /* not for ever: who takes it back goes on */
    mock.endless = 0;
    mim_cancel_reset(cancel);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 1);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 2);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    mim_cancel_destroy(cancel);
    return took;
}

static void
cancel_ends_a_long_frame_within_100_ms(void)
{
    for (uint32_t p = 1; p <= 4; p += 3)
        for (size_t t = 0; t < THREAD_COUNTS; t++)
            CHECK(ms_to_cancel(p, thread_counts[t]) < 100);
}

static void
a_deadline_ends_a_long_frame_within_100_ms(void)
{
    struct mock_script script = { .endless = 1 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .milliseconds = 80 } } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        clock_hold(CLOCK_WAITS_LAST);
        uint64_t start = clock_now_ms();
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_TIMEOUT && next_status(reader) == MIM_TIMEOUT);
        uint64_t took = clock_now_ms() - start;
        clock_release();
        CHECK(took >= 80 && took < 180);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static int
stop_at_the_third(void *user, const struct mim_progress *progress)
{
    *(uint64_t *)user = progress->total;
    return progress->done == 3;
}

static void
progress_counts_and_cancels(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint64_t total = 0;
        struct mim_tally tally = { 0 };
        struct mim_open_options options = { .control = {
                                                .progress = stop_at_the_third, .user = &total, .tally = &tally } };
        struct mock_script script = pages;
        script.claimed = 23;
        script.sure = MIM_SURE_HEADER;
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK && next_status(reader) == MIM_OK);
        CHECK(next_status(reader) == MIM_CANCELLED && total == 23 && tally.frames == 3);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(notices_come_with_their_frames_in_order),
        CASE(strict_makes_a_notice_an_error),
        CASE(the_verdict_of_working_memory_is_one_frames_need),
        CASE(a_frame_that_waits_for_memory_is_decoded_once),
        CASE(a_frame_that_grows_too_large_is_named),
        CASE(too_many_frames_are_a_limit),
        CASE(metadata_beyond_its_limit_is_ignored),
        CASE(sizes_beyond_counting_are_refused),
        CASE(cancel_ends_a_long_frame_within_100_ms),
        CASE(a_deadline_ends_a_long_frame_within_100_ms),
        CASE(progress_counts_and_cancels),
    };
    return cmocka_run_group_tests_name("bounds", cases, NULL, NULL);
}
