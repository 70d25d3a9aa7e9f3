/* SPDX-License-Identifier: MIT */
/* Series: which files they have, and what is read of each. */
#include <stdatomic.h>
#include <sys/resource.h>

#include "tile.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

struct heard {
    int count;
    uint64_t frames[40];
    char texts[40][200];
};

static void
hear(void *user, const struct mim_notice *notice)
{
    struct heard *heard = user;
    if (!strcmp(notice->text, "a tile") || heard->count == 40)
        return;
    heard->frames[heard->count] = notice->frame;
    snprintf(heard->texts[heard->count++], sizeof *heard->texts, "%s", notice->text);
}

static struct mim_open_options
hearing(struct heard *heard)
{
    *heard = (struct heard){ 0 };
    return (struct mim_open_options){ .control = { .notice = hear, .user = heard } };
}

/* The values of the files' tiles, in the order of frames; "" when there are none. */
static enum mim_status
read_values(struct mim_context *context, const char *path, char *values, struct mim_error *err)
{
    struct mim_frames frames = { 0 };
    enum mim_status status = mim_read(context, path, NULL, &frames, err);
    *values = '\0';
    for (size_t i = 0; i < frames.count; i++) {
        double value = -1;
        CHECK(mim_meta_number(frames.frames[i].meta, "value", &value));
        CHECK(frames.frames[i].index == i && frames.frames[i].time_base.den == 0 && frames.loop == -1);
        sprintf(values + strlen(values), "%s%g", i ? " " : "", value);
    }
    mim_frames_clear(&frames);
    return status;
}

static void
check_values(const char *path, const char *expected)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_error err = { 0 };
        char values[400];
        if (read_values(context, path, values, &err) != MIM_OK)
            print_message("# %s\n", err.message);
        assert_string_equal(values, expected);
        CHECK(!tile_open);
        mim_context_destroy(context);
    }
}

static void
numbers_patterns_and_directories_give_files_in_natural_order(void)
{
    char *directory = tree_make();
    tile_put(directory, "f_10.tile", 3);
    tile_put(directory, "f_9.tile", 2);
    tile_put(directory, "f_1.tile", 1);
    tile_put(directory, "f_01.tile", 50);
    tile_put(directory, "g.tile", 60);
    tree_write(directory, ".f_2.tile", "hidden");
    check_values(tree_path(directory, "f_%d.tile"), "1 2 3");
    check_values(tree_path(directory, "f_%02d.tile"), "50 3");
    check_values(tree_path(directory, "f_*.tile"), "50 1 2 3");
    check_values(tree_path(directory, "*.tile"), "50 1 2 3 60");
    check_values(tree_path(directory, "f_[19].tile"), "1 2");
    check_values(tree_path(directory, "?.tile"), "60");
    check_values(directory, "50 1 2 3 60");
    check_values(tree_path(directory, ""), "50 1 2 3 60");
    tree_remove(directory);
}

static void
a_file_of_that_very_name_is_meant_first(void)
{
    char *directory = tree_make();
    tile_put(directory, "f_1.tile", 1);
    tile_put(directory, "f_%d.tile", 100);
    tile_put(directory, "f_[1].tile", 110);
    check_values(tree_path(directory, "f_%d.tile"), "100");
    check_values(tree_path(directory, "f_[1].tile"), "110");
    unlink(tree_path(directory, "f_[1].tile"));
    check_values(tree_path(directory, "f_[1].tile"), "1");
    tree_remove(directory);
}

static void
a_uri_may_be_a_pattern(void)
{
    char *directory = tree_make(), uri[300];
    tile_put(directory, "f_007.tile", 7);
    snprintf(uri, sizeof uri, "file://%s/f_%%2503d.tile", directory);
    check_values(uri, "7");
    tree_remove(directory);
}

static void
missing_numbers_and_skipped_files_are_reported(void)
{
    struct mim_context *context = tile_context(2);
    char *directory = tree_make();
    struct heard heard;
    struct mim_open_options options = hearing(&heard);
    struct mim_reader *reader;
    for (int i = 3; i <= 12; i++) {
        char name[32];
        snprintf(name, sizeof name, "f_%03d.tile", i);
        if (i != 5 && i != 8 && i != 9)
            tile_put(directory, name, (uint8_t)i);
    }
    tree_write(directory, "notes.txt", "x");
    tree_write(directory, "README", "x");
    tree_subdirectory(directory, "d.tile");
    tree_write(directory, "more.txt", "x");

    CHECK(mim_reader_open_uri(&reader, context, tree_path(directory, "f_%03d.tile"), &options, NULL) == MIM_OK);
    CHECK(mim_reader_count(reader, NULL) == 7 && heard.count == 1 && heard.frames[0] == MIM_UNKNOWN);
    assert_string_equal(heard.texts[0], "3 numbers are missing: 5, 8-9");
    mim_reader_close(reader);

    options = hearing(&heard);
    CHECK(mim_reader_open_uri(&reader, context, directory, &options, NULL) == MIM_OK);
    CHECK(mim_reader_count(reader, NULL) == 7 && heard.count == 1);
    CHECK(strstr(heard.texts[0], "left out: ") && strstr(heard.texts[0], " and 1 more"));
    mim_reader_close(reader);

    options.control.strict = 1;
    CHECK(mim_reader_open_uri(&reader, context, directory, &options, NULL) == MIM_UNSUPPORTED);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
a_series_without_files_is_an_error(void)
{
    struct mim_context *context = tile_context(1);
    char *directory = tree_make(), values[8];
    struct mim_error err = { 0 };
    tree_write(directory, "notes.txt", "x");
    CHECK(read_values(context, tree_path(directory, "f_%03d.tile"), values, &err) == MIM_IO);
    CHECK(strstr(err.message, "f_%03d.tile: no such file, and none with a number in place of the %d"));
    CHECK(read_values(context, tree_path(directory, "f_*.tile"), values, &err) == MIM_IO);
    CHECK(strstr(err.message, "f_*.tile: no such file, and none that the pattern fits"));
    CHECK(read_values(context, directory, values, &err) == MIM_IO);
    CHECK(strstr(err.message, "is a directory without images") && strstr(err.message, "notes.txt"));
    CHECK(read_values(context, tree_path(directory, "nowhere/f_%d.tile"), values, &err) == MIM_IO);
    CHECK(strstr(err.message, "nowhere/f_%d.tile: No such file or directory"));
    CHECK(read_values(context, tree_path(directory, "%d_%d.tile"), values, &err) == MIM_ARGUMENT);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
each_frame_is_its_files_first_image_whatever_its_shape(void)
{
    static const struct tile tiles[] = {
        { 6, 4, 1, 0, TILE_PLAIN },
        { 9, 2, 2, 0, TILE_PARTS },
        { 200, 100, 3, 0, TILE_RAW },
        { 5, 5, 4, 3, TILE_PLAIN },
    };
    char *directory = tree_make();
    for (size_t i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.tile", i);
        tile_write(directory, name, &tiles[i]);
    }
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct heard heard;
        struct mim_read_options options = { .open = hearing(&heard) };
        struct mim_frames frames;
        CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_OK && frames.count == 4);
        for (size_t i = 0; i < 4; i++) {
            char name[32];
            snprintf(name, sizeof name, "%zu.tile", i);
            CHECK(tile_is(&frames.frames[i], &tiles[i]));
            assert_string_equal(mim_meta_text(frames.frames[i].meta, "maker"), "a tiler");
            assert_string_equal(mim_meta_text(frames.frames[i].meta, "file"), name);
        }
        CHECK(heard.count == 1 && heard.frames[0] == 3 && strstr(heard.texts[0], "several images"));
        mim_frames_clear(&frames);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

static void
a_composed_image_is_drawn_on_its_own_canvas(void)
{
    const struct tile tile = { 20, 30, 9, 2, TILE_CANVAS };
    char *directory = tree_make();
    tile_write(directory, "1.tile", &tile);
    tile_write(directory, "2.tile", &tile);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_frame alone = { 0 };
        struct mim_frames frames;
        CHECK(mim_read_image(context, tree_path(directory, "1.tile"), NULL, &alone, NULL) == MIM_OK);
        CHECK(mim_read(context, directory, NULL, &frames, NULL) == MIM_OK && frames.count == 2);
        CHECK(alone.width == 22 && alone.height == 32 && alone.channels == 1);
        for (int i = 0; i < 2; i++) {
            const struct mim_frame *frame = &frames.frames[i];
            CHECK(frame->width == 22 && frame->height == 32 && frame->channels == 1);
            for (uint32_t y = 0; y < 32; y++)
                CHECK(
                    !memcmp((uint8_t *)frame->data + y * frame->stride, (uint8_t *)alone.data + y * alone.stride, 22));
        }
        mim_frame_clear(&alone);
        mim_frames_clear(&frames);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

static void
the_first_file_that_can_be_opened_speaks_for_the_series(void)
{
    char *directory = tree_make(), values[80];
    struct mim_context *context = tile_context(2);
    struct mim_reader *reader;
    struct mim_reader_facts facts;
    struct mim_error err = { 0 };
    tree_write(directory, "1.tile", "nobody knows me");
    tree_write(directory, "2.tile", "TILE");
    tile_put(directory, "3.tile", 3);
    CHECK(mim_reader_open_uri(&reader, context, directory, NULL, NULL) == MIM_OK);
    mim_reader_get_facts(reader, &facts);
    CHECK(!strcmp(facts.format, "tile") && !strcmp(facts.plugin, "tile") && facts.count == 3 && facts.files == 3);
    mim_reader_close(reader);
    unlink(tree_path(directory, "3.tile"));
    CHECK(read_values(context, directory, values, &err) == MIM_UNKNOWN_FORMAT && strstr(err.message, "1.tile"));
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
options_go_to_every_file_and_are_checked_at_once(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_options *given = mim_options_create();
    struct mim_read_options options = { .open.options = given };
    struct mim_frames frames;
    struct mim_error err = { 0 };
    tile_put(directory, "1.tile", 1);
    tile_put(directory, "2.tile", 2);
    CHECK(mim_options_set_int(given, "shade", 100, NULL) == MIM_OK);
    CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_OK && frames.count == 2);
    for (uint8_t i = 0; i < 2; i++)
        CHECK(*(uint8_t *)frames.frames[i].data == 101 + i);
    mim_frames_clear(&frames);
    CHECK(mim_options_set_int(given, "shadow", 100, NULL) == MIM_OK);
    CHECK(mim_read(context, directory, &options, &frames, &err) == MIM_OPTION && strstr(err.message, "shade"));
    mim_options_destroy(given);

    options = (struct mim_read_options){ .open.format = "tile", .open.plugin = "tile" };
    CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_OK && frames.count == 2);
    mim_frames_clear(&frames);
    options.open.plugin = "nobody";
    CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_NO_PLUGIN);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
only_the_frames_asked_for_are_opened(void)
{
    static const struct mim_range ranges[] = { { .start = -1, .has_start = 1 },
                                               { .start = 2, .stop = 3, .has_start = 1, .has_stop = 1 } };
    char *directory = tree_make();
    struct mim_context *context = tile_context(3);
    struct mim_read_options options = { .ranges = ranges, .range_count = 2 };
    struct mim_frames frames;
    for (int i = 0; i < 9; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.tile", i);
        tree_write(directory, name, "not a tile");
    }
    tile_put(directory, "0.tile", 0);
    tile_put(directory, "2.tile", 2);
    tile_put(directory, "8.tile", 8);
    CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_OK && frames.count == 2);
    CHECK(frames.frames[0].index == 8 && frames.frames[1].index == 2);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
more_files_than_frames_allowed_are_a_limit(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(1);
    struct mim_read_options options = { .open.control.limits.frames = 2 };
    struct mim_frames frames;
    struct mim_error err = { 0 };
    tile_put(directory, "1.tile", 1);
    tile_put(directory, "2.tile", 2);
    CHECK(mim_read(context, directory, &options, &frames, NULL) == MIM_OK && frames.count == 2);
    mim_frames_clear(&frames);
    tile_put(directory, "3.tile", 3);
    CHECK(mim_read(context, directory, &options, &frames, &err) == MIM_LIMIT && err.allowed == 2);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
files_share_one_working_memory(void)
{
    char *directory = tree_make();
    for (int i = 0; i < 20; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.tile", i);
        tile_put(directory, name, (uint8_t)i);
    }
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_read_options options = { .open.control.limits.working_bytes = 100000 };
        struct mim_frames frames;
        struct mim_error err = { 0 };
        tile_bytes = 60000; /* one at a time */
        CHECK(mim_read(context, directory, &options, &frames, &err) == MIM_OK && frames.count == 20);
        mim_frames_clear(&frames);
        tile_bytes = 100001;
        CHECK(mim_read(context, directory, &options, &frames, &err) == MIM_LIMIT && err.frame == 0);
        CHECK(err.allowed == 100000);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

static void
files_are_decoded_at_once(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(3);
    char values[400];
    for (int i = 0; i < 60; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.tile", i);
        tile_put(directory, name, (uint8_t)i);
    }
    tile_meet = true;
    CHECK(read_values(context, directory, values, NULL) == MIM_OK);
    CHECK(tile_at_once > 1 && tile_at_once <= 3);
    mim_context_destroy(context);
    tree_remove(directory);
}

/* No more are open than are worked on. */
static void
few_descriptors_do_for_many_files(void)
{
    struct rlimit before, few;
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_frames frames;
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.tile", i);
        tile_put(directory, name, (uint8_t)i);
    }
    CHECK(!getrlimit(RLIMIT_NOFILE, &before));
    few = (struct rlimit){ .rlim_cur = 40, .rlim_max = before.rlim_max };
    CHECK(!setrlimit(RLIMIT_NOFILE, &few));
    enum mim_status status = mim_read(context, directory, NULL, &frames, NULL);
    CHECK(!setrlimit(RLIMIT_NOFILE, &before));
    CHECK(status == MIM_OK && frames.count == 300);
    mim_frames_clear(&frames);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
cancelling_ends_it(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_open_options options = { .control.cancel = cancel };
    struct mim_reader *reader;
    struct mim_frame frame = { 0 };
    tile_put(directory, "1.tile", 1);
    tile_put(directory, "2.tile", 2);
    CHECK(mim_reader_open_uri(&reader, context, directory, &options, NULL) == MIM_OK);
    mim_cancel_request(cancel);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_CANCELLED);
    mim_cancel_reset(cancel);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 0);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_cancel_request(cancel);
    CHECK(mim_reader_open_uri(&reader, context, directory, &options, NULL) == MIM_CANCELLED);
    mim_cancel_destroy(cancel);
    mim_context_destroy(context);
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(numbers_patterns_and_directories_give_files_in_natural_order),
        CASE(a_file_of_that_very_name_is_meant_first),
        CASE(a_uri_may_be_a_pattern),
        CASE(missing_numbers_and_skipped_files_are_reported),
        CASE(a_series_without_files_is_an_error),
        CASE(each_frame_is_its_files_first_image_whatever_its_shape),
        CASE(a_composed_image_is_drawn_on_its_own_canvas),
        CASE(the_first_file_that_can_be_opened_speaks_for_the_series),
        CASE(options_go_to_every_file_and_are_checked_at_once),
        CASE(only_the_frames_asked_for_are_opened),
        CASE(more_files_than_frames_allowed_are_a_limit),
        CASE(files_share_one_working_memory),
        CASE(files_are_decoded_at_once),
        CASE(few_descriptors_do_for_many_files),
        CASE(cancelling_ends_it),
    };
    return cmocka_run_group_tests_name("series", cases, NULL, NULL);
}
