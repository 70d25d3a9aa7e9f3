/* SPDX-License-Identifier: MIT */
/* Damaged sequences: which frames are lost, which are not, and that it is the same on any number of threads. */
#include "reader-cases.h"

/* --- damage ------------------------------------------------------------------------------------------------------- */

static struct mock_script
with_fault(const struct mock_script *base, enum mock_op op, uint64_t frame, int32_t status)
{
    struct mock_script script = *base;
    script.faults[0] =
        (struct mock_fault){ .op = op, .frame = frame, .part = script.parts > 1 ? 2 : 0, .status = status };
    if (op == MOCK_PREPARE)
        script.faults[0].part = 0;
    return script;
}

static void
errors_of_pixels_belong_to_their_frame(void)
{
    static const struct mock_script *const kinds[] = { &pages, &parts };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_PIXELS, 5, MIM_CORRUPT);
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_error err;
            for (size_t i = 0; i < 5; i++)
                check_next(reader, i);
            for (int again = 0; again < 3; again++) {
                CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT);
                CHECK(err.frame == 5 && err.offset == 105 && !strcmp(err.plugin, "mock"));
                CHECK(strstr(err.message, "fault of frame 5"));
            }
            check_read(reader, 7);
            check_next(reader, 8);
            CHECK(mim_reader_read(reader, 5, &frame, &err) == MIM_CORRUPT);
            check_next(reader, 9);
            CHECK(mim_reader_seek(reader, 6, NULL) == MIM_OK);
            check_next(reader, 6);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    }
    forget_expected();
}

static void
of_several_damaged_parts_the_first_is_named(void)
{
    struct mock_script script = parts;
    script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 3, .part = 4, .status = MIM_CORRUPT };
    script.faults[1] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 3, .part = 1, .status = MIM_TRUNCATED };
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (int again = 0; again < 4; again++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            for (int i = 0; i < 3; i++)
                CHECK(next_status(reader) == MIM_OK);
            CHECK(next_status(reader) == MIM_TRUNCATED);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
}

/* Frames 4, 13 and 22 are keys. */
static void
what_is_drawn_over_damage_is_damaged_until_a_key_frame(void)
{
    expect(&animation);
    struct mock_script script = with_fault(&animation, MOCK_PIXELS, 7, MIM_CORRUPT);
    for (int any_order = 0; any_order < 2; any_order++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_error err;
            for (size_t i = 0; i < 7; i++)
                check_next(reader, i);
            for (uint64_t i = 7; i < 13; i++) {
                CHECK(mim_reader_seek(reader, i, NULL) == MIM_OK);
                CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT);
                CHECK(err.frame == 7 && err.offset == 107);
            }
            CHECK(mim_reader_seek(reader, 13, NULL) == MIM_OK);
            for (size_t i = 13; i < 31; i++)
                check_next(reader, i);
            CHECK(next_status(reader) == MIM_END);
            CHECK(mim_reader_read(reader, 12, &frame, NULL) == MIM_CORRUPT);
            check_read(reader, 3);
            check_read(reader, 14);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    forget_expected();
}

static void
errors_of_prepare_end_the_sequence(void)
{
    static const struct mock_script *const kinds[] = { &pages, &animation };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_PREPARE, 6, MIM_TRUNCATED);
        for (int any_order = 0; any_order < 2; any_order++)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
                struct mim_reader *reader = mock_reader(context, NULL);
                struct mim_frame frame = { 0 };
                struct mim_frame_facts facts;
                struct mim_error err;
                uint64_t count = 0;
                for (size_t i = 0; i < 6; i++)
                    check_next(reader, i);
                for (int again = 0; again < 3; again++) {
                    CHECK(mim_reader_next(reader, &frame, &err) == MIM_TRUNCATED && err.frame == 6);
                    CHECK(mim_reader_read(reader, 9, &frame, &err) == MIM_TRUNCATED && err.frame == 6);
                    CHECK(mim_reader_info(reader, 6, &facts, &err) == MIM_TRUNCATED && err.frame == 6);
                }
                CHECK(mim_reader_count_exactly(reader, &count, &err) == MIM_TRUNCATED && count == 6);
                check_read(reader, 2);
                check_next(reader, 3);
                mim_reader_close(reader);
                mim_context_destroy(context);
            }
    }
    forget_expected();
}

static void
a_failed_open_is_closed(void)
{
    struct mock_script script = { .faults = { { .op = MOCK_OPEN, .status = MIM_CORRUPT } } };
    struct mim_context *context = mock_context(&script, 2);
    struct mim_source *source = mock_source();
    struct mim_reader *reader = NULL;
    struct mim_error err;
    CHECK(mim_reader_open(&reader, context, source, NULL, &err) == MIM_CORRUPT && !reader);
    CHECK(strstr(err.message, "fault") && mock_counted.opens == 1 && mock_counted.closes == 1);
    mim_source_close(source);
    mim_context_destroy(context);
}

static void
a_count_of_a_damaged_file_says_how_many_are_good(void)
{
    struct mock_script script = { .scans = true, .faults = { { .op = MOCK_SCAN, .status = MIM_CORRUPT } } };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    uint64_t count = 0;
    CHECK(mim_reader_count_exactly(reader, &count, NULL) == MIM_CORRUPT && count == 4);
    CHECK(next_status(reader) == MIM_OK);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
failed_metadata_fails_its_frame_alone(void)
{
    static const struct mock_script *const kinds[] = { &pages, &animation };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_METADATA, 4, MIM_CORRUPT);
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            for (size_t i = 0; i < 4; i++)
                check_next(reader, i);
            CHECK(next_status(reader) == MIM_CORRUPT && next_status(reader) == MIM_CORRUPT);
            CHECK(mim_reader_seek(reader, 5, NULL) == MIM_OK);
            check_next(reader, 5);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    }
    forget_expected();
}

static void
bad_sample(uint64_t index, struct mim_frame_info *info)
{
    info->sample = index == 2 ? 77 : info->sample;
}

static void
bad_channels(uint64_t index, struct mim_frame_info *info)
{
    info->channels = index == 2 ? 0 : 1;
}

static void
bad_size(uint64_t index, struct mim_frame_info *info)
{
    info->height = index == 2 ? 0 : 4;
}

static void
bad_parts(uint64_t index, struct mim_frame_info *info)
{
    info->parts = index == 2 ? UINT32_MAX : 1;
}

static void
indices_without_a_canvas(uint64_t index, struct mim_frame_info *info)
{
    info->sample = index == 2 ? MIM_SAMPLE_INDEX8 : MIM_SAMPLE_U8;
}

static void
bad_duration(uint64_t index, struct mim_frame_info *info)
{
    info->duration = index == 2 ? -1 : 1;
}

static void
bad_disposal(uint64_t index, struct mim_frame_info *info)
{
    info->dispose = index == 2 ? 3 : 0;
}

static void
bad_blending(uint64_t index, struct mim_frame_info *info)
{
    info->blend = index == 2 ? -1 : 0;
}

static void
facts_that_make_no_sense_are_the_plugins_fault(void)
{
    static void (*const shapes[])(uint64_t, struct mim_frame_info *) = {
        bad_sample, bad_channels, bad_size, bad_parts, indices_without_a_canvas, bad_duration, bad_disposal, bad_blending
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct mock_script script = { .shape = shapes[i] };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        struct mim_frame frame = { 0 };
        struct mim_error err = { 0 };
        CHECK(next_status(reader) == MIM_OK && next_status(reader) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_BROKEN_PLUGIN && strstr(err.message, "mock"));
        CHECK(next_status(reader) == MIM_BROKEN_PLUGIN);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
no_time_base(struct mim_sequence *sequence)
{
    sequence->time_num = 0;
    sequence->time_den = 25;
}

static void
bad_loop(struct mim_sequence *sequence)
{
    sequence->loop = -2;
}

static void
bad_opacity(struct mim_sequence *sequence)
{
    sequence->opaque = 2;
}

static void
bad_certainty(struct mim_sequence *sequence)
{
    sequence->sure = 4;
}

static void
a_sequence_that_makes_no_sense_is_the_plugins_fault(void)
{
    static void (*const faults[])(struct mim_sequence *) = { no_time_base, bad_loop, bad_opacity, bad_certainty };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct mock_script script = { .sequence = faults[i] };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_source *source = mock_source();
        struct mim_reader *reader;
        struct mim_error err = { 0 };
        CHECK(mim_reader_open(&reader, context, source, NULL, &err) == MIM_BROKEN_PLUGIN);
        CHECK(strstr(err.message, "the plugin mock gives the sequence "));
        mim_source_close(source);
        mim_context_destroy(context);
    }
}

static void
a_frame_that_nothing_decodes_is_the_plugins_fault(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ .parts = 1 }, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    mock_reader_ops.pixels = NULL;
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_BROKEN_PLUGIN && strstr(err.message, "neither raw samples"));
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
a_status_that_is_none_is_the_plugins_fault(void)
{
    static const int32_t statuses[] = { 99, -3, MIM_CANCELLED, MIM_TIMEOUT };
    for (size_t i = 0; i < 4; i++) {
        struct mock_script script = pages;
        script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 1, .status = statuses[i], .silent = true };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        CHECK(next_status(reader) == MIM_OK);
        CHECK(next_status(reader) == MIM_BROKEN_PLUGIN);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(errors_of_pixels_belong_to_their_frame),
        CASE(of_several_damaged_parts_the_first_is_named),
        CASE(what_is_drawn_over_damage_is_damaged_until_a_key_frame),
        CASE(errors_of_prepare_end_the_sequence),
        CASE(a_failed_open_is_closed),
        CASE(a_count_of_a_damaged_file_says_how_many_are_good),
        CASE(failed_metadata_fails_its_frame_alone),
        CASE(facts_that_make_no_sense_are_the_plugins_fault),
        CASE(a_sequence_that_makes_no_sense_is_the_plugins_fault),
        CASE(a_frame_that_nothing_decodes_is_the_plugins_fault),
        CASE(a_status_that_is_none_is_the_plugins_fault),
    };
    return cmocka_run_group_tests_name("damage", cases, NULL, NULL);
}
