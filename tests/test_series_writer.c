/* SPDX-License-Identifier: MIT */
/* Series that are written: a file a frame, each by the same options, in one working memory. */
#include "series-output.h"

static void
each_frame_becomes_a_whole_file(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        char *directory = tree_make();
        struct mim_context *context = tile_context(thread_counts[t]);
        tile_meet = thread_counts[t] > 1;
        CHECK(write_frames(context, tree_path(directory, "f_%02d.tile"), 102, NULL, NULL) == MIM_OK);
        CHECK(count_entries(directory) == 102);
        CHECK(holds_tile(directory, "f_00.tile", 0) && holds_tile(directory, "f_09.tile", 9));
        CHECK(holds_tile(directory, "f_101.tile", 101)); /* the width just grows */
        if (thread_counts[t] > 1)
            CHECK(tile_at_once > 1);
        mim_context_destroy(context);
        tree_remove(directory);
    }
}

static void
numbers_start_where_asked(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_write_options options = { .start = 98 };
    struct mim_error err = { 0 };
    CHECK(write_frames(context, tree_path(directory, "%d%%.tile"), 3, &options, NULL) == MIM_OK);
    CHECK(count_entries(directory) == 3 && holds_tile(directory, "98%.tile", 0) &&
          holds_tile(directory, "100%.tile", 2));
    CHECK(write_frames(context, tree_path(directory, "a.tile"), 1, &options, &err) == MIM_ARGUMENT);
    CHECK(strstr(err.message, "is one file"));
    options.start = UINT64_C(1) << 63;
    CHECK(write_frames(context, tree_path(directory, "%d.tile"), 1, &options, NULL) == MIM_ARGUMENT);
    CHECK(count_entries(directory) == 3);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
options_and_metadata_reach_every_file(void)
{
    char *directory = tree_make();
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_tally tally = { 0 };
        struct mim_options *given = mim_options_create();
        struct mim_write_options options = { .options = given, .control.tally = &tally };
        struct mim_meta *meta = mim_meta_create();
        uint8_t samples[16 * 16];
        struct mim_frame frames[3];
        CHECK(mim_options_set_int(given, "lift", 100, NULL) == MIM_OK &&
              mim_options_set_bool(given, "passes", 1, NULL) == MIM_OK);
        CHECK(mim_meta_set_text(meta, "maker", "kept", NULL) == MIM_OK &&
              mim_meta_set_text(meta, "mood", "lost", NULL) == MIM_OK);
        for (int i = 0; i < 3; i++) {
            frames[i] = frame_of(0, samples);
            frames[i].meta = meta;
        }
        CHECK(mim_write(context, tree_path(directory, "%d.tile"), frames, 3, meta, &options, NULL, NULL, NULL) ==
              MIM_OK);
        const uint8_t bytes[] = { 'T', 'I', 'L', 'E', 6, 4, 140, 0, 0, 'e', 'n', 'd' };
        CHECK(holds(directory, "0.tile", bytes, sizeof bytes) && holds(directory, "2.tile", bytes, sizeof bytes));
        CHECK(tally.notices[MIM_NOTICE_METADATA] == 1); /* said once, not for every file */

        CHECK(mim_options_set_int(given, "lifd", 1, NULL) == MIM_OK);
        struct mim_writer *writer;
        CHECK(mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), &options, NULL) == MIM_OPTION);
        mim_options_destroy(given);
        mim_meta_destroy(meta);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

static void
many_frames_into_one_file_of_one_image_show_the_pattern(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_error err = { 0 };
    const char *path = tree_path(directory, "out.tile");
    tree_write(directory, "out.tile", "old");
    CHECK(write_frames(context, path, 2, NULL, &err) == MIM_ARGUMENT && strstr(err.message, "out_%03d.tile"));
    CHECK(append_frames(context, path, 3, NULL, &err) == MIM_ARGUMENT && strstr(err.message, "out_%03d.tile"));
    CHECK(err.frame == 1);
    CHECK(count_entries(directory) == 1 && holds(directory, "out.tile", "old", 3));
    CHECK(write_frames(context, tree_path(directory, "*.tile"), 2, NULL, &err) == MIM_ARGUMENT);
    CHECK(strstr(err.message, "/%03d.tile"));
    CHECK(write_frames(context, directory, 2, NULL, &err) == MIM_IO && strstr(err.message, "/frame_%03d."));
    CHECK(write_frames(context, tree_path(directory, "%d_%d.tile"), 2, NULL, &err) == MIM_ARGUMENT);
    CHECK(count_entries(directory) == 1);
    CHECK(write_frames(context, tree_path(directory, "one.tile"), 1, &(struct mim_write_options){ .count = 1 }, NULL) ==
          MIM_OK);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
files_share_one_working_memory(void)
{
    char *directory = tree_make();
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_write_options options = { .control.limits.working_bytes = 100000 };
        struct mim_error err = { 0 };
        tile_bytes = 60000; /* one at a time */
        CHECK(write_frames(context, tree_path(directory, "%d.tile"), 40, &options, &err) == MIM_OK);
        tile_bytes = 100001;
        CHECK(write_frames(context, tree_path(directory, "%d.tile"), 40, &options, &err) == MIM_LIMIT);
        CHECK(err.frame == 0 && err.allowed == 100000);
        mim_context_destroy(context);
    }
    CHECK(count_entries(directory) == 40);
    tree_remove(directory);
}

static void
a_series_replaces_itself(void)
{
    char *directory = tree_make();
    const char *path = tree_path(directory, "%d.tile");
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_options *given = mim_options_create();
        struct mim_convert_options options = { .write.options = given };
        CHECK(write_frames(context, path, 30, NULL, NULL) == MIM_OK);
        CHECK(mim_options_set_int(given, "lift", 1, NULL) == MIM_OK);
        CHECK(mim_convert_uri(context, path, path, &options, NULL) == MIM_OK);
        CHECK(count_entries(directory) == 30 && !tile_open);
        const uint8_t bytes[] = { 'T', 'I', 'L', 'E', 6 + 29 % 8, 4, 70, 0, 0, 'e', 'n', 'd' };
        CHECK(holds(directory, "29.tile", bytes, sizeof bytes));
        mim_options_destroy(given);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

/* Three of nine are spoilt: with `partial` the six others are written, the first damage is the answer, each is told. */
static void
the_good_files_of_a_series_can_be_kept(void)
{
    char *directory = tree_make();
    const char *in = tree_path(directory, "%d.tile"), *out = tree_path(directory, "out_%d.tile");
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_tally tally = { 0 };
        struct mim_convert_options options = { .read.open.control.tally = &tally };
        struct mim_error err = { 0 };
        CHECK(write_frames(context, in, 9, NULL, NULL) == MIM_OK);
        tree_write(directory, "0.tile", "nobody knows me");
        tree_write(directory, "4.tile", "TILE");
        CHECK(!unlink(tree_path(directory, "8.tile")) && !symlink("nowhere", tree_path(directory, "8.tile")));
        CHECK(mim_convert_uri(context, in, out, &options, &err) == MIM_UNKNOWN_FORMAT && err.frame == 0);
        CHECK(err.side == MIM_SIDE_INPUT && strstr(err.message, "0.tile") && strstr(err.message, "; 0 good frames"));
        CHECK(count_entries(directory) == 9);

        options.read.partial = 1;
        CHECK(mim_convert_uri(context, in, out, &options, &err) == MIM_UNKNOWN_FORMAT && strstr(err.message, "0.tile"));
        CHECK(count_entries(directory) == 15 && tally.notices[MIM_NOTICE_FRAMES] == 2 && tally.frames == 6);
        CHECK(holds_tile(directory, "out_0.tile", 1) && holds_tile(directory, "out_5.tile", 7));
        for (int i = 0; i < 6; i++) {
            char name[32];
            snprintf(name, sizeof name, "out_%d.tile", i);
            CHECK(!unlink(tree_path(directory, name)));
        }
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

/* What is wrong with the second file that is left out is only a notice. */
static void
a_file_left_out_is_the_inputs_error_where_notices_are(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_convert_options options = { .read = { .partial = 1, .open.control.strict = 1 } };
    struct mim_error err = { 0 };
    tile_write(directory, "0.tile", &(struct tile){ 6, 4, 1, 0, TILE_BROKEN });
    tile_write(directory, "1.tile", &(struct tile){ 6, 4, 1, 0, TILE_BROKEN });
    CHECK(mim_convert_uri(context, directory, tree_path(directory, "out_%d.tile"), &options, &err) == MIM_UNSUPPORTED);
    CHECK(err.side == MIM_SIDE_INPUT && err.frame == 1 && count_entries(directory) == 2);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
without_a_good_file_nothing_is_written(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_convert_options options = { .read.partial = 1 };
    struct mim_error err = { 0 };
    tile_write(directory, "0.tile", &(struct tile){ 6, 4, 1, 0, TILE_BROKEN });
    tile_write(directory, "1.tile", &(struct tile){ 6, 4, 1, 0, TILE_BROKEN });
    CHECK(mim_convert_uri(context, directory, tree_path(directory, "out_%d.tile"), &options, &err) == MIM_CORRUPT);
    CHECK(strstr(err.message, "0.tile: a tile with a crack") && count_entries(directory) == 2);
    mim_context_destroy(context);
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_frame_becomes_a_whole_file),
        CASE(numbers_start_where_asked),
        CASE(options_and_metadata_reach_every_file),
        CASE(many_frames_into_one_file_of_one_image_show_the_pattern),
        CASE(files_share_one_working_memory),
        CASE(a_series_replaces_itself),
        CASE(the_good_files_of_a_series_can_be_kept),
        CASE(a_file_left_out_is_the_inputs_error_where_notices_are),
        CASE(without_a_good_file_nothing_is_written),
    };
    return cmocka_run_group_tests_name("series-writer", cases, NULL, NULL);
}
