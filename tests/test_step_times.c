/* SPDX-License-Identifier: MIT */
/* Conversions of stepped ranges: how long their frames last. */
#include "convert-cases.h"

#define FRAMES 10

static const int64_t ticks[FRAMES] = { 3, 7, 10, 5, 20, 8, 4, 9, 6, 11 };
static bool has_stamps;
static _Atomic int64_t written[30];

static void
timed(struct mim_sequence *sequence)
{
    if (!sequence->first.width) { /* of a reader */
        sequence->time_num = 1;
        sequence->time_den = 50;
    }
}

static void
uneven(uint64_t index, struct mim_frame_info *info)
{
    info->pts = has_stamps ? 0 : MIM_NO_PTS;
    for (uint64_t i = 0; i < index && has_stamps; i++)
        info->pts += ticks[i % FRAMES];
    info->duration = ticks[index % FRAMES];
}

static void
unknown_last(uint64_t index, struct mim_frame_info *info)
{
    uneven(index, info);
    if (index == FRAMES - 1)
        info->duration = 0;
}

static void
note_duration(uint64_t index, struct mim_frame_info *info)
{
    written[index] = info->duration;
}

static struct mock_script script = {
    .sequence = timed, .shape = uneven, .accepts = note_duration, .writer_flags = MIM_WRITER_TIMING
};

static void
check_durations(const struct mim_range *ranges, size_t range_count, const char *frames, const int64_t *durations)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (int kind = 0; kind < 8; kind++) {
            struct mim_convert_options options = { .read = { .ranges = ranges, .range_count = range_count } };
            uint8_t *data;
            size_t size;
            script.any_order = kind & 1;
            script.claimed = kind & 2 ? FRAMES : 0;
            script.sure = kind & 2 ? MIM_SURE_EXACT : MIM_SURE_NONE;
            has_stamps = kind & 4;
            CHECK(convert(&script, thread_counts[t], 1, &options, &data, &size, NULL) == MIM_OK);
            check_frames(data, size, frames);
            for (size_t i = 0; i < strlen(frames); i++)
                CHECK(written[i] == durations[i]);
            mim_free(data);
        }
}

#define ALL_EVERY(n) { .step = n }
#define PART(a, b, n) { .start = a, .stop = b, .step = n, .has_start = 1, .has_stop = 1 }

static void
a_frame_lasts_as_long_as_its_step(void)
{
    const struct mim_range halves = ALL_EVERY(2), thirds = ALL_EVERY(3), all = ALL_EVERY(400);
    check_durations(&halves, 1, "02468", (const int64_t[]){ 10, 15, 28, 13, 17 });
    check_durations(&thirds, 1, "0369", (const int64_t[]){ 20, 33, 19, 11 });
    check_durations(&all, 1, "0", (const int64_t[]){ 83 });
}

static void
the_last_frame_lasts_to_the_end_of_the_range(void)
{
    const struct mim_range cut = PART(1, 8, 3), whole = PART(1, 7, 3), beyond = PART(4, 50, 4);
    check_durations(&cut, 1, "147", (const int64_t[]){ 22, 32, 9 });
    check_durations(&whole, 1, "14", (const int64_t[]){ 22, 32 });
    check_durations(&beyond, 1, "48", (const int64_t[]){ 41, 17 });
}

static void
steps_back_count_the_frames_passed(void)
{
    const struct mim_range reversed = ALL_EVERY(-1), halves = ALL_EVERY(-2), part = PART(8, 1, -3);
    check_durations(&reversed, 1, "9876543210", (const int64_t[]){ 11, 6, 9, 4, 8, 20, 5, 10, 7, 3 });
    check_durations(&halves, 1, "97531", (const int64_t[]){ 17, 13, 28, 15, 10 });
    check_durations(&part, 1, "852", (const int64_t[]){ 19, 33, 10 });
}

static void
each_item_of_a_list_counts_by_itself(void)
{
    const struct mim_range list[] = { PART(0, 1, 1), PART(5, 6, 1), PART(3, 4, 1) };
    const struct mim_range mixed[] = { PART(0, 4, 2), PART(4, 5, 1), ALL_EVERY(5), PART(7, 4, -2) };
    check_durations(list, 3, "053", (const int64_t[]){ 3, 8, 5 });
    check_durations(mixed, 4, "0240575", (const int64_t[]){ 10, 15, 20, 45, 38, 13, 8 });
}

static void
a_last_frame_of_unknown_duration_lasts_as_the_one_before(void)
{
    const struct mim_range halves = ALL_EVERY(2);
    script.shape = unknown_last;
    has_stamps = true;
    struct mim_convert_options options = { .read = { .ranges = &halves, .range_count = 1 } };
    uint8_t *data;
    size_t size;
    CHECK(convert(&script, 1, 1, &options, &data, &size, NULL) == MIM_OK && written[4] == 12);
    mim_free(data);
    script.shape = uneven;
}

static void
damage_ends_the_last_step(void)
{
    const struct mim_range halves = ALL_EVERY(2);
    struct mim_convert_options options = { .read = { .ranges = &halves, .range_count = 1 } };
    struct mock_script damaged = script;
    damaged.any_order = false;
    damaged.faults[0] = (struct mock_fault){ .op = MOCK_PREPARE, .frame = 3, .status = MIM_CORRUPT };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_error err;
        uint8_t *data;
        size_t size;
        options.read.partial = 0;
        CHECK(convert(&damaged, thread_counts[t], 1, &options, &data, &size, &err) == MIM_CORRUPT && !size);
        CHECK(strstr(err.message, "; 2 good frames before that"));
        mim_free(data);
        options.read.partial = 1;
        CHECK(convert(&damaged, thread_counts[t], 1, &options, &data, &size, &err) == MIM_CORRUPT);
        check_frames(data, size, "02");
        CHECK(written[0] == 10 && written[1] == 10);
        mim_free(data);
    }
}

static void
frames_of_readers_keep_their_own_times(void)
{
    const struct mim_range halves = ALL_EVERY(2);
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_select(reader, &halves, 1, 0, NULL) == MIM_OK);
    for (int i = 0; i < FRAMES; i += 2)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.duration == ticks[i]);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_frame_lasts_as_long_as_its_step),
        CASE(the_last_frame_lasts_to_the_end_of_the_range),
        CASE(steps_back_count_the_frames_passed),
        CASE(each_item_of_a_list_counts_by_itself),
        CASE(a_last_frame_of_unknown_duration_lasts_as_the_one_before),
        CASE(damage_ends_the_last_step),
        CASE(frames_of_readers_keep_their_own_times),
    };
    return cmocka_run_group_tests_name("step times", cases, NULL, NULL);
}
