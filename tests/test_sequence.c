/* SPDX-License-Identifier: MIT */
/* Whole sequences in one call: which frames, within which budget, in one block or many. */
#include <unistd.h>

#include "mock.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)
#define BYTES 24 /* of a page of the mock's */

static char directory[64], path[128];

static int
set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(path, sizeof path, "%s/in.mock", mkdtemp(directory));
    FILE *file = fopen(path, "w");
    return !file || fputs("MOCK", file) < 0 || fclose(file);
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static const struct mock_script counted = {
    .claimed = 10, .sure = MIM_SURE_EXACT, .busy_us = 80, .has_metadata = true
};
static const struct mock_script uncounted = { .busy_us = 80, .has_metadata = true };

static void
canvas_of_6x4(struct mim_sequence *sequence)
{
    sequence->canvas_width = 6;
    sequence->canvas_height = 4;
    sequence->opaque = 1;
    sequence->canvas_channels = 1;
    sequence->loop = 7;
}

static const struct mock_script composed = {
    .claimed = 10, .sure = MIM_SURE_EXACT, .busy_us = 80, .sequence = canvas_of_6x4
};

static void
read_gives_all_frames_with_their_metadata(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = mock_context(&uncounted, thread_counts[t]);
        struct mim_frames frames = { 0 };
        CHECK(mim_read(context, path, NULL, &frames, NULL) == MIM_OK);
        CHECK(frames.count == 10 && !strcmp(mim_meta_text(frames.meta, "title"), "a mock") && frames.loop == -1);
        for (uint64_t i = 0; i < 10; i++) {
            double number = -1;
            CHECK(mock_is_frame(&frames.frames[i], i));
            CHECK(mim_meta_number(frames.frames[i].meta, "number", &number) && number == (double)i);
        }
        mim_frames_clear(&frames);
        CHECK(!frames.frames && !frames.count);
        mim_context_destroy(context);
    }
}

/* --- the result budget -------------------------------------------------------------------------------------------- */

static enum mim_status
read_within(const struct mock_script *script, unsigned threads, uint64_t budget, int partial, struct mim_frames *frames,
            struct mim_error *err)
{
    struct mim_read_options options = { .open.control.limits.result_bytes = budget, .partial = partial };
    struct mim_context *context = mock_context(script, threads);
    *frames = (struct mim_frames){ 0 };
    *err = (struct mim_error){ 0 };
    enum mim_status status = mim_read(context, path, &options, frames, err);
    mim_context_destroy(context);
    return status;
}

static void
the_budget_is_exact_at_the_byte(void)
{
    static const struct mock_script *const kinds[] = { &counted, &uncounted, &composed };
    for (size_t k = 0; k < 3; k++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_frames frames;
            struct mim_error err;
            CHECK(read_within(kinds[k], thread_counts[t], 10 * BYTES, 0, &frames, &err) == MIM_OK &&
                  frames.count == 10);
            mim_frames_clear(&frames);

            CHECK(read_within(kinds[k], thread_counts[t], 10 * BYTES - 1, 0, &frames, &err) == MIM_LIMIT);
            CHECK(!frames.frames && !frames.count && err.needed == 10 * BYTES && err.allowed == 10 * BYTES - 1);
            CHECK(strstr(err.message, "240") && strstr(err.message, "239") && strstr(err.message, "budget"));
        }
}

static void
frames_within_the_budget_are_returned_with_partial(void)
{
    static const struct mock_script *const kinds[] = { &counted, &uncounted, &composed };
    for (size_t k = 0; k < 3; k++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_frames frames;
            struct mim_error err;
            CHECK(read_within(kinds[k], thread_counts[t], 7 * BYTES + 5, 1, &frames, &err) == MIM_LIMIT);
            CHECK(frames.count == 7 && err.frame == 7 && err.needed == 8 * BYTES && err.allowed == 7 * BYTES + 5);
            for (uint64_t i = 0; i < 7; i++)
                CHECK(mock_is_frame(&frames.frames[i], i));
            mim_frames_clear(&frames);
        }
}

static void
frames_of_a_canvas_are_refused_before_the_first_is_decoded(void)
{
    struct mim_frames frames;
    struct mim_error err;
    CHECK(read_within(&composed, 2, 9 * BYTES, 0, &frames, &err) == MIM_LIMIT);
    CHECK(mock_counted.pixels == 0);
}

static void
be_alike(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->flags |= MIM_FRAME_ALIKE;
}

static void
frames_that_are_alike_are_refused_before_the_first_is_decoded(void)
{
    struct mock_script script = { .claimed = 10, .shape = be_alike };
    for (int is_exact = 0; is_exact < 2; is_exact++) {
        struct mim_frames frames;
        struct mim_error err;
        script.sure = is_exact ? MIM_SURE_EXACT : MIM_SURE_HEADER;
        CHECK(read_within(&script, 2, 9 * BYTES, 0, &frames, &err) == MIM_LIMIT && mock_counted.pixels == 0);
        CHECK(err.needed == 10 * BYTES && err.allowed == 9 * BYTES);
        CHECK((strstr(err.message, "by its header") == NULL) == is_exact && strstr(err.message, "turn it off"));
        CHECK(read_within(&script, 2, 9 * BYTES, 1, &frames, &err) == MIM_LIMIT && frames.count == 9);
        mim_frames_clear(&frames);
    }
}

static void
an_index_above_the_limit_of_frames_is_past_the_end(void)
{
    for (int any_order = 0; any_order < 2; any_order++) {
        const struct mock_script script = { .any_order = any_order };
        struct mim_open_options options = { .control.limits.frames = 10 };
        struct mim_context *context = mock_context(&script, 1);
        struct mim_reader *reader;
        struct mim_frame frame = { 0 };
        CHECK(mim_reader_open_uri(&reader, context, path, &options, NULL) == MIM_OK);
        CHECK(mim_reader_read(reader, 99999999, &frame, NULL) == MIM_RANGE);
        CHECK(mim_reader_read(reader, 9, &frame, NULL) == MIM_OK && mim_reader_next(reader, &frame, NULL) == MIM_END);
        mim_reader_close(reader);
        options.control.limits.frames = 9;
        CHECK(mim_reader_open_uri(&reader, context, path, &options, NULL) == MIM_OK);
        CHECK(mim_reader_read(reader, 99999999, &frame, NULL) == MIM_LIMIT);
        CHECK(mim_reader_read(reader, 8, &frame, NULL) == MIM_OK);
        mim_reader_close(reader);
        mim_frame_clear(&frame);
        mim_context_destroy(context);
    }
}

static void
no_frame_over_the_budget_is_decoded(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_frames frames;
        struct mim_error err;
        CHECK(read_within(&uncounted, thread_counts[t], 3 * BYTES, 0, &frames, &err) == MIM_LIMIT && err.frame == 3);
        CHECK(mock_counted.pixels == 3);
    }
}

static void
the_budget_counts_returned_frames(void)
{
    struct mim_read_options options = {
        .open = { .sample = MIM_SAMPLE_U16, .channels = 3, .control.limits.result_bytes = 10 * BYTES * 6 }
    };
    struct mim_context *context = mock_context(&uncounted, 2);
    struct mim_frames frames = { 0 };
    CHECK(mim_read(context, path, &options, &frames, NULL) == MIM_OK && frames.frames[3].channels == 3);
    mim_frames_clear(&frames);
    options.open.control.limits.result_bytes--;
    CHECK(mim_read(context, path, &options, &frames, NULL) == MIM_LIMIT);

    /* one frame of many counts as one */
    struct mim_range fifth = { .start = 5, .stop = 6, .has_start = 1, .has_stop = 1 };
    options.open.control.limits.result_bytes = BYTES * 6;
    options.ranges = &fifth;
    options.range_count = 1;
    CHECK(mim_read(context, path, &options, &frames, NULL) == MIM_OK && frames.count == 1 &&
          frames.frames[0].index == 5);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
}

static void
damage_hands_over_nothing_unless_asked(void)
{
    struct mock_script script = uncounted;
    script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 4, .status = MIM_CORRUPT };
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (int partial = 0; partial < 2; partial++) {
            struct mim_frames frames;
            struct mim_error err;
            CHECK(read_within(&script, thread_counts[t], 0, partial, &frames, &err) == MIM_CORRUPT && err.frame == 4);
            CHECK(frames.count == (partial ? 4 : 0));
            mim_frames_clear(&frames);
        }
}

/* --- which frames ------------------------------------------------------------------------------------------------- */

static void
check_selection(const struct mock_script *script, const struct mim_range *ranges, size_t range_count,
                const char *expected)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_read_options options = { .ranges = ranges, .range_count = range_count };
        struct mim_context *context = mock_context(script, thread_counts[t]);
        struct mim_frames frames = { 0 };
        char got[64] = "";
        CHECK(mim_read(context, path, &options, &frames, NULL) == MIM_OK);
        for (size_t i = 0; i < frames.count; i++) {
            CHECK(mock_is_frame(&frames.frames[i], frames.frames[i].index));
            snprintf(got + strlen(got), sizeof got - strlen(got), "%d", (int)frames.frames[i].index);
        }
        assert_string_equal(got, expected);
        mim_frames_clear(&frames);
        mim_context_destroy(context);
    }
}

static void
slices_reorder_and_repeat(void)
{
    static const struct mim_range every_third = { .start = 1, .step = 3, .has_start = 1 }, backwards = { .step = -2 },
                                  last_two = { .start = -2, .has_start = 1 },
                                  second = { .start = 2, .stop = 3, .has_start = 1, .has_stop = 1 },
                                  nothing = { .start = 5, .stop = 5, .has_start = 1, .has_stop = 1 },
                                  beyond = { .start = 8, .stop = 99, .has_start = 1, .has_stop = 1 };
    static const struct mock_script *const kinds[] = { &counted, &uncounted, &composed };
    const struct mim_range several[] = { second, second, backwards, nothing, second, beyond, last_two };
    for (size_t k = 0; k < 3; k++)
        for (int any_order = 0; any_order < 2; any_order++)
            for (int scans = 0; scans < 2; scans++) {
                struct mock_script script = *kinds[k];
                script.any_order = any_order;
                script.scans = scans;
                check_selection(&script, NULL, 0, "0123456789");
                check_selection(&script, &every_third, 1, "147");
                check_selection(&script, &backwards, 1, "97531");
                check_selection(&script, &last_two, 1, "89");
                check_selection(&script, &nothing, 1, "");
                check_selection(&script, &beyond, 1, "89");
                check_selection(&script, several, 7, "229753128989");
            }
}

static void
a_number_that_no_frame_has_is_an_error(void)
{
    static const struct mim_range tenth = { .start = 10, .stop = 11, .has_start = 1, .has_stop = 1 };
    static const struct mock_script *const kinds[] = { &counted, &uncounted };
    for (size_t k = 0; k < 2; k++) {
        struct mim_read_options options = { .ranges = &tenth, .range_count = 1 };
        struct mim_context *context = mock_context(kinds[k], 2);
        struct mim_frames frames = { 0 };
        struct mim_error err;
        CHECK(mim_read(context, path, &options, &frames, &err) == MIM_RANGE && strstr(err.message, "no frame 10"));
        mim_context_destroy(context);
    }
}

static void
frames_left_out_are_not_decoded(void)
{
    static const struct mim_range some = { .start = 2, .stop = 9, .step = 3, .has_start = 1, .has_stop = 1 };
    check_selection(&uncounted, &some, 1, "258");
    CHECK(mock_counted.pixels == 3);
}

static void
the_first_image_is_decoded_alone(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = mock_context(&uncounted, thread_counts[t]);
        struct mim_frame frame = { 0 };
        CHECK(mim_read_image(context, path, NULL, &frame, NULL) == MIM_OK && mock_is_frame(&frame, 0));
        CHECK(mock_counted.pixels == 1 && mock_counted.prepares == 1);
        mim_frame_clear(&frame);
        mim_context_destroy(context);
    }
}

/* --- volumes ------------------------------------------------------------------------------------------------------ */

static void
a_volume_is_one_block(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = mock_context(&uncounted, thread_counts[t]);
        struct mim_volume volume = { 0 };
        CHECK(mim_read_volume(context, path, NULL, &volume, NULL) == MIM_OK);
        CHECK(volume.count == 10 && volume.width == 6 && volume.height == 4 && volume.channels == 1);
        CHECK(volume.size == 10 * BYTES && mim_meta_text(volume.meta, "title"));
        for (uint32_t i = 0; i < 10; i++)
            for (uint32_t k = 0; k < BYTES; k++)
                CHECK(((uint8_t *)volume.data)[i * BYTES + k] == mock_sample(i, k % 6, k / 6, 0));

        struct mim_read_options tight = { .open.control.limits.result_bytes = 10 * BYTES - 1 };
        struct mim_volume refused = { 0 };
        struct mim_error err;
        CHECK(mim_read_volume(context, path, &tight, &refused, &err) == MIM_LIMIT && !refused.data);
        CHECK(err.needed == 10 * BYTES && err.allowed == 10 * BYTES - 1);
        mim_volume_clear(&volume);
        mim_context_destroy(context);
    }
}

static void
the_sixth_is_wider(uint64_t index, struct mim_frame_info *info)
{
    info->width += index == 6;
}

static void
unequal_frames_are_no_volume(void)
{
    struct mock_script script = { .shape = the_sixth_is_wider };
    struct mim_context *context = mock_context(&script, 2);
    struct mim_volume volume = { 0 };
    struct mim_error err;
    CHECK(mim_read_volume(context, path, NULL, &volume, &err) == MIM_ARGUMENT && err.frame == 6 && !volume.data);
    mim_context_destroy(context);
}

static void
a_volume_that_ends_early_is_an_error(void)
{
    struct mock_script script = { .count = 8, .claimed = 10, .sure = MIM_SURE_EXACT };
    struct mim_context *context = mock_context(&script, 2);
    struct mim_volume volume = { 0 };
    struct mim_error err;
    CHECK(mim_read_volume(context, path, NULL, &volume, &err) == MIM_TRUNCATED && strstr(err.message, "8 of 10"));
    mim_context_destroy(context);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void
frames_and_volumes_are_written_alike(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_write_options options = { .format = "mock" };
        struct mim_context *context = mock_context(&uncounted, thread_counts[t]);
        struct mim_frames frames = { 0 };
        struct mim_volume volume = { 0 };
        void *bytes = NULL;
        size_t size = 0;
        char other[140];
        CHECK(mim_read(context, path, NULL, &frames, NULL) == MIM_OK);
        CHECK(mim_read_volume(context, path, NULL, &volume, NULL) == MIM_OK);
        CHECK(mim_write(context, "<bytes>", frames.frames, frames.count, frames.meta, &options, &bytes, &size, NULL) ==
              MIM_OK);
        CHECK(size == volume.size && !memcmp(bytes, volume.data, size));
        for (uint64_t i = 0; i < 10; i++)
            CHECK(mock_is_frame(&frames.frames[i], i)); /* only read */
        mim_free(bytes);

        snprintf(other, sizeof other, "%s.mock", path);
        CHECK(mim_write_volume(context, other, &volume, NULL, NULL) == MIM_OK);
        FILE *file = fopen(other, "rb");
        uint8_t back[10 * BYTES + 1];
        CHECK(file && fread(back, 1, sizeof back, file) == volume.size && !memcmp(back, volume.data, volume.size));
        fclose(file);
        CHECK(mim_write_image(context, other, &frames.frames[3], &(struct mim_write_options){ .keep_existing = 1 },
                              NULL) == MIM_EXISTS);
        CHECK(mim_write_image(context, other, &frames.frames[3], NULL, NULL) == MIM_OK);
        unlink(other);
        mim_frames_clear(&frames);
        mim_volume_clear(&volume);
        mim_context_destroy(context);
    }
}

static void
a_frame_that_fails_leaves_the_frames_to_the_caller(void)
{
    struct mock_script script = uncounted;
    script.faults[0] = (struct mock_fault){ .op = MOCK_ENCODE, .frame = 5, .status = MIM_IO };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_write_options options = { .format = "mock" };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_frames frames = { 0 };
        struct mim_error err;
        void *bytes = NULL;
        size_t size = 0;
        CHECK(mim_read(context, path, NULL, &frames, NULL) == MIM_OK);
        CHECK(mim_write(context, "<bytes>", frames.frames, 10, NULL, &options, &bytes, &size, &err) == MIM_IO);
        CHECK(err.frame == 5 && !bytes);
        mim_frames_clear(&frames); /* while nothing looks at them any more */
        mim_context_destroy(context);
    }
}

static void
invalid_calls_are_refused_before_any_change(void)
{
    struct mim_write_options options = { .format = "mock" };
    struct mim_context *context = mock_context(&uncounted, 1);
    struct mim_frame frame = { 0 };
    struct mim_volume volume = {
        .sample = MIM_SAMPLE_U8, .width = 4, .height = 4, .channels = 1, .count = 3, .size = 47
    };
    struct mim_error err;
    uint8_t samples[48] = { 0 };
    void *bytes = NULL;
    size_t size = 0;
    CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U8, 2, 2, 1, NULL) == MIM_OK);
    CHECK(mim_write(context, "<bytes>", &frame, 0, NULL, &options, &bytes, &size, &err) == MIM_ARGUMENT);
    CHECK(mim_write(context, "<bytes>", NULL, 1, NULL, &options, &bytes, &size, &err) == MIM_ARGUMENT);
    CHECK(mim_write(context, "<bytes>", &frame, 1, NULL, NULL, &bytes, &size, &err) == MIM_ARGUMENT);
    CHECK(strstr(err.message, "name the format"));
    CHECK(mim_write(context, "<bytes>", &frame, 1, NULL, &options, NULL, NULL, &err) == MIM_ARGUMENT);
    volume.data = samples;
    CHECK(mim_write_volume(context, "/tmp/no.mock", &volume, NULL, &err) == MIM_ARGUMENT && strstr(err.message, "48"));
    volume.count = UINT64_MAX / 8;
    volume.size = 48;
    CHECK(mim_write_volume(context, "/tmp/no.mock", &volume, NULL, &err) == MIM_ARGUMENT);
    volume.count = 0;
    CHECK(mim_write_volume(context, "/tmp/no.mock", &volume, NULL, &err) == MIM_ARGUMENT);
    volume.count = ((uint64_t)1 << 32) + 1; /* no pixels: any count fits; in 32 bits this one is 1 */
    volume.width = 0;
    CHECK(mim_write_volume(context, "/tmp/no.mock", &volume, NULL, &err) == MIM_ARGUMENT);
    CHECK(!mock_counted.opens && access("/tmp/no.mock", F_OK) != 0);
    mim_frame_clear(&frame);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(read_gives_all_frames_with_their_metadata),
        CASE(the_budget_is_exact_at_the_byte),
        CASE(frames_within_the_budget_are_returned_with_partial),
        CASE(frames_of_a_canvas_are_refused_before_the_first_is_decoded),
        CASE(frames_that_are_alike_are_refused_before_the_first_is_decoded),
        CASE(an_index_above_the_limit_of_frames_is_past_the_end),
        CASE(no_frame_over_the_budget_is_decoded),
        CASE(the_budget_counts_returned_frames),
        CASE(damage_hands_over_nothing_unless_asked),
        CASE(slices_reorder_and_repeat),
        CASE(a_number_that_no_frame_has_is_an_error),
        CASE(frames_left_out_are_not_decoded),
        CASE(the_first_image_is_decoded_alone),
        CASE(a_volume_is_one_block),
        CASE(unequal_frames_are_no_volume),
        CASE(a_volume_that_ends_early_is_an_error),
        CASE(frames_and_volumes_are_written_alike),
        CASE(a_frame_that_fails_leaves_the_frames_to_the_caller),
        CASE(invalid_calls_are_refused_before_any_change),
    };
    return cmocka_run_group_tests_name("sequence", cases, set_up, tear_down);
}
