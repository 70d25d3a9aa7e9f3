/* SPDX-License-Identifier: MIT */
/* Series in which something is wrong with one file: it is that frame's error, and others are read. */
#include "tile.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* Files 0..8, of which number 4 is spoilt; its frame fails so, again and again, and all others are read. */
static void
check_spoilt(void (*spoil)(const char *directory), enum mim_status expected, const char *words)
{
    char *directory = tree_make();
    for (int i = 0; i < 9; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.tile", i);
        tile_put(directory, name, (uint8_t)i);
    }
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        struct mim_reader *reader;
        struct mim_frame frame = { 0 };
        struct mim_frame_facts facts;
        struct mim_error err = { 0 };
        tile_put(directory, "4.tile", 4);
        CHECK(mim_reader_open_uri(&reader, context, tree_path(directory, "*.tile"), NULL, NULL) == MIM_OK);
        spoil(directory);
        for (uint64_t i = 0; i < 4; i++)
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == i);
        for (int again = 0; again < 2; again++) {
            err = (struct mim_error){ 0 };
            CHECK(mim_reader_next(reader, &frame, &err) == expected && err.status == expected && err.frame == 4);
            if (!strstr(err.message, words) || !strstr(err.message, "4.tile"))
                print_message("# %s\n", err.message);
            CHECK(strstr(err.message, words) && strstr(err.message, "4.tile"));
        }
        CHECK(mim_reader_seek(reader, 5, NULL) == MIM_OK);
        for (uint64_t i = 5; i < 9; i++) {
            const struct tile tile = tile_of((uint8_t)i);
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == i && tile_is(&frame, &tile));
        }
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_END);
        CHECK(mim_reader_info(reader, 8, &facts, NULL) == MIM_OK && facts.width == 6);
        CHECK(mim_reader_read(reader, 9, &frame, NULL) == MIM_RANGE);
        CHECK(mim_reader_read(reader, 0, &frame, NULL) == MIM_OK && frame.index == 0);
        CHECK(mim_reader_count(reader, NULL) == 9);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        CHECK(!tile_open);
        mim_context_destroy(context);
        unlink(tree_path(directory, "4.tile"));
    }
    tree_remove(directory);
}

static void
disappear(const char *directory)
{
    unlink(tree_path(directory, "4.tile"));
}

static void
lead_nowhere(const char *directory)
{
    unlink(tree_path(directory, "4.tile"));
    CHECK(!symlink("nowhere", tree_path(directory, "4.tile")));
}

static void
spoil_header(const char *directory)
{
    tile_write(directory, "4.tile", &(struct tile){ 0, 4, 4, 0, TILE_PLAIN });
}

static void
spoil_pixels(const char *directory)
{
    tile_write(directory, "4.tile", &(struct tile){ 6, 4, 4, 0, TILE_BROKEN });
}

static void
spoil_magic(const char *directory)
{
    tree_write(directory, "4.tile", "nobody knows me");
}

static void
cut_off(const char *directory)
{
    tree_write(directory, "4.tile", "TILE");
}

static void
cut_raw(const char *directory)
{
    tree_write(directory, "4.tile", "TILE\x06\x04\x04\x01\x01 a few");
}

static void
hold_nothing(const char *directory)
{
    tile_write(directory, "4.tile", &(struct tile){ 6, 4, 4, 0, TILE_EMPTY });
}

static void
become_a_directory(const char *directory)
{
    unlink(tree_path(directory, "4.tile"));
    tree_subdirectory(directory, "4.tile");
}

static void
a_damaged_file_is_its_frames_error(void)
{
    check_spoilt(disappear, MIM_IO, "No such file");
    check_spoilt(lead_nowhere, MIM_IO, "No such file");
    check_spoilt(spoil_header, MIM_CORRUPT, "no pixels");
    check_spoilt(spoil_pixels, MIM_CORRUPT, "crack");
    check_spoilt(spoil_magic, MIM_UNKNOWN_FORMAT, "not tile");
    check_spoilt(cut_off, MIM_TRUNCATED, "less than 9 bytes");
    check_spoilt(cut_raw, MIM_TRUNCATED, "the file ends at");
    check_spoilt(hold_nothing, MIM_CORRUPT, "no image");
}

static void
count_notice(void *user, const struct mim_notice *notice)
{
    *(unsigned *)user += notice->frame == 1 && strstr(notice->text, "left out: 1.tile: ") != NULL;
}

static void
a_frame_that_fails_can_be_skipped(void)
{
    static const struct mim_range last_two = { .start = 1, .has_start = 1 };
    char *directory = tree_make();
    tile_put(directory, "0.tile", 0);
    tile_write(directory, "1.tile", &(struct tile){ 6, 4, 4, 0, TILE_BROKEN });
    tile_put(directory, "2.tile", 2);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context = tile_context(thread_counts[t]);
        unsigned notices = 0;
        const struct mim_open_options options = { .control = { .notice = count_notice, .user = &notices } };
        struct mim_reader *reader;
        struct mim_frame frame = { 0 };
        struct mim_error err = { 0 };
        CHECK(mim_reader_open_uri(&reader, context, directory, &options, NULL) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
        for (int selecting = 0; selecting < 2; selecting++) {
            CHECK(!selecting || mim_reader_select(reader, &last_two, 1, 0, NULL) == MIM_OK);
            CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT);
            CHECK(mim_reader_skip(reader, selecting ? &err : NULL, NULL) == MIM_OK);
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 2);
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_END);
        }
        CHECK(notices == 1);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
    tree_remove(directory);
}

static void
a_directory_in_a_files_place_is_its_frames_error(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_reader *reader;
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    tile_put(directory, "3.tile", 3);
    tile_put(directory, "4.tile", 4);
    CHECK(mim_reader_open_uri(&reader, context, directory, NULL, NULL) == MIM_OK);
    become_a_directory(directory);
    CHECK(mim_reader_read(reader, 1, &frame, &err) == MIM_IO && strstr(err.message, "is a directory"));
    mim_reader_close(reader);
    CHECK(mim_reader_open_uri(&reader, context, tree_path(directory, "%d.tile"), NULL, NULL) == MIM_OK);
    CHECK(mim_reader_count(reader, NULL) == 1); /* listed again it is left out */
    mim_reader_close(reader);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
a_file_that_may_not_be_read_is_its_frames_error(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(1);
    struct mim_error err = { 0 };
    tile_put(directory, "3.tile", 3);
    tile_put(directory, "4.tile", 4);
    CHECK(!chmod(tree_path(directory, "4.tile"), 0));
    if (geteuid() != 0) {
        struct mim_frames frames;
        CHECK(mim_read(context, directory, NULL, &frames, &err) == MIM_IO && err.frame == 1);
        CHECK(strstr(err.message, "4.tile: Permission denied"));
    }
    mim_context_destroy(context);
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_damaged_file_is_its_frames_error),
        CASE(a_frame_that_fails_can_be_skipped),
        CASE(a_directory_in_a_files_place_is_its_frames_error),
        CASE(a_file_that_may_not_be_read_is_its_frames_error),
    };
    return cmocka_run_group_tests_name("series-damage", cases, NULL, NULL);
}
