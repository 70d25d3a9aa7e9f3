/* SPDX-License-Identifier: MIT */
/* A plugin that was built with the header of ABI 1.0 works with this libmim: every kind of call, field and option that
 * there was. */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <mim/mim.h>

#include "check.h"

#define FRAMES 3
#define WIDTH 5
#define HEIGHT 4
#define HEADER 36
#define FRAME (8 + 4 * 4 + WIDTH * HEIGHT) /* four colours */

static struct mim_context *context;
static char logged[1000], noticed[1000];
static struct mim_error err;

static void
take_log(void *user, enum mim_log_level level, const char *text)
{
    (void)user, (void)level;
    snprintf(logged, sizeof logged, "%s", text);
}

static void
take_notice(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(noticed);
    (void)user;
    snprintf(noticed + used, sizeof noticed - used, "%d:%s;", (int)notice->frame, notice->text);
}

static void
setup(unsigned threads)
{
    const struct mim_context_options options = { .no_environment = 1, .no_system = 1, .no_config = 1 };
    CHECK(mim_context_create(&context, &options, &err) == MIM_OK);
    CHECK(mim_context_add_directory(context, FIXTURE_DIRECTORY, &err) == MIM_OK);
    CHECK(mim_context_set_threads(context, threads, &err) == MIM_OK);
    mim_context_set_log(context, take_log, NULL, MIM_LOG_INFO);
    *logged = *noticed = '\0';
}

static void
teardown(void)
{
    mim_context_destroy(context);
    context = NULL;
}

/* Four colours, one of them half clear. */
static void
paint(uint8_t *rgba, int frame, int i)
{
    int colour = (i + frame) % 4;
    rgba[0] = (uint8_t)(60 * colour);
    rgba[1] = (uint8_t)(200 - 50 * colour);
    rgba[2] = (uint8_t)(10 + frame);
    rgba[3] = colour == 3 ? 128 : 255;
}

/* The last is as the one before. */
static int
painted_as(int frame)
{
    return frame < FRAMES - 1 ? frame : FRAMES - 2;
}

static void
make_frames(struct mim_frame *frames)
{
    for (int f = 0; f < FRAMES; f++) {
        frames[f] = (struct mim_frame){ 0 };
        CHECK(mim_frame_alloc(&frames[f], MIM_SAMPLE_U8, WIDTH, HEIGHT, 4, NULL) == MIM_OK);
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            paint((uint8_t *)frames[f].data + (size_t)(i / WIDTH) * frames[f].stride + i % WIDTH * 4, painted_as(f), i);
        frames[f].time_base = (struct mim_rational){ 1, 50 };
        frames[f].duration = 3 + f;
        frames[f].loop = 7;
    }
}

static const char *const settings[] = { "gain=2.5", "first=3", "keep=yes", "kind=zwei", "words=w", "rate=30000/1001",
                                        "list=1,0.5", "size=3x4", "ink=#01020380", "pair:a=b" };

static void
write_fixture(void **bytes, size_t *size)
{
    struct mim_frame frames[FRAMES];
    struct mim_options *options = mim_options_create();
    struct mim_meta *meta = mim_meta_create();
    make_frames(frames);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        CHECK(mim_options_parse(options, settings[i], NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "title", MIM_META_TEXT, "t", 1, NULL) == MIM_OK);
    CHECK(mim_meta_set(meta, "artist", MIM_META_TEXT, "a", 1, NULL) == MIM_OK);
    const struct mim_write_options writing = {
        .format = "fixture", .options = options, .control = { .notice = take_notice }
    };
    if (mim_write(context, "<bytes>", frames, FRAMES, meta, &writing, bytes, size, &err) != MIM_OK)
        fail_msg("%s", err.message);
    mim_meta_destroy(meta);
    mim_options_destroy(options);
    for (int f = 0; f < FRAMES; f++)
        mim_frame_clear(&frames[f]);
}

static uint32_t
number_at(const uint8_t *bytes, size_t at)
{
    return bytes[at] | (uint32_t)bytes[at + 1] << 8 | (uint32_t)bytes[at + 2] << 16 | (uint32_t)bytes[at + 3] << 24;
}

static void
what_it_writes_is_as_its_format_says(void)
{
    void *bytes = NULL;
    size_t size = 0;
    setup(1);
    write_fixture(&bytes, &size);
    const uint8_t *file = bytes;
    assert_int_equal(size, HEADER + FRAMES * FRAME + 4);
    CHECK(!memcmp(file, "mimfix10", 8) && number_at(file, 8) == FRAMES && number_at(file, 12) == 4); /* patched */
    CHECK(number_at(file, 16) == WIDTH && number_at(file, 20) == HEIGHT && number_at(file, 32) == 7);
    CHECK(number_at(file, 24) == 1 && number_at(file, 28) == 100); /* its own ticks */
    for (int f = 0; f < FRAMES; f++) {
        const uint8_t *frame = file + HEADER + f * FRAME;
        uint8_t rgba[4];
        CHECK(number_at(frame, 0) == 2 * (3u + (unsigned)f) && number_at(frame, 4) == 4);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            paint(rgba, painted_as(f), i);
            CHECK(!memcmp(frame + 8 + 4 * frame[24 + i], rgba, 4));
        }
    }
    uint32_t sum = 0;
    for (size_t i = 0; i < size - 4; i++)
        sum += file[i];
    CHECK(number_at(file, size - 4) == sum); /* read back */
    mim_free(bytes);
    teardown();
}

static void
options_and_notices_arrive(void)
{
    void *bytes = NULL;
    size_t size = 0;
    setup(2);
    write_fixture(&bytes, &size);
    assert_string_equal(logged, "fixture: gain 2.5, first 3, kind 1, words w, rate 30000/1001, list 2 0.5, size 3x4, "
                                "ink 1 2 3 128, pairs 1 a=b");
    CHECK(strstr(noticed, "-1:fixture cannot keep the metadata 'artist';") && !strstr(noticed, "title"));
    CHECK(strstr(noticed, "0:kept;") && strstr(noticed, "2:a frame as the one before;"));
    mim_free(bytes);
    teardown();
}

static void
check_frames(const struct mim_frames *frames)
{
    CHECK(frames->count == FRAMES && frames->loop == 7);
    for (int f = 0; f < FRAMES; f++) {
        const struct mim_frame *frame = &frames->frames[f];
        struct mim_meta_item item;
        CHECK(frame->width == WIDTH && frame->height == HEIGHT && frame->channels == 4 && frame->sample == MIM_SAMPLE_U8);
        CHECK(mim_frame_seconds(frame) == (3 + f) / 50.0);
        CHECK(mim_meta_find(frame->meta, "colours", &item) && *(const int64_t *)item.data == 4);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            uint8_t rgba[4];
            paint(rgba, painted_as(f), i);
            CHECK(!memcmp((const uint8_t *)frame->data + (size_t)(i / WIDTH) * frame->stride + i % WIDTH * 4, rgba, 4));
        }
    }
}

static void
read_fixture(const void *bytes, size_t size, const char *setting, struct mim_frames *frames)
{
    struct mim_source *source;
    struct mim_options *options = mim_options_create();
    CHECK(!setting || mim_options_parse(options, setting, NULL) == MIM_OK);
    CHECK(mim_source_open_memory(&source, bytes, size, NULL) == MIM_OK);
    const struct mim_read_options reading = { .open = { .options = options } };
    if (mim_read_source(context, source, &reading, frames, &err) != MIM_OK)
        fail_msg("%s", err.message);
    mim_source_close(source);
    mim_options_destroy(options);
}

static void
what_it_wrote_it_reads(void)
{
    for (unsigned threads = 1; threads < 4; threads++) {
        void *bytes = NULL;
        size_t size = 0;
        struct mim_frames frames;
        struct mim_meta_item item;
        setup(threads);
        write_fixture(&bytes, &size);
        read_fixture(bytes, size, NULL, &frames);
        check_frames(&frames);
        CHECK(mim_meta_find(frames.meta, "half", &item) && item.type == MIM_META_RATIONAL &&
              ((const struct mim_rational *)item.data)->den == 2);
        CHECK(mim_meta_find(frames.meta, "reals", &item) && item.type == MIM_META_REALS && item.size == 16);
        mim_frames_clear(&frames);
        mim_free(bytes);
        teardown();
    }
}

static void
the_canvas_and_side_inputs_are_there(void)
{
    void *bytes = NULL;
    size_t size = 0;
    struct mim_frames frames;
    struct mim_meta_item item;
    setup(1);
    write_fixture(&bytes, &size);

    read_fixture(bytes, size, "shift=2", &frames);
    const uint8_t *row = frames.frames[0].data;
    uint8_t rgba[4];
    paint(rgba, 0, 0);
    CHECK(row[3] == 0 && row[7] == 0 && !memcmp(row + 8, rgba, 4)); /* bare canvas on the left */
    mim_frames_clear(&frames);

    char track[] = "/tmp/mim-test-XXXXXX", setting[60];
    int fd = mkstemp(track);
    CHECK(fd >= 0 && write(fd, "sound", 5) == 5 && close(fd) == 0);
    snprintf(setting, sizeof setting, "track=%s", track);
    read_fixture(bytes, size, setting, &frames);
    CHECK(mim_meta_find(frames.meta, "sound", &item) && *(const int64_t *)item.data == 5);
    mim_frames_clear(&frames);
    unlink(track);
    mim_free(bytes);
    teardown();
}

static void
cut_files_end_where_they_are_cut(void)
{
    void *bytes = NULL;
    size_t size = 0;
    struct mim_frames frames;
    struct mim_source *source;
    setup(1);
    write_fixture(&bytes, &size);
    CHECK(mim_source_open_memory(&source, bytes, HEADER + 2 * FRAME - 3, NULL) == MIM_OK);
    const struct mim_read_options reading = { .partial = 1 };
    CHECK(mim_read_source(context, source, &reading, &frames, &err) == MIM_TRUNCATED);
    CHECK(frames.count == 1 && err.frame == 1);
    mim_frames_clear(&frames);
    mim_source_close(source);
    mim_free(bytes);
    teardown();
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_it_writes_is_as_its_format_says),
        CASE(options_and_notices_arrive),
        CASE(what_it_wrote_it_reads),
        CASE(the_canvas_and_side_inputs_are_there),
        CASE(cut_files_end_where_they_are_cut),
    };
    return cmocka_run_group_tests_name("abi-fixture", cases, NULL, NULL);
}
