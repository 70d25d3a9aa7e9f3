/* SPDX-License-Identifier: MIT */
/* Series that are written: a file a frame, all of them or none, whatever goes wrong. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "seccomp.h"
#include "tile.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* Frame i of a made-up sequence: of another size and value each. */
static struct mim_frame
frame_of(uint8_t i, uint8_t samples[16 * 16])
{
    memset(samples, 40 + i, 16 * 16);
    return (struct mim_frame){
        .data = samples, .stride = 16, .sample = MIM_SAMPLE_U8, .width = 6u + i % 8, .height = 4, .channels = 1
    };
}

static enum mim_status
write_frames(struct mim_context *context, const char *path, unsigned count, const struct mim_write_options *options,
             struct mim_error *err)
{
    static uint8_t samples[200][16 * 16];
    struct mim_frame frames[200];
    for (unsigned i = 0; i < count; i++)
        frames[i] = frame_of((uint8_t)i, samples[i]);
    enum mim_status status = mim_write(context, path, frames, count, NULL, options, NULL, NULL, err);
    CHECK(!tile_open);
    return status;
}

/* Without knowing how many will come. */
static enum mim_status
append_frames(struct mim_context *context, const char *path, unsigned count, const struct mim_write_options *options,
              struct mim_error *err)
{
    struct mim_writer *writer;
    uint8_t samples[16 * 16];
    enum mim_status status = mim_writer_open_uri(&writer, context, path, options, err);
    if (status != MIM_OK)
        return status;
    for (unsigned i = 0; i < count && status == MIM_OK; i++) {
        struct mim_frame frame = frame_of((uint8_t)i, samples);
        status = mim_writer_append(writer, &frame, err);
    }
    if (status == MIM_OK)
        return mim_writer_finish(writer, err);
    mim_writer_abandon(writer);
    CHECK(!tile_open);
    return status;
}

static unsigned
count_entries(const char *directory)
{
    unsigned count = 0;
    DIR *stream = opendir(directory);
    for (const struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(stream);
    return count;
}

static bool
holds(const char *directory, const char *name, const void *bytes, size_t size)
{
    uint8_t got[64];
    FILE *file = fopen(tree_path(directory, name), "rb");
    size_t count = file ? fread(got, 1, sizeof got, file) : 0;
    if (file)
        fclose(file);
    return file && count == size && !memcmp(got, bytes, size);
}

/* What is written of frame i. */
static bool
holds_tile(const char *directory, const char *name, unsigned i)
{
    const uint8_t bytes[] = { 'T', 'I', 'L', 'E', (uint8_t)(6 + i % 8), 4, (uint8_t)(40 + i), 0, 0, 'e', 'n', 'd' };
    return holds(directory, name, bytes, sizeof bytes);
}

static void
each_frame_becomes_a_whole_file(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        char *directory = tree_make();
        struct mim_context *context = tile_context(thread_counts[t]);
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
what_cannot_be_replaced_is_told_and_nothing_changes(void)
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
who_gives_up_leaves_nothing(void)
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
        for (int i = 0; i < 6; i++) {
            struct mim_frame frame = frame_of((uint8_t)i, samples);
            CHECK(mim_writer_append(writer, &frame, NULL) == MIM_OK);
        }
        usleep(20000);
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
who_is_killed_leaves_at_most_a_hidden_directory(void)
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
        CASE(files_that_are_there_are_replaced_or_kept),
        CASE(modes_follow_the_umask_and_links_are_replaced),
        CASE(what_cannot_be_replaced_is_told_and_nothing_changes),
        CASE(a_failure_leaves_the_old_files),
        CASE(who_gives_up_leaves_nothing),
        CASE(cancelling_leaves_nothing),
        CASE(a_file_that_cannot_get_its_name_takes_all_back),
        CASE(file_systems_that_cannot_swap_names_get_the_same_files),
        CASE(a_full_disk_leaves_the_old_files),
        CASE(who_is_killed_leaves_at_most_a_hidden_directory),
        CASE(files_share_one_working_memory),
        CASE(a_series_replaces_itself),
        CASE(the_good_files_of_a_series_can_be_kept),
        CASE(without_a_good_file_nothing_is_written),
    };
    return cmocka_run_group_tests_name("series-writer", cases, NULL, NULL);
}
