/* SPDX-License-Identifier: MIT */
/* What a writer says of what it cannot keep, and how it keeps time. */
#include "mock.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

#define FRAMES 31
static struct mim_frame frames[FRAMES];

static int
make_frames(void **state)
{
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        CHECK(mim_frame_alloc(&frames[i], MIM_SAMPLE_U8, 7, 5, 1, NULL) == MIM_OK);
    return 0;
}

static int
clear_frames(void **state)
{
    (void)state;
    for (int i = 0; i < FRAMES; i++)
        mim_frame_clear(&frames[i]);
    return 0;
}

static struct mim_writer *
open_writer(struct mim_context *context, struct mim_sink *sink, const struct mim_write_options *options)
{
    struct mim_write_options with_format = options ? *options : (struct mim_write_options){ 0 };
    struct mim_writer *writer = NULL;
    with_format.format = "mock";
    CHECK(mim_writer_open(&writer, context, sink, &with_format, NULL) == MIM_OK);
    return writer;
}

/* --- notices ------------------------------------------------------------------------------------------------------ */

static char heard[20000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%d:%d:%s\n", (int)notice->code, (int)notice->frame, notice->text);
}

static void
writes_u8(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->sample = MIM_SAMPLE_U8;
    info->channels = 1;
}

/* Frames of u16 with alpha, timing, a loop and metadata, to a format that holds nothing of it. */
static enum mim_status
write_losing_much(const struct mock_script *script, unsigned threads, int strict, struct mim_tally *tally,
                  struct mim_error *err)
{
    struct mim_write_options options = { .control = { .notice = hear, .strict = strict, .tally = tally } };
    struct mim_context *context = mock_context(script, threads);
    struct mim_sink *sink = NULL;
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    struct mim_writer *writer = open_writer(context, sink, &options);
    enum mim_status status = MIM_OK;
    heard[0] = '\0';
    for (int i = 0; i < 90 && status == MIM_OK; i++) { /* more than are ever in flight */
        struct mim_frame frame = { 0 };
        CHECK(mim_frame_alloc(&frame, MIM_SAMPLE_U16, 5, 70, 2, NULL) == MIM_OK);
        frame.time_base = (struct mim_rational){ 1, 100 };
        frame.duration = 5;
        frame.loop = 0;
        frame.meta = mim_meta_create();
        mim_meta_set_text(frame.meta, "artist", "me", NULL);
        mim_meta_set_int(frame.meta, i % 2 ? "odd" : "even", i, NULL);
        status = mim_writer_take(writer, &frame, err);
        CHECK(!frame.data && !frame.meta);
    }
    if (status == MIM_OK)
        status = mim_writer_finish(writer, err);
    else
        mim_writer_abandon(writer);
    mim_sink_close(sink);
    mim_context_destroy(context);
    return status;
}

static int
count(const char *text)
{
    int times = 0;
    for (const char *at = heard; (at = strstr(at, text)); at++)
        times++;
    return times;
}

static void
losses_are_told_in_the_same_order_on_any_threads(void)
{
    const struct mock_script script = {
        .busy_us = 100, .accepts = writes_u8, .notices = true, .parts = 2, .has_metadata = true, .puts = true
    };
    char *alone = NULL;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_tally tally = { 0 };
        struct mim_error err;
        CHECK(write_losing_much(&script, thread_counts[t], 0, &tally, &err) == MIM_OK);
        CHECK(count("reduced from u16 to u8") == 1 && count("keeps no timing") == 1 && count("keeps no loop") == 1);
        CHECK(count("'artist'") == 1 && count("'odd'") == 1 && count("'even'") == 1);
        CHECK(count("composited on #ffffff") == 90 && tally.notices[MIM_NOTICE_ALPHA] == 90 && tally.frames == 90);
        if (!alone)
            alone = strdup(heard);
        assert_string_equal(heard, alone);
    }
    free(alone);
}

static void
strict_makes_the_first_loss_the_error(void)
{
    struct mock_script script = { .busy_us = 100,
                                  .accepts = writes_u8,
                                  .writer_flags = MIM_WRITER_TIMING | MIM_WRITER_LOOP,
                                  .has_metadata = true,
                                  .keeps_metadata = true };
    for (int damaged = 0; damaged < 2; damaged++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_error err;
            script.faults[0] =
                (struct mock_fault){ .op = MOCK_ENCODE, .frame = 3, .status = damaged ? MIM_IO : MIM_OK };
            CHECK(write_losing_much(&script, thread_counts[t], 1, NULL, &err) == MIM_UNSUPPORTED);
            CHECK(err.frame == 0 && strstr(err.message, "reduced from u16") && strstr(err.message, "errors here"));
        }
}

static void
one_image_has_no_timing_to_lose(void)
{
    struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 1);
    struct mim_frame frame = frames[0];
    void *data;
    size_t size;
    frame.time_base = (struct mim_rational){ 1, 10 };
    frame.loop = 3;
    heard[0] = '\0';
    CHECK(mim_write(context, "<bytes>", &frame, 1, NULL, &options, &data, &size, NULL) == MIM_OK && !heard[0]);
    mim_free(data);
    mim_context_destroy(context);
}

static void
coding_metadata_go_to_writers_that_want_them_and_are_not_missed(void)
{
    struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
    const struct mock_script script = { .writer_flags = MIM_WRITER_CODING, .has_metadata = true };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_meta *meta = mim_meta_create();
    void *data;
    size_t size;
    int64_t one = 1;
    CHECK(mim_meta_set(meta, "interlaced", MIM_META_INT | MIM_META_CODING, &one, sizeof one, NULL) == MIM_OK);
    CHECK(mim_meta_set_text(meta, "title", "x", NULL) == MIM_OK);
    heard[0] = '\0';
    CHECK(mim_write(context, "<bytes>", frames, 2, meta, &options, &data, &size, NULL) == MIM_OK);
    CHECK(count("'title'") == 1 && !count("interlaced") && mock_counted.codings == 1);
    mim_free(data);
    mim_meta_destroy(meta);
    mim_context_destroy(context);
}

/* Whatever they hold: files bring their own. */
static void
every_key_that_is_lost_is_said_once(void)
{
    static const char *const keys[] = { "a", "b", " a", "a b", "b ", "  a b  ", "a", "a b" };
    struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 1);
    struct mim_frame named[8];
    void *data;
    size_t size;
    for (size_t i = 0; i < 8; i++) {
        named[i] = frames[i];
        named[i].meta = mim_meta_create();
        CHECK(mim_meta_set_int(named[i].meta, keys[i], 1, NULL) == MIM_OK);
    }
    heard[0] = '\0';
    CHECK(mim_write(context, "<bytes>", named, 8, NULL, &options, &data, &size, NULL) == MIM_OK);
    for (size_t i = 0; i < 6; i++) {
        char quoted[32];
        snprintf(quoted, sizeof quoted, "'%s'", keys[i]);
        assert_int_equal(count(quoted), 1);
    }
    for (size_t i = 0; i < 8; i++)
        mim_meta_destroy(named[i].meta);
    mim_free(data);
    mim_context_destroy(context);
}

static void
what_the_whole_keeps_no_frame_loses(void)
{
    const struct mock_script script = { .has_metadata = true,
                                        .keeps_metadata = true,
                                        .faults = { { .op = MOCK_METADATA, .frame = 1, .status = MIM_UNSUPPORTED } } };
    for (int other = 0; other < 2; other++) {
        struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
        struct mim_context *context = mock_context(&script, 1);
        struct mim_frame pair[] = { frames[0], frames[1] };
        struct mim_meta *meta = mim_meta_create();
        void *data;
        size_t size;
        pair[1].meta = mim_meta_create();
        CHECK(mim_meta_set_text(meta, "title", "x", NULL) == MIM_OK);
        CHECK(mim_meta_set_text(pair[1].meta, "title", other ? "y" : "x", NULL) == MIM_OK);
        heard[0] = '\0';
        CHECK(mim_write(context, "<bytes>", pair, 2, meta, &options, &data, &size, NULL) == MIM_OK);
        assert_int_equal(count("'title'"), other);
        mim_free(data);
        mim_meta_destroy(pair[1].meta);
        mim_meta_destroy(meta);
        mim_context_destroy(context);
    }
}

/* --- timing ------------------------------------------------------------------------------------------------------- */

static _Atomic long long durations[40];

static void
note_duration(uint64_t index, struct mim_frame_info *info)
{
    durations[index] = info->duration;
}

static void
durations_in_another_base_keep_their_sum(void)
{
    struct mim_context *context =
        mock_context(&(struct mock_script){ .accepts = note_duration, .writer_flags = MIM_WRITER_TIMING }, 2);
    struct mim_sink *sink = NULL;
    long long total = 0;
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    struct mim_writer *writer = open_writer(context, sink, NULL);
    for (int i = 0; i < 31; i++) {
        struct mim_frame frame = frames[i % FRAMES];
        frame.time_base = i ? (struct mim_rational){ 1, 3 } : (struct mim_rational){ 1, 100 };
        frame.duration = i ? 1 : 25;
        CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
    }
    CHECK(mim_writer_finish(writer, NULL) == MIM_OK);
    for (int i = 0; i < 31; i++) {
        CHECK(i ? durations[i] == 33 || durations[i] == 34 : durations[i] == 25);
        total += durations[i];
    }
    CHECK(total == 25 + 1000);
    mim_sink_close(sink);
    mim_context_destroy(context);
}

/* Numbers that no plugin could be told, and that would not multiply. */
static void
what_is_no_time_base_is_no_timing(void)
{
    static const struct mim_rational bad[] = { { INT64_MAX, INT64_MAX - 1 }, { 1, -100 }, { 1, INT64_MAX }, { 0, 5 } };
    for (size_t i = 0; i < 8; i++) { /* in the first frame, and in the second */
        struct mim_context *context =
            mock_context(&(struct mock_script){ .accepts = note_duration, .writer_flags = MIM_WRITER_TIMING }, 1);
        struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
        struct mim_frame pair[] = { frames[0], frames[1] };
        void *data;
        size_t size;
        for (size_t k = 0; k < 2; k++) {
            pair[k].time_base = k == i / 4 ? bad[i % 4] : (struct mim_rational){ 1, 100 };
            pair[k].duration = INT64_MAX;
            durations[k] = -1;
        }
        heard[0] = '\0';
        CHECK(mim_write(context, "<bytes>", pair, 2, NULL, &options, &data, &size, NULL) == MIM_OK);
        assert_int_equal(durations[0], i < 4 ? 0 : INT64_MAX);
        assert_int_equal(durations[1], 0);
        assert_int_equal(count("is no time base"), 1);
        mim_free(data);
        mim_context_destroy(context);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(losses_are_told_in_the_same_order_on_any_threads),
        CASE(strict_makes_the_first_loss_the_error),
        CASE(one_image_has_no_timing_to_lose),
        CASE(coding_metadata_go_to_writers_that_want_them_and_are_not_missed),
        CASE(every_key_that_is_lost_is_said_once),
        CASE(what_the_whole_keeps_no_frame_loses),
        CASE(durations_in_another_base_keep_their_sum),
        CASE(what_is_no_time_base_is_no_timing),
    };
    return cmocka_run_group_tests_name("losses", cases, make_frames, clear_frames);
}
