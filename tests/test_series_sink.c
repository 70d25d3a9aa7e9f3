/* SPDX-License-Identifier: MIT */
/* Where series go: all files get their names or none does, whatever goes wrong. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "seccomp.h"
#include "series-output.h"

static void
files_that_are_there_are_replaced_or_kept(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_write_options keep = { .keep_existing = 1 };
    struct mim_error err = { 0 };
    struct stat st;
    const char *path = tree_path(directory, "%d.tile");
    tree_write(directory, "2.tile", "old");
    tree_write(directory, "9.tile", "far");
    CHECK(!chmod(tree_path(directory, "2.tile"), 0640));
    CHECK(write_frames(context, path, 4, &keep, &err) == MIM_EXISTS && strstr(err.message, "/2.tile: exists already"));
    CHECK(append_frames(context, path, 4, &keep, &err) == MIM_EXISTS && strstr(err.message, "/2.tile: exists already"));
    CHECK(count_entries(directory) == 2 && holds(directory, "2.tile", "old", 3));
    CHECK(write_frames(context, path, 2, &keep, NULL) == MIM_OK && count_entries(directory) == 4);
    CHECK(write_frames(context, path, 4, NULL, NULL) == MIM_OK && count_entries(directory) == 5);
    CHECK(holds_tile(directory, "2.tile", 2) && holds(directory, "9.tile", "far", 3));
    CHECK(!stat(tree_path(directory, "2.tile"), &st) && (st.st_mode & 0777) == 0640);
    mim_context_destroy(context);
    tree_remove(directory);
}

/* What a caller or a file claims; it takes no longer for that. */
static void
a_great_number_of_frames_is_only_a_number(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(1);
    struct mim_write_options options = { .count = UINT64_C(1) << 60, .keep_existing = 1 };
    struct mim_error err = { 0 };
    CHECK(append_frames(context, tree_path(directory, "%d.tile"), 3, &options, NULL) == MIM_OK);
    CHECK(count_entries(directory) == 3);
    CHECK(append_frames(context, tree_path(directory, "%d.tile"), 3, &options, &err) == MIM_EXISTS);
    CHECK(strstr(err.message, "/0.tile: exists already"));
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
modes_follow_the_umask_and_links_are_replaced(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(1);
    struct stat st;
    mode_t before = umask(027);
    tree_write(directory, "target", "safe");
    CHECK(!symlink("target", tree_path(directory, "1.tile")));
    CHECK(write_frames(context, tree_path(directory, "%d.tile"), 2, &(struct mim_write_options){ .sync = 1 }, NULL) ==
          MIM_OK);
    umask(before);
    CHECK(!lstat(tree_path(directory, "0.tile"), &st) && (st.st_mode & 0777) == 0640);
    CHECK(!lstat(tree_path(directory, "1.tile"), &st) && S_ISREG(st.st_mode));
    CHECK(holds(directory, "target", "safe", 4) && count_entries(directory) == 3);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
a_failed_replacement_is_reported_and_changes_nothing(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_error err = { 0 };
    tree_write(directory, "0.tile", "old");
    tree_subdirectory(directory, "2.tile");
    const char *path = tree_path(directory, "%d.tile");
    CHECK(write_frames(context, path, 3, NULL, &err) == MIM_IO && strstr(err.message, "2.tile: is there, and is no"));
    CHECK(append_frames(context, path, 3, NULL, &err) == MIM_IO && strstr(err.message, "2.tile: is there, and is no"));
    CHECK(count_entries(directory) == 2 && holds(directory, "0.tile", "old", 3));
    CHECK(write_frames(context, tree_path(directory, "no/%d.tile"), 3, NULL, &err) == MIM_IO);
    CHECK(strstr(err.message, "does not exist"));
    mim_context_destroy(context);
    tree_remove(directory);
}

/* A frame that fails, at the front and far behind; by the caller, the plugin, and the memory. */
static void
a_failure_leaves_the_old_files(void)
{
    char *directory = tree_make();
    const char *path = tree_path(directory, "%d.tile");
    struct mim_error err = { 0 };
    tree_write(directory, "0.tile", "old");
    tree_write(directory, "7.tile", "also");
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (unsigned bad = 0; bad < 40; bad += 13) {
            struct mim_context *context = tile_context(thread_counts[t]);
            struct mim_writer *writer;
            enum mim_status status = MIM_OK;
            CHECK(mim_writer_open_uri(&writer, context, path, NULL, NULL) == MIM_OK);
            for (unsigned i = 0; i < 40 && status == MIM_OK; i++) {
                static uint8_t large[300 * 4], samples[16 * 16];
                struct mim_frame frame = frame_of((uint8_t)i, samples);
                if (i == bad)
                    frame = (struct mim_frame){
                        .data = large, .stride = 300, .sample = MIM_SAMPLE_U8, .width = 300, .height = 4, .channels = 1
                    };
                status = mim_writer_append(writer, &frame, &err);
            }
            CHECK(status == MIM_ARGUMENT && err.frame == bad && strstr(err.message, "tiles are small"));
            CHECK(mim_writer_finish(writer, NULL) == MIM_ARGUMENT);
            CHECK(!tile_open && count_entries(directory) == 2);
            CHECK(holds(directory, "0.tile", "old", 3) && holds(directory, "7.tile", "also", 4));
            mim_context_destroy(context);
        }
    tree_remove(directory);
}

static void
an_abandoned_series_leaves_nothing(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(3);
    struct mim_writer *writer;
    uint8_t samples[16 * 16];
    struct mim_frame frame = frame_of(1, samples);
    CHECK(mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), NULL, NULL) == MIM_OK);
    CHECK(count_entries(directory) == 0); /* nothing before the first frame */
    for (int i = 0; i < 30; i++)
        CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
    CHECK(count_entries(directory) == 1); /* all is in one hidden directory */
    mim_writer_abandon(writer);
    CHECK(count_entries(directory) == 0 && !tile_open);

    CHECK(mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), NULL, NULL) == MIM_OK);
    CHECK(mim_writer_finish(writer, NULL) == MIM_ARGUMENT && count_entries(directory) == 0);
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
cancelling_leaves_nothing(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_write_options options = { .control.cancel = cancel };
    struct mim_writer *writer;
    uint8_t samples[16 * 16];
    struct mim_frame frame = frame_of(1, samples);
    CHECK(mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), &options, NULL) == MIM_OK);
    for (int i = 0; i < 20; i++)
        CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
    mim_cancel_request(cancel);
    CHECK(mim_writer_finish(writer, NULL) == MIM_CANCELLED && count_entries(directory) == 0 && !tile_open);
    mim_cancel_destroy(cancel);
    mim_context_destroy(context);
    tree_remove(directory);
}

/* The old files come back when a rename fails after others went well: one place is taken at the last moment. */
static void
a_file_that_cannot_get_its_name_takes_all_back(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    for (int keep = 0; keep < 2; keep++) {
        struct mim_write_options options = { .keep_existing = keep };
        struct mim_error err = { 0 };
        struct mim_writer *writer;
        uint8_t samples[16 * 16];
        if (!keep)
            tree_write(directory, "1.tile", "old");
        CHECK(mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), &options, NULL) == MIM_OK);
        for (int i = 0; i < 60; i++) { /* more than are in flight at once, so the fifth is written by then */
            struct mim_frame frame = frame_of((uint8_t)i, samples);
            CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
        }
        if (keep)
            tree_write(directory, "4.tile", "sudden");
        else
            tree_subdirectory(directory, "4.tile");
        enum mim_status status = mim_writer_finish(writer, &err);
        CHECK(status == (keep ? MIM_EXISTS : MIM_IO) && strstr(err.message, "4.tile"));
        CHECK(count_entries(directory) == (keep ? 1u : 2u));
        CHECK(keep ? holds(directory, "4.tile", "sudden", 6) : holds(directory, "1.tile", "old", 3));
        CHECK(!remove(tree_path(directory, "4.tile")));
        unlink(tree_path(directory, "1.tile"));
    }
    mim_context_destroy(context);
    tree_remove(directory);
}

/* 0: it went as it should. Six frames; of the old files number 1 is there, and in place of number 4 what `sudden` says. */
static int
replace_without_swapping(const char *directory, bool keep, bool sudden)
{
    struct mim_context *context = tile_context(1);
    struct mim_write_options options = { .keep_existing = keep };
    struct mim_writer *writer;
    uint8_t samples[16 * 16];
    if (!deny_calls(DENY_NOREPLACE))
        return 99;
    if (mim_writer_open_uri(&writer, context, tree_path(directory, keep ? "k%d.tile" : "%d.tile"), &options, NULL) !=
        MIM_OK)
        return 1;
    for (int i = 0; i < 6; i++) {
        struct mim_frame frame = frame_of((uint8_t)i, samples);
        if (mim_writer_append(writer, &frame, NULL) != MIM_OK)
            return 2;
    }
    if (sudden && keep)
        tree_write(directory, "k4.tile", "sudden");
    else if (sudden)
        tree_subdirectory(directory, "4.tile");
    enum mim_status status = mim_writer_finish(writer, NULL);
    return status == (!sudden ? MIM_OK : keep ? MIM_EXISTS : MIM_IO) ? 0 : 3;
}

static int
result_of(const char *directory, bool keep, bool sudden)
{
    int ended;
    pid_t child = fork();
    if (!child)
        _exit(replace_without_swapping(directory, keep, sudden));
    CHECK(waitpid(child, &ended, 0) == child && WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

static void
file_systems_that_cannot_swap_names_get_the_same_files(void)
{
    char *directory = tree_make();
    tree_write(directory, "1.tile", "old");
    int result = result_of(directory, false, true);
    if (result == 99)
        print_message("# skipped: system calls cannot be denied here\n");
    if (result != 99) {
        CHECK(result == 0 && count_entries(directory) == 2 && holds(directory, "1.tile", "old", 3));
        CHECK(!rmdir(tree_path(directory, "4.tile")));
        CHECK(result_of(directory, false, false) == 0 && count_entries(directory) == 6);
        CHECK(holds_tile(directory, "1.tile", 1) && holds_tile(directory, "5.tile", 5));
        CHECK(result_of(directory, true, true) == 0 && count_entries(directory) == 7);
        CHECK(holds(directory, "k4.tile", "sudden", 6) && !unlink(tree_path(directory, "k4.tile")));
        CHECK(result_of(directory, true, false) == 0 && count_entries(directory) == 12);
    }
    tree_remove(directory);
}

static void
a_full_disk_leaves_the_old_files(void)
{
    char *directory = tree_make();
    struct mim_context *context = tile_context(2);
    struct rlimit before, small = { 0 };
    struct mim_error err = { 0 };
    tree_write(directory, "3.tile", "old");
    signal(SIGXFSZ, SIG_IGN);
    CHECK(!getrlimit(RLIMIT_FSIZE, &before));
    small = (struct rlimit){ .rlim_cur = 5, .rlim_max = before.rlim_max };
    CHECK(!setrlimit(RLIMIT_FSIZE, &small));
    enum mim_status status = write_frames(context, tree_path(directory, "%d.tile"), 8, NULL, &err);
    CHECK(!setrlimit(RLIMIT_FSIZE, &before));
    CHECK(status == MIM_IO && strstr(err.message, strerror(EFBIG)) && strstr(err.message, "0.tile"));
    CHECK(count_entries(directory) == 1 && holds(directory, "3.tile", "old", 3));
    mim_context_destroy(context);
    tree_remove(directory);
}

static void
a_killed_process_leaves_at_most_a_hidden_directory(void)
{
    char *directory = tree_make();
    tree_write(directory, "3.tile", "old");
    pid_t child = fork();
    if (!child) {
        struct mim_context *context = tile_context(2);
        struct mim_writer *writer;
        uint8_t samples[16 * 16];
        struct mim_frame frame = frame_of(1, samples);
        if (mim_writer_open_uri(&writer, context, tree_path(directory, "%d.tile"), NULL, NULL) == MIM_OK)
            for (int i = 0; i < 30; i++)
                mim_writer_append(writer, &frame, NULL);
        kill(getpid(), SIGKILL);
    }
    int ended;
    CHECK(waitpid(child, &ended, 0) == child && WIFSIGNALED(ended));
    CHECK(count_entries(directory) == 2 && holds(directory, "3.tile", "old", 3));
    DIR *stream = opendir(directory);
    for (const struct dirent *entry; (entry = readdir(stream));)
        CHECK(*entry->d_name == '.' || !strcmp(entry->d_name, "3.tile"));
    closedir(stream);
    tree_remove(directory);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(files_that_are_there_are_replaced_or_kept),
        CASE(a_great_number_of_frames_is_only_a_number),
        CASE(modes_follow_the_umask_and_links_are_replaced),
        CASE(a_failed_replacement_is_reported_and_changes_nothing),
        CASE(a_failure_leaves_the_old_files),
        CASE(an_abandoned_series_leaves_nothing),
        CASE(cancelling_leaves_nothing),
        CASE(a_file_that_cannot_get_its_name_takes_all_back),
        CASE(file_systems_that_cannot_swap_names_get_the_same_files),
        CASE(a_full_disk_leaves_the_old_files),
        CASE(a_killed_process_leaves_at_most_a_hidden_directory),
    };
    return cmocka_run_group_tests_name("series-sink", cases, NULL, NULL);
}
