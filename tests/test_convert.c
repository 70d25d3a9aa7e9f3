/* SPDX-License-Identifier: MIT */
/* From readers to one writer: several sources, callbacks, what travels with the frames, and being stopped. */
#include <pthread.h>

#include "clock.h"
#include "convert-cases.h"

static void
sources_come_one_after_another(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (size_t n = 1; n <= 3; n++) {
            uint8_t *data;
            size_t size;
            CHECK(convert(&plain, thread_counts[t], n, NULL, &data, &size, NULL) == MIM_OK);
            check_frames(data, size, &"012345678901234567890123456789"[(3 - n) * 10]);
            mim_free(data);
        }
}

static void
slices_hold_for_every_source(void)
{
    static const struct mim_range backwards = { .start = -1, .step = -4, .has_start = 1 };
    struct mim_convert_options options = { .read = { .ranges = &backwards, .range_count = 1 } };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint8_t *data;
        size_t size;
        CHECK(convert(&plain, thread_counts[t], 2, &options, &data, &size, NULL) == MIM_OK);
        check_frames(data, size, "951951");
        mim_free(data);
    }
}

/* --- the frame in between ----------------------------------------------------------------------------------------- */

static enum mim_status
invert(void *user, struct mim_frame *frame, struct mim_error *err)
{
    (void)err;
    ++*(int *)user;
    for (uint32_t y = 0; y < frame->height; y++)
        for (size_t x = 0; x < frame->width; x++)
            ((uint8_t *)frame->data)[y * frame->stride + x] ^= 0xff;
    return MIM_OK;
}

static void
a_callback_may_change_every_frame(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        int calls = 0;
        struct mim_convert_options options = { .each = invert, .user = &calls };
        uint8_t *data;
        size_t size;
        CHECK(convert(&plain, thread_counts[t], 2, &options, &data, &size, NULL) == MIM_OK && calls == 20);
        for (size_t i = 0; i < size; i++)
            data[i] ^= 0xff;
        check_frames(data, size, "01234567890123456789");
        mim_free(data);
    }
}

static enum mim_status
replace(void *user, struct mim_frame *frame, struct mim_error *err)
{
    (void)user;
    int64_t duration = frame->duration;
    enum mim_status status = mim_frame_alloc(frame, MIM_SAMPLE_U16, 2, 1, 1, err);
    frame->duration = duration;
    return status;
}

static void
a_callback_may_give_other_pixels(void)
{
    struct mim_convert_options options = { .each = replace };
    uint8_t *data;
    size_t size;
    CHECK(convert(&plain, 2, 1, &options, &data, &size, NULL) == MIM_OK && size == 40);
    mim_free(data);
}

static enum mim_status
refuse_the_fifth(void *user, struct mim_frame *frame, struct mim_error *err)
{
    (void)err;
    return frame->index == 5 ? (enum mim_status)(intptr_t)user : MIM_OK;
}

static void
a_callback_ends_it_with_its_status(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_convert_options options = { .each = refuse_the_fifth, .user = (void *)(intptr_t)MIM_UNSUPPORTED };
        struct mim_error err = { 0 };
        uint8_t *data;
        size_t size;
        CHECK(convert(&plain, thread_counts[t], 1, &options, &data, &size, &err) == MIM_UNSUPPORTED && !data);
        CHECK(err.status == MIM_UNSUPPORTED && err.frame == 5 && strstr(err.message, "application"));
    }
}

static void
a_callback_ends_the_output_early(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        const struct mim_range stepped = { .start = 1, .step = 2, .has_start = 1 };
        for (size_t ranges = 0; ranges < 2; ranges++) {
            struct mim_convert_options options = { .each = refuse_the_fifth,
                                                   .user = (void *)(intptr_t)MIM_END,
                                                   .read = { .ranges = &stepped, .range_count = ranges } };
            struct mim_error err = { 0 };
            uint8_t *data;
            size_t size;
            CHECK(convert(&plain, thread_counts[t], 2, &options, &data, &size, &err) == MIM_OK);
            CHECK(err.status == MIM_OK && !*err.message);
            check_frames(data, size, ranges ? "13" : "01234");
            mim_free(data);
        }
    }
}

/* --- what travels along ------------------------------------------------------------------------------------------- */

static char heard[4000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%d:%s\n", (int)notice->frame, notice->text);
}

static void
animated(struct mim_sequence *sequence)
{
    if (sequence->count == MIM_UNKNOWN && !sequence->first.width) { /* of a reader */
        sequence->time_num = 1;
        sequence->time_den = 50;
        sequence->loop = 4;
    }
}

static void
five_ticks(uint64_t index, struct mim_frame_info *info)
{
    info->duration = 5;
    info->pts = (int64_t)index * 5;
}

static void
what_the_target_cannot_hold_is_said_once(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (uint32_t flags = 0; flags <= (MIM_WRITER_TIMING | MIM_WRITER_LOOP);
             flags += MIM_WRITER_TIMING | MIM_WRITER_LOOP) {
            struct mock_script script = {
                .busy_us = 80, .sequence = animated, .shape = five_ticks, .has_metadata = true, .writer_flags = flags
            };
            struct mim_convert_options options = { .read.open.control.notice = hear };
            uint8_t *data;
            size_t size;
            heard[0] = '\0';
            CHECK(convert(&script, thread_counts[t], 2, &options, &data, &size, NULL) == MIM_OK);
            mim_free(data);
            assert_string_equal(heard, flags
                                           ? "-1:mock cannot keep the metadata 'title'\n"
                                             "0:mock cannot keep the metadata 'number'\n"
                                           : "-1:mock cannot keep the metadata 'title'\n"
                                             "0:mock cannot keep the metadata 'number'\n"
                                             "-1:mock keeps no timing: how long each frame is shown is lost\n"
                                             "-1:mock keeps no loop count: how often the sequence is played is lost\n");
        }
}

static void
without_metadata_nothing_of_them_is_said(void)
{
    struct mock_script script = { .has_metadata = true };
    struct mim_convert_options options = { .read.open.control.notice = hear, .without_metadata = 1 };
    uint8_t *data;
    size_t size;
    heard[0] = '\0';
    CHECK(convert(&script, 2, 1, &options, &data, &size, NULL) == MIM_OK && !heard[0]);
    mim_free(data);
}

static void
a_loss_that_says_nothing_is_not_said(void)
{
    struct mock_script script = { .has_metadata = true, .has_implied = true };
    struct mim_convert_options options = { .read.open.control.notice = hear };
    uint8_t *data;
    size_t size;
    heard[0] = '\0';
    CHECK(convert(&script, 2, 1, &options, &data, &size, NULL) == MIM_OK);
    CHECK(strstr(heard, "'title'") && !strstr(heard, "'transfer'"));
    mim_free(data);
}

static void
readers_of_every_source_learn_that_samples_should_be_square(void)
{
    struct mock_script script = { 0 };
    uint8_t *data;
    size_t size;
    CHECK(convert(&script, 2, 2, NULL, &data, &size, NULL) == MIM_OK && mock_counted.squares == 0);
    mim_free(data);
    script.writer_flags = MIM_WRITER_SQUARE;
    CHECK(convert(&script, 2, 2, NULL, &data, &size, NULL) == MIM_OK && mock_counted.squares == 20);
    mim_free(data);
}

static _Atomic int64_t stamps[30];

static void
note_stamp(uint64_t index, struct mim_frame_info *info)
{
    stamps[index] = info->pts;
}

static void
timestamps_hold_in_the_whole_of_one_file_only(void)
{
    static const struct mim_range odd = { .start = 1, .step = 2, .has_start = 1 };
    struct mock_script script = {
        .sequence = animated, .shape = five_ticks, .accepts = note_stamp, .writer_flags = MIM_WRITER_TIMING
    };
    struct mim_convert_options some = { .read = { .ranges = &odd, .range_count = 1 } };
    uint8_t *data;
    size_t size;
    CHECK(convert(&script, 2, 1, NULL, &data, &size, NULL) == MIM_OK && stamps[0] == 0 && stamps[9] == 45);
    mim_free(data);
    CHECK(convert(&script, 2, 1, &some, &data, &size, NULL) == MIM_OK && stamps[0] == MIM_NO_PTS);
    mim_free(data);
    CHECK(convert(&script, 2, 2, NULL, &data, &size, NULL) == MIM_OK && stamps[0] == MIM_NO_PTS &&
          stamps[19] == MIM_NO_PTS);
    mim_free(data);
}

static void
notices_of_both_ends_come_in_the_same_order(void)
{
    struct mock_script script = { .busy_us = 100, .notices = true, .parts = 2 };
    struct mim_convert_options options = { .read.open.control.notice = hear };
    char *alone = NULL;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint8_t *data;
        size_t size;
        heard[0] = '\0';
        CHECK(convert(&script, thread_counts[t], 1, &options, &data, &size, NULL) == MIM_OK);
        mim_free(data);
        if (!alone)
            alone = strdup(heard);
        assert_string_equal(heard, alone);
    }
    free(alone);
}

/* --- memory and being stopped ------------------------------------------------------------------------------------- */

static void
a_page_of_100k(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = 1000;
    info->height = 100;
}

static void
a_long_stack_needs_the_memory_of_a_few_frames(void)
{
    const struct mock_script script = { .count = 300, .shape = a_page_of_100k, .busy_us = 50 };
    struct mim_convert_options options = { .read.open.control.limits.working_bytes = 1500000 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint8_t *data;
        size_t size;
        CHECK(convert(&script, thread_counts[t], 1, &options, &data, &size, NULL) == MIM_OK && size == 30000000);
        mim_free(data);
    }
}

static int
stop_at_the_third(void *user, const struct mim_progress *progress)
{
    (void)user;
    return progress->done == 3;
}

static void
progress_counts_what_was_written_and_cancels(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_tally tally = { 0 };
        struct mim_convert_options options = { .read.open.control = { .progress = stop_at_the_third,
                                                                      .tally = &tally } };
        uint8_t *data;
        size_t size;
        CHECK(convert(&plain, thread_counts[t], 1, &options, &data, &size, NULL) == MIM_CANCELLED && !data);
        CHECK(tally.frames == 3);
    }
}

struct seen {
    const struct mim_tally *tally;
    uint64_t done, total, before_the_first;
};

static int
see_progress(void *user, const struct mim_progress *progress)
{
    struct seen *seen = user;
    CHECK(progress->done >= seen->done && progress->total == seen->total);
    seen->done = progress->done;
    if (!seen->tally->frames)
        seen->before_the_first = progress->done;
    return 0;
}

/* A frame that is decoded before its turn counts as half. */
static void
progress_moves_while_the_first_frame_is_on_its_way(void)
{
    static const struct mim_range backwards = { .step = -1 };
    const struct mock_script script = { .count = 300, .claimed = 300, .sure = MIM_SURE_EXACT, .shape = a_page_of_100k };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_tally tally = { 0 };
        struct seen seen = { .tally = &tally, .total = 300 };
        struct mim_convert_options options = {
            .read = { .open.control = { .progress = see_progress, .user = &seen, .tally = &tally },
                      .ranges = &backwards,
                      .range_count = 1 },
        };
        uint8_t *data;
        size_t size;
        CHECK(convert(&script, thread_counts[t], 1, &options, &data, &size, NULL) == MIM_OK);
        CHECK(seen.done == 300 && tally.frames == 300 && seen.before_the_first >= 100);
        mim_free(data);
    }
}

static uint64_t
ms_to_cancel(uint64_t endless, unsigned threads)
{
    struct mock_script script = plain;
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_convert_options options = { .read.open.control.cancel = cancel };
    uint8_t *data;
    size_t size;
    script.endless = endless;
    script.cancel = cancel;
    script.cancel_at_poll = 50;
    clock_hold(CLOCK_WAITS_LAST);
    enum mim_status status = convert(&script, threads, 1, &options, &data, &size, NULL);
    uint64_t took = clock_now_ms() - mock_counted.cancelled_at_ms;
    clock_release();
    CHECK(mock_counted.endless_polls >= 50);
    CHECK(status == MIM_CANCELLED && !data);
    mim_cancel_destroy(cancel);
    return took;
}

static void
cancel_ends_a_conversion_within_100_ms(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        CHECK(ms_to_cancel(4, thread_counts[t]) < 100);
}

static void *
convert_in_a_context_of_its_own(void *argument)
{
    struct mim_source *source = mock_source();
    struct mim_sink *sink = NULL;
    uint8_t *data = NULL;
    size_t size = 0;
    MUST(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    MUST(mim_convert(argument, &source, 1, sink, &(struct mim_convert_options){ .write.format = "mock" }, NULL) ==
         MIM_OK);
    MUST(mim_sink_take(sink, (void **)&data, &size, NULL) == MIM_OK && size == 10 * BYTES);
    for (size_t i = 0; i < size; i++)
        MUST(data[i] == mock_sample(i / BYTES, i % 6, i % BYTES / 6, 0));
    mim_free(data);
    mim_sink_close(sink);
    mim_source_close(source);
    return NULL;
}

static void
two_contexts_convert_in_two_threads(void)
{
    struct mim_context *contexts[2] = { mock_context(&plain, 3), mock_context(&plain, 2) };
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK(!pthread_create(&threads[i], NULL, convert_in_a_context_of_its_own, contexts[i]));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        mim_context_destroy(contexts[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sources_come_one_after_another),
        CASE(slices_hold_for_every_source),
        CASE(a_callback_may_change_every_frame),
        CASE(a_callback_may_give_other_pixels),
        CASE(a_callback_ends_it_with_its_status),
        CASE(a_callback_ends_the_output_early),
        CASE(what_the_target_cannot_hold_is_said_once),
        CASE(without_metadata_nothing_of_them_is_said),
        CASE(a_loss_that_says_nothing_is_not_said),
        CASE(readers_of_every_source_learn_that_samples_should_be_square),
        CASE(timestamps_hold_in_the_whole_of_one_file_only),
        CASE(notices_of_both_ends_come_in_the_same_order),
        CASE(a_long_stack_needs_the_memory_of_a_few_frames),
        CASE(progress_counts_what_was_written_and_cancels),
        CASE(progress_moves_while_the_first_frame_is_on_its_way),
        CASE(cancel_ends_a_conversion_within_100_ms),
        CASE(two_contexts_convert_in_two_threads),
    };
    return cmocka_run_group_tests_name("convert", cases, NULL, NULL);
}
