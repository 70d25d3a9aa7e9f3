/* SPDX-License-Identifier: MIT */
/* Writers: the same bytes, notices and verdicts on any number of threads; whole files or none. */
#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mock.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

#define FRAMES 21
#define WIDTH 7
#define HEIGHT 90
#define BYTES (WIDTH * HEIGHT)

static struct mim_frame frames[FRAMES]; /* gray, u8: made up as the mock's */
static char directory[64], path[128];

static int
set_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FRAMES; i++) {
        CHECK(mim_frame_alloc(&frames[i], MIM_SAMPLE_U8, WIDTH, HEIGHT, 1, NULL) == MIM_OK);
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t x = 0; x < WIDTH; x++)
                ((uint8_t *)frames[i].data)[y * frames[i].stride + x] = mock_sample(i, x, y, 0);
    }
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(path, sizeof path, "%s/out.mock", mkdtemp(directory));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FRAMES; i++)
        mim_frame_clear(&frames[i]);
    unlink(path);
    return rmdir(directory); /* fails when a case left something */
}

/* --- what is written -------------------------------------------------------------------------------------------------- */

struct written {
    void *data;
    size_t size;
};

static enum mim_status
write_all(struct mim_writer *writer, uint32_t count, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (uint32_t i = 0; i < count && status == MIM_OK; i++)
        status = mim_writer_append(writer, &frames[i], err);
    if (status != MIM_OK) {
        mim_writer_abandon(writer);
        return status;
    }
    return mim_writer_finish(writer, err);
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
    const struct mock_script script = { .busy_us = 100, .surveys = true, .puts = true,
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

/* --- failures --------------------------------------------------------------------------------------------------------- */

static int
entries(void)
{
    int count = -2;
    DIR *stream = opendir(directory);
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static bool
old_file_stands(void)
{
    char text[8] = "";
    FILE *file = fopen(path, "r");
    size_t got = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    return got == 3 && !memcmp(text, "old", 3) && entries() == 1;
}

static void
put_old_file(void)
{
    FILE *file = fopen(path, "w");
    CHECK(file && fputs("old", file) >= 0 && !fclose(file));
}

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
    static const enum mock_op ops[] = { MOCK_OPEN, MOCK_ACCEPTS, MOCK_ENCODE, MOCK_PUT, MOCK_FINISH, MOCK_WORKER_OPEN,
                                        MOCK_SURVEY };
    put_old_file();
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        for (uint64_t frame = 0; frame < FRAMES; frame += 10)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                bool of_the_whole = ops[i] == MOCK_OPEN || ops[i] == MOCK_FINISH || ops[i] == MOCK_WORKER_OPEN;
                if (of_the_whole && frame)
                    continue;
                struct mock_script script = { .busy_us = 80, .puts = true, .surveys = ops[i] == MOCK_SURVEY };
                script.faults[0] = (struct mock_fault){ .op = ops[i], .frame = frame, .status = MIM_UNSUPPORTED,
                                                        .emits_first = true };
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
        { { .op = MOCK_ENCODE, .frame = 5, .status = MIM_IO }, { .op = MOCK_ACCEPTS, .frame = 8, .status = MIM_ARGUMENT } },
        { { .op = MOCK_ENCODE, .frame = 5, .status = MIM_IO }, { .op = MOCK_ENCODE, .frame = 6, .status = MIM_CORRUPT } },
        { { .op = MOCK_ENCODE, .frame = 5, .part = 1, .status = MIM_IO },
          { .op = MOCK_ENCODE, .frame = 5, .part = 3, .status = MIM_CORRUPT } },
        { { .op = MOCK_PUT, .frame = 5, .status = MIM_IO }, { .op = MOCK_ENCODE, .frame = 7, .status = MIM_CORRUPT } },
        { { .op = MOCK_PUT, .frame = 5, .status = MIM_IO }, { .op = MOCK_ACCEPTS, .frame = 6, .status = MIM_CORRUPT } },
    };
    put_old_file();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (uint32_t flags = 0; flags <= MIM_WRITER_NEXT; flags += MIM_WRITER_NEXT)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mock_script script = { .busy_us = 150, .parts = 4, .puts = true, .writer_flags = flags,
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
    CHECK(mim_writer_append(writer, &five, &err) == MIM_ARGUMENT && err.frame == 0 && strstr(err.message, "5 channels"));
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
        struct mim_context *context = mock_context(&(struct mock_script){ .writer_flags = MIM_WRITER_MIXED }, thread_counts[t]);
        struct mim_sink *sink = NULL;
        void *data;
        size_t size;
        CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
        struct mim_writer *writer = open_writer(context, sink, NULL);
        CHECK(mim_writer_append(writer, &frames[0], NULL) == MIM_OK && mim_writer_append(writer, &other, NULL) == MIM_OK);
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
who_gives_up_leaves_nothing(void)
{
    put_old_file();
    for (uint32_t n = 0; n < 12; n += 3)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&(struct mock_script){ .busy_us = 300, .puts = true }, thread_counts[t]);
            struct mim_writer *writer = NULL;
            CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
            for (uint32_t i = 0; i < n; i++)
                CHECK(mim_writer_append(writer, &frames[i], NULL) == MIM_OK);
            mim_writer_abandon(writer);
            mim_context_destroy(context);
            CHECK(old_file_stands());
        }
}

/* --- memory ----------------------------------------------------------------------------------------------------------- */

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

/* --- notices ---------------------------------------------------------------------------------------------------------- */

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
    const struct mock_script script = { .busy_us = 100, .accepts = writes_u8, .notices = true, .parts = 2, .has_metadata = true,
                                        .puts = true };
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
        if (strcmp(alone, heard) != 0)
            print_message("# %u threads:\n%s# alone:\n%s", thread_counts[t], heard, alone);
        CHECK(!strcmp(alone, heard));
    }
    free(alone);
}

static void
strict_makes_the_first_loss_the_error(void)
{
    struct mock_script script = { .busy_us = 100, .accepts = writes_u8, .writer_flags = MIM_WRITER_TIMING | MIM_WRITER_LOOP,
                                  .has_metadata = true, .keeps_metadata = true };
    for (int damaged = 0; damaged < 2; damaged++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_error err;
            script.faults[0] = (struct mock_fault){ .op = MOCK_ENCODE, .frame = 3, .status = damaged ? MIM_IO : MIM_OK };
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
coding_metadata_are_not_missed(void)
{
    struct mim_write_options options = { .format = "mock", .control = { .notice = hear } };
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 1);
    struct mim_meta *meta = mim_meta_create();
    void *data;
    size_t size;
    int64_t one = 1;
    CHECK(mim_meta_set(meta, "interlaced", MIM_META_INT | MIM_META_CODING, &one, sizeof one, NULL) == MIM_OK);
    CHECK(mim_meta_set_text(meta, "title", "x", NULL) == MIM_OK);
    heard[0] = '\0';
    CHECK(mim_write(context, "<bytes>", frames, 2, meta, &options, &data, &size, NULL) == MIM_OK);
    CHECK(count("'title'") == 1 && !count("interlaced"));
    mim_free(data);
    mim_meta_destroy(meta);
    mim_context_destroy(context);
}

/* --- timing ----------------------------------------------------------------------------------------------------------- */

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

/* --- whose memory ----------------------------------------------------------------------------------------------------- */

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

/* --- being stopped ---------------------------------------------------------------------------------------------------- */

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double requested;

static void *
cancel_soon(void *cancel)
{
    usleep(50000);
    requested = seconds();
    mim_cancel_request(cancel);
    return NULL;
}

static double
seconds_to_cancel(unsigned threads)
{
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_write_options options = { .control = { .cancel = cancel } };
    struct mim_context *context = mock_context(&(struct mock_script){ .endless = 4, .busy_us = 50 }, threads);
    struct mim_writer *writer = NULL;
    struct mim_error err;
    pthread_t thread;
    CHECK(mim_writer_open_uri(&writer, context, path, &options, NULL) == MIM_OK);
    CHECK(!pthread_create(&thread, NULL, cancel_soon, cancel));
    enum mim_status status = write_all(writer, FRAMES, &err);
    double took = seconds() - requested;
    pthread_join(thread, NULL);
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
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        double took = 1;
        for (int again = 0; again < 3 && took >= 0.1; again++) /* a busy machine may be late itself */
            took = seconds_to_cancel(thread_counts[t]);
        CHECK(took < 0.1);
    }
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
        CHECK(mim_writer_append(writer, &frames[0], NULL) == MIM_OK && mim_writer_append(writer, &frames[1], NULL) == MIM_OK);
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
        CASE(coded_bytes_come_in_the_order_of_frames_and_parts),
        CASE(neighbours_are_the_frames_beside),
        CASE(what_goes_back_in_its_output_is_spooled_for_streams),
        CASE(two_passes_see_every_frame_before_the_first_is_encoded),
        CASE(frames_are_converted_to_what_is_accepted),
        CASE(an_error_of_any_op_leaves_the_old_file),
        CASE(the_earliest_failure_is_the_verdict),
        CASE(a_bad_frame_is_named_and_final),
        CASE(channels_without_a_meaning_are_not_converted),
        CASE(mixed_shapes_pass_where_the_format_holds_them),
        CASE(no_frames_touch_no_file),
        CASE(who_gives_up_leaves_nothing),
        CASE(the_verdict_of_working_memory_is_the_same_on_any_threads),
        CASE(losses_are_told_in_the_same_order_on_any_threads),
        CASE(strict_makes_the_first_loss_the_error),
        CASE(one_image_has_no_timing_to_lose),
        CASE(coding_metadata_are_not_missed),
        CASE(durations_in_another_base_keep_their_sum),
        CASE(an_appended_frame_is_the_callers_again),
        CASE(cancel_ends_a_long_encode_within_100_ms),
        CASE(progress_cancels_for_good),
    };
    return cmocka_run_group_tests_name("writer", cases, set_up, tear_down);
}
