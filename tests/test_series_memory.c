/* SPDX-License-Identifier: MIT */
/* Series without memory: every allocation of the core's is refused in turn, and what is left is nothing. */
#include <dirent.h>

#include "failing-memory.h"
#include "tile.h"

static char *in, *out;

static int
set_up(void **state)
{
    static const struct tile tiles[] = {
        { 6, 4, 1, 0, TILE_PLAIN }, { 9, 5, 2, 0, TILE_CANVAS }, { 30, 10, 3, 0, TILE_RAW },
        { 5, 5, 4, 2, TILE_PARTS }, { 7, 3, 5, 0, TILE_PLAIN },
    };
    (void)state;
    in = tree_make();
    out = tree_make();
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        char name[32];
        snprintf(name, sizeof name, "f_%zu.tile", i + 2 * (i > 1));
        tile_write(in, name, &tiles[i]);
    }
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tree_remove(in);
    tree_remove(out);
    return 0;
}

/* Entries of the output directory, which are then removed. */
static int
clear_out(void)
{
    int count = 0;
    DIR *stream = opendir(out);
    for (const struct dirent *entry; (entry = readdir(stream));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
            CHECK(!remove(tree_path(out, entry->d_name))); /* a directory that holds something stays */
            count++;
        }
    closedir(stream);
    return count;
}

static struct mim_context *context;

static bool
read_all(const char *path)
{
    struct mim_frames frames = { 0 };
    enum mim_status status = mim_read(context, path, NULL, &frames, NULL);
    CHECK(status == MIM_NOMEM || (status == MIM_OK && frames.count == 5));
    CHECK((status == MIM_OK) == (frames.count > 0));
    mim_frames_clear(&frames);
    CHECK(!tile_open);
    return status == MIM_OK;
}

static bool
read_numbers(void)
{
    return read_all(tree_path(in, "f_%d.tile"));
}

static bool
read_directory(void)
{
    return read_all(in);
}

static bool
convert(void)
{
    enum mim_status status = mim_convert_uri(context, in, tree_path(out, "o_%d.tile"), NULL, NULL);
    CHECK(status == MIM_OK || status == MIM_NOMEM);
    CHECK(!tile_open);
    int left = clear_out();
    CHECK(left == (status == MIM_OK ? 5 : 0));
    return status == MIM_OK;
}

static void
try_all(bool (*attempt)(void))
{
    static const unsigned thread_counts[] = { 1, 3 };
    for (size_t t = 0; t < 2; t++) {
        context = tile_context(thread_counts[t]);
        CHECK(attempt()); /* what a context keeps is there */
        CHECK(memory_try_all(attempt) > 40);
        mim_context_destroy(context);
    }
}

static void
may_fail_when_numbers_are_read(void)
{
    try_all(read_numbers);
}

static void
may_fail_when_a_directory_is_read(void)
{
    try_all(read_directory);
}

/* Which then has no registry to ask what belongs to the directory. */
static void
may_fail_on_the_first_use_of_a_context(void)
{
    bool refused = true;
    for (long place = 0; refused; place++) {
        context = tile_context(1);
        memory_fail_at(place, false);
        bool done = read_all(in);
        refused = memory_recover();
        CHECK(done || refused);
        mim_context_destroy(context);
    }
}

static void
may_fail_when_a_series_is_written(void)
{
    try_all(convert);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(may_fail_when_numbers_are_read),
        CASE(may_fail_when_a_directory_is_read),
        CASE(may_fail_on_the_first_use_of_a_context),
        CASE(may_fail_when_a_series_is_written),
    };
    return cmocka_run_group_tests_name("series-memory", cases, set_up, tear_down);
}
