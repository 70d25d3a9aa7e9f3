/* SPDX-License-Identifier: MIT */
/* From readers to one writer: damage, who is to blame, and the file that was there before. */
#include <dirent.h>
#include <unistd.h>

#include "convert-cases.h"

static char directory[64], in[128], out[128];

static int
set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/mim-test-XXXXXX");
    snprintf(in, sizeof in, "%s/in.mock", mkdtemp(directory));
    snprintf(out, sizeof out, "%s/out.mock", directory);
    FILE *file = fopen(in, "w");
    return !file || fputs("MOCK", file) < 0 || fclose(file);
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(in);
    unlink(out);
    return rmdir(directory); /* fails when a case left something */
}

static void
damage_writes_nothing_unless_partial(void)
{
    struct mock_script script = plain;
    script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 6, .status = MIM_TRUNCATED };
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (int partial = 0; partial < 2; partial++) {
            struct mim_convert_options options = { .read.partial = partial };
            struct mim_error err = { 0 };
            uint8_t *data;
            size_t size;
            CHECK(convert(&script, thread_counts[t], 2, &options, &data, &size, &err) == MIM_TRUNCATED);
            CHECK(err.frame == 6 && err.side == MIM_SIDE_INPUT && err.source == 0 &&
                  strstr(err.message, "6 good frames"));
            check_frames(data, size, partial ? "012345" : "");
            mim_free(data);
        }
}

static void
damage_before_the_first_frame_gives_no_file(void)
{
    struct mock_script script = plain;
    struct mim_convert_options options = { .read.partial = 1 };
    struct mim_error err;
    uint8_t *data;
    size_t size;
    script.faults[0] = (struct mock_fault){ .op = MOCK_PREPARE, .status = MIM_CORRUPT };
    CHECK(convert(&script, 2, 1, &options, &data, &size, &err) == MIM_CORRUPT && !data && !mock_counted.encodes);
}

static void
an_error_says_which_end_it_is_about(void)
{
    struct mock_script script = plain;
    struct mim_error err = { 0 };
    uint8_t *data;
    size_t size;
    script.faults[0] = (struct mock_fault){ .op = MOCK_ENCODE, .frame = 13, .status = MIM_IO };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(convert(&script, thread_counts[t], 2, NULL, &data, &size, &err) == MIM_IO);
        CHECK(err.side == MIM_SIDE_OUTPUT && err.frame == 13);
    }
    script.faults[0] = (struct mock_fault){ .op = MOCK_SCAN, .status = MIM_CORRUPT };
    script.scans = true;
    static const struct mim_range last = { .start = -1, .has_start = 1 };
    struct mim_convert_options options = { .read = { .ranges = &last, .range_count = 1 } };
    CHECK(convert(&script, 2, 1, &options, &data, &size, &err) == MIM_CORRUPT && err.side == MIM_SIDE_INPUT);
    CHECK(convert(&script, 2, 0, NULL, &data, &size, &err) == MIM_ARGUMENT);
}

static void
what_is_not_given_is_an_argument_error(void)
{
    struct mim_context *context = mock_context(&plain, 1);
    struct mim_source *source = mock_source();
    struct mim_sink *sink = NULL;
    struct mim_frame frame = { 0 };
    CHECK(mim_sink_open_memory(&sink, NULL) == MIM_OK);
    CHECK(mim_convert(NULL, &source, 1, sink, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_convert(context, NULL, 1, sink, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_convert(context, &(struct mim_source *){ NULL }, 1, sink, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_convert(context, &source, 1, NULL, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_convert_uri(context, NULL, out, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_convert_uri(context, in, NULL, NULL, NULL) == MIM_ARGUMENT);
    CHECK(mim_write(context, NULL, &frame, 1, NULL, NULL, NULL, NULL, NULL) == MIM_ARGUMENT);
    mim_sink_close(sink);
    mim_source_close(source);
    mim_context_destroy(context);
}

static bool
old_file_stands(void)
{
    char text[8] = "";
    int names = -2;
    FILE *file = fopen(out, "r");
    size_t got = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    DIR *stream = opendir(directory);
    while (readdir(stream))
        names++;
    closedir(stream);
    return got == 3 && !memcmp(text, "old", 3) && names == 2;
}

static void
a_failed_conversion_leaves_the_old_file(void)
{
    static const enum mock_op ops[] = { MOCK_OPEN,   MOCK_PREPARE, MOCK_PIXELS, MOCK_METADATA,   MOCK_ACCEPTS,
                                        MOCK_ENCODE, MOCK_PUT,     MOCK_FINISH, MOCK_WORKER_OPEN };
    FILE *file = fopen(out, "w");
    CHECK(file && fputs("old", file) >= 0 && !fclose(file));
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mock_script script = plain;
            bool of_the_whole = ops[i] == MOCK_OPEN || ops[i] == MOCK_FINISH || ops[i] == MOCK_WORKER_OPEN;
            script.puts = true;
            script.faults[0] =
                (struct mock_fault){ .op = ops[i], .frame = of_the_whole ? 0 : 7, .status = MIM_CORRUPT };
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            CHECK(mim_convert_uri(context, in, out, NULL, NULL) == MIM_CORRUPT);
            CHECK(mock_counted.opens == mock_counted.closes && mock_counted.prepares == mock_counted.releases);
            mim_context_destroy(context);
            CHECK(old_file_stands());
        }
    struct mim_context *context = mock_context(&plain, 2);
    CHECK(mim_convert_uri(context, in, out, &(struct mim_convert_options){ .write.keep_existing = 1 }, NULL) ==
          MIM_EXISTS);
    CHECK(old_file_stands());
    CHECK(mim_convert_uri(context, in, out, NULL, NULL) == MIM_OK);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(damage_writes_nothing_unless_partial),
        CASE(damage_before_the_first_frame_gives_no_file),
        CASE(an_error_says_which_end_it_is_about),
        CASE(what_is_not_given_is_an_argument_error),
        CASE(a_failed_conversion_leaves_the_old_file),
    };
    return cmocka_run_group_tests_name("convert failures", cases, set_up, tear_down);
}
