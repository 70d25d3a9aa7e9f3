/* SPDX-License-Identifier: MIT */
/* Readers: the same frames whatever the order of calls and the number of threads. */
#include <pthread.h>

#include "reader-cases.h"

/* Run a walk over every kind of sequence with every number of threads. */
static void
on_all(void (*walk)(struct mim_reader *reader))
{
    static const struct mock_script *const kinds[] = { &pages, &parts, &animation };
    for (size_t k = 0; k < 3; k++)
        for (int any_order = 0; any_order < 2; any_order++) {
            expect(with(kinds[k], any_order));
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mim_context *context = mock_context(with(kinds[k], any_order), thread_counts[t]);
                struct mim_reader *reader = mock_reader(context, NULL);
                walk(reader);
                mim_reader_close(reader);
                CHECK(mock_counted.opens == mock_counted.closes);
                mim_context_destroy(context);
            }
        }
    forget_expected();
}

static void
scan_all(struct mim_reader *reader)
{
    for (size_t i = 0; i < expected_count; i++)
        check_next(reader, i);
    for (int again = 0; again < 3; again++)
        CHECK(next_status(reader) == MIM_END);
}

static void
a_scan_is_the_same_on_any_number_of_threads(void)
{
    on_all(scan_all);
}

static void
read_backwards(struct mim_reader *reader)
{
    for (size_t i = expected_count; i-- > 0;)
        check_read(reader, i);
}

static void
backwards_gives_the_frames_of_a_scan(void)
{
    on_all(read_backwards);
}

static void
read_selections(struct mim_reader *reader)
{
    static const struct mim_range ranges[] = {
        { .start = 4, .stop = 1, .step = -1, .has_start = 1, .has_stop = 1 },
        { .start = -1, .has_start = 1 },
    };
    uint64_t first, last = expected_count - 1;
    CHECK(mim_reader_select(reader, ranges, 2, 0, NULL) == MIM_OK);
    CHECK(mim_reader_selected(reader, &first) == 4 && first == 4);
    check_next(reader, 4);
    check_next(reader, 3);

    CHECK(mim_reader_select(reader, &ranges[1], 1, 0, NULL) == MIM_OK); /* while the other is read ahead */
    CHECK(mim_reader_selected(reader, &first) == 1 && first == last);
    check_next(reader, last);
    CHECK(next_status(reader) == MIM_END);
    CHECK(mim_reader_skip(reader, NULL, NULL) == MIM_ARGUMENT);

    CHECK(mim_reader_seek(reader, 1, NULL) == MIM_OK);
    check_next(reader, 1);
    CHECK(mim_reader_selected(reader, &first) == last - 1 && first == 2);
    check_next(reader, 2);
    CHECK(mim_reader_select(reader, NULL, 0, 0, NULL) == MIM_OK);
    CHECK(mim_reader_selected(reader, NULL) == expected_count);
    scan_all(reader);
}

static void
selections_give_the_frames_of_a_scan(void)
{
    on_all(read_selections);
}

static void
walk_at_random(struct mim_reader *reader)
{
    struct mim_frame frame = { 0 };
    struct mim_frame_facts facts;
    uint32_t seed = 12345;
    size_t next = 0;
    for (int step = 0; step < 70; step++) {
        seed = seed * 1664525u + 1013904223u;
        size_t i = (seed >> 8) % expected_count;
        switch (seed >> 28) {
        case 0:
        case 1:
        case 2:
            check_read(reader, i);
            next = i + 1;
            break;
        case 3:
            CHECK(mim_reader_seek(reader, i, NULL) == MIM_OK);
            next = i;
            break;
        case 4:
            CHECK(mim_reader_read(reader, expected_count + 5, &frame, NULL) == MIM_RANGE);
            break;
        case 5:
            CHECK(mim_reader_info(reader, i, &facts, NULL) == MIM_OK);
            CHECK(facts.width == expected[i].width && facts.channels == expected[i].channels && facts.index == i &&
                  facts.duration == expected[i].duration);
            break;
        default:
            if (next == expected_count) {
                CHECK(next_status(reader) == MIM_END);
            } else {
                check_next(reader, next);
                next++;
            }
        }
    }
}

static void
any_walk_gives_the_frames_of_a_scan(void)
{
    on_all(walk_at_random);
}

static void
look_between(struct mim_reader *reader)
{
    struct mim_meta *meta = NULL;
    struct mim_meta_item item;
    uint64_t count = 0;
    for (size_t i = 0; i < 6; i++)
        check_next(reader, i);
    CHECK(mim_reader_frame_metadata(reader, 11, &meta, NULL) == MIM_OK);
    CHECK(mim_meta_find(meta, "number", &item) && *(const int64_t *)item.data == 11);
    mim_meta_destroy(meta);
    check_next(reader, 6);
    check_next(reader, 7);
    CHECK(mim_reader_count_exactly(reader, &count, NULL) == MIM_OK && count == expected_count);
    check_next(reader, 8);
    CHECK(mim_reader_frame_metadata(reader, expected_count, &meta, NULL) == MIM_RANGE);
    CHECK(mim_meta_text(mim_reader_metadata(reader), "title"));
    check_next(reader, 9);
}

static void
looking_at_facts_moves_nothing(void)
{
    on_all(look_between);
}

static void
leave_at(struct mim_reader *reader)
{
    for (size_t i = 0; i < 4; i++)
        check_next(reader, i);
}

static void
closing_early_releases_what_was_prepared(void)
{
    on_all(leave_at);
    CHECK(mock_counted.prepares == mock_counted.releases);
}

static void
range_changes_nothing_also_when_the_count_is_known(void)
{
    struct mock_script script = pages;
    script.claimed = script.count;
    script.sure = MIM_SURE_EXACT;
    expect(&script);
    struct mim_context *context = mock_context(&script, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frame = { 0 };
    struct mim_error err;
    check_next(reader, 0);
    CHECK(mim_reader_read(reader, 23, &frame, &err) == MIM_RANGE && strstr(err.message, "23"));
    CHECK(mim_reader_seek(reader, 24, NULL) == MIM_RANGE);
    check_next(reader, 1);
    CHECK(mim_reader_seek(reader, 23, NULL) == MIM_OK);
    CHECK(next_status(reader) == MIM_END && next_status(reader) == MIM_END);
    check_read(reader, 22);
    CHECK(next_status(reader) == MIM_END);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
a_count_that_lies_ends_where_the_frames_do(void)
{
    for (uint64_t claimed = 5; claimed < 50; claimed += 40) {
        struct mock_script script = pages;
        script.claimed = claimed;
        script.sure = MIM_SURE_HEADER;
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        int frames = 0;
        while (next_status(reader) == MIM_OK)
            frames++;
        CHECK(frames == 23);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- memory that is lent ------------------------------------------------------------------------------------------ */

static void
frames_go_into_memory_that_is_lent(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    uint8_t memory[4 * 10 + 1];
    struct mim_frame frame = { 0 };
    struct mim_error err;

    memset(memory, 0xee, sizeof memory);
    mim_frame_lend(&frame, memory, 36, 10); /* 3 strides and a row */
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK);
    CHECK(frame.data == memory && frame.stride == 10 && mock_is_frame(&frame, 0));
    CHECK(memory[6] == 0xee && memory[9] == 0xee && memory[36] == 0xee);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.data == memory && mock_is_frame(&frame, 1));

    mim_frame_lend(&frame, memory, 35, 10);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_ARGUMENT && strstr(err.message, "36") &&
          strstr(err.message, "35"));
    mim_frame_lend(&frame, memory, 40, 5);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_ARGUMENT);
    mim_frame_lend(&frame, memory, 24, 0);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.stride == 6 && mock_is_frame(&frame, 2));
    mim_frame_clear(&frame);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.data != memory && mock_is_frame(&frame, 3));
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
frames_outlive_their_reader_and_are_the_callers_to_change(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frames[10] = { { 0 } };
    for (int i = 0; i < 10; i++) {
        CHECK(mim_reader_next(reader, &frames[i], NULL) == MIM_OK);
        if (i > 0)
            memset(frames[i - 1].data, i, 6);
    }
    mim_reader_close(reader);
    mim_context_destroy(context);
    for (int i = 0; i < 9; i++)
        CHECK(((uint8_t *)frames[i].data)[3] == i + 1);
    CHECK(mock_is_frame(&frames[9], 9));
    for (int i = 0; i < 10; i++)
        mim_frame_clear(&frames[i]);
}

/* --- two at once -------------------------------------------------------------------------------------------------- */

static void *
scan_in_a_context_of_its_own(void *argument)
{
    struct mim_context *context = argument;
    for (int round = 0; round < 3; round++) {
        struct mim_reader *reader = mock_reader(context, NULL);
        struct mim_frame frame = { 0 };
        for (uint64_t i = 0; i < expected_count; i++)
            MUST(mim_reader_next(reader, &frame, NULL) == MIM_OK && same(&frame, &expected[i]));
        MUST(mim_reader_read(reader, 3, &frame, NULL) == MIM_OK && same(&frame, &expected[3]));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
    }
    return NULL;
}

static void
two_contexts_in_two_threads_do_not_meet(void)
{
    expect(&animation);
    struct mim_context *contexts[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        contexts[i] = mock_context(&animation, 3);
    for (int i = 0; i < 2; i++)
        CHECK(!pthread_create(&threads[i], NULL, scan_in_a_context_of_its_own, contexts[i]));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        mim_context_destroy(contexts[i]);
    }
    forget_expected();
}

static void
two_readers_of_one_context_share_its_threads(void)
{
    expect(&pages);
    struct mim_context *context = mock_context(&pages, 3);
    struct mim_reader *a = mock_reader(context, NULL), *b = mock_reader(context, NULL);
    for (size_t i = 0; i < expected_count; i++) {
        check_next(a, i);
        check_read(b, expected_count - 1 - i);
        if (i)
            check_next(b, expected_count - i);
    }
    mim_reader_close(a);
    mim_reader_close(b);
    mim_context_destroy(context);
    forget_expected();
}

/* --- timing ------------------------------------------------------------------------------------------------------- */

static void
ticks_of_a_thousandth(struct mim_sequence *sequence)
{
    sequence->time_num = 1;
    sequence->time_den = 1000;
}

static void
timestamps_without_durations(uint64_t index, struct mim_frame_info *info)
{
    info->pts = (int64_t)(index * index * 10);
}

static void
a_duration_is_what_is_left_until_the_next_timestamp(void)
{
    struct mock_script script = {
        .count = 6, .sequence = ticks_of_a_thousandth, .shape = timestamps_without_durations, .busy_us = 100
    };
    for (int any_order = 0; any_order < 2; any_order++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_frame_facts facts;
            for (int i = 0; i < 6; i++) {
                CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
                CHECK(frame.duration == (i == 5 ? 0 : (2 * i + 1) * 10) && frame.pts == i * i * 10);
            }
            CHECK(mim_reader_read(reader, 2, &frame, NULL) == MIM_OK && frame.duration == 50);
            CHECK(mim_frame_seconds(&frame) > 0.0499 && mim_frame_seconds(&frame) < 0.0501);
            CHECK(mim_reader_info(reader, 3, &facts, NULL) == MIM_OK && facts.duration == 70);
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 3 && frame.duration == 70);
            mim_frame_clear(&frame);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
}

static void
timestamps_too_far_apart(uint64_t index, struct mim_frame_info *info)
{
    info->pts = index % 2 ? INT64_MAX : -(int64_t)index - 1;
}

static void
timestamps_further_apart_than_any_duration_give_none(void)
{
    struct mock_script script = { .count = 3, .sequence = ticks_of_a_thousandth, .shape = timestamps_too_far_apart };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frame = { 0 };
    for (int i = 0; i < 3; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.duration == 0);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_scan_is_the_same_on_any_number_of_threads),
        CASE(backwards_gives_the_frames_of_a_scan),
        CASE(selections_give_the_frames_of_a_scan),
        CASE(any_walk_gives_the_frames_of_a_scan),
        CASE(looking_at_facts_moves_nothing),
        CASE(closing_early_releases_what_was_prepared),
        CASE(range_changes_nothing_also_when_the_count_is_known),
        CASE(a_count_that_lies_ends_where_the_frames_do),
        CASE(frames_go_into_memory_that_is_lent),
        CASE(frames_outlive_their_reader_and_are_the_callers_to_change),
        CASE(two_contexts_in_two_threads_do_not_meet),
        CASE(two_readers_of_one_context_share_its_threads),
        CASE(a_duration_is_what_is_left_until_the_next_timestamp),
        CASE(timestamps_further_apart_than_any_duration_give_none),
    };
    return cmocka_run_group_tests_name("reader", cases, NULL, NULL);
}
