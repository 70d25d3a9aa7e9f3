/* SPDX-License-Identifier: MIT */
/* A frame past the end is MIM_RANGE, however far, in every format. Uses the plugins that MIM_PLUGIN_PATH names. */
#include <inttypes.h>
#include <stdbool.h>

#include <mim/mim.h>

#include "tree.h"

#define COUNT 3
#define SIDE 64

static struct sequence {
    const char *name;
    uint64_t count;
    bool is_written; /* unless this build lacks the format or an encoder */
} sequences[] = {
    { "a.gif", COUNT, false }, { "a.apng", COUNT, false }, { "a.tif", COUNT, false }, { "a.pdf", COUNT, false },
    { "a.raw", COUNT, false }, { "a.mp4", COUNT, false }, { "a.mov", COUNT, false }, { "a.mkv", COUNT, false },
    { "a.webm", COUNT, false }, { "a.ts", COUNT, false }, { "a.avi", COUNT, false }, { "a.mpeg", COUNT, false },
    { "a.wmv", COUNT, false }, { "a.flv", COUNT, false }, { "a.ogv", COUNT, false }, { "a.3gp", COUNT, false },
    { "a.h264", COUNT, false }, { "a.hevc", COUNT, false }, { "a.mjpeg", COUNT, false }, { "b_%03d.png", COUNT, false },
    { "c.png", 1, false },
};

#define SEQUENCE_COUNT (sizeof sequences / sizeof *sequences)

static const uint64_t indices[] = { COUNT, COUNT + 1, 1000000, 1000000000, INT64_MAX, UINT64_MAX - 1, UINT64_MAX };

#define INDEX_COUNT (sizeof indices / sizeof *indices)

static struct mim_context *context;
static char *directory;

static void
write_sequence(struct sequence *sequence)
{
    struct mim_frame frames[COUNT] = { 0 };

    for (size_t i = 0; i < COUNT; i++) {
        CHECK(mim_frame_alloc(&frames[i], MIM_SAMPLE_U8, SIDE, SIDE, 3, NULL) == MIM_OK);
        memset(frames[i].data, (int)(40 + 60 * i), SIDE * frames[i].stride);
    }
    struct mim_error err = { 0 };
    enum mim_status status = mim_write(context, tree_path(directory, sequence->name), frames, sequence->count, NULL, NULL,
                                       NULL, NULL, &err);
    for (size_t i = 0; i < COUNT; i++)
        mim_frame_clear(&frames[i]);
    sequence->is_written = status == MIM_OK;
    if (status != MIM_OK && status != MIM_NO_PLUGIN && status != MIM_UNKNOWN_FORMAT && status != MIM_UNSUPPORTED)
        fail_msg("%s: %s", sequence->name, err.message);
}

static struct mim_reader *
open_sequence(const char *name)
{
    struct mim_open_options how = { 0 };
    struct mim_options *options = NULL;
    struct mim_reader *reader;

    if (!strcmp(name, "a.raw")) {
        options = mim_options_create();
        CHECK(options && mim_options_parse(options, "width=64", NULL) == MIM_OK);
        CHECK(mim_options_parse(options, "height=64", NULL) == MIM_OK);
        CHECK(mim_options_parse(options, "channels=3", NULL) == MIM_OK);
        how = (struct mim_open_options){ .format = "raw", .options = options };
    }
    CHECK(mim_reader_open_uri(&reader, context, tree_path(directory, name), &how, NULL) == MIM_OK);
    mim_options_destroy(options);
    return reader;
}

/* Reads one index with a reader that knows as much of the sequence as the passed frames told it. */
static void
check_read(const struct sequence *sequence, uint64_t index, uint64_t passed)
{
    struct mim_reader *reader = open_sequence(sequence->name);
    struct mim_frame frame = { 0 };
    struct mim_frame_facts facts;
    struct mim_meta *meta;
    struct mim_error err = { 0 };
    char number[40];

    for (uint64_t i = 0; i < passed; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == (i < sequence->count ? MIM_OK : MIM_END));
    enum mim_status status = mim_reader_read(reader, index, &frame, &err);
    snprintf(number, sizeof number, "no frame %" PRIu64, index);
    if (status != MIM_RANGE || !strstr(err.message, number))
        fail_msg("%s, %s: %s, %s", sequence->name, number, mim_status_name(status), err.message);
    CHECK(mim_reader_info(reader, index, &facts, NULL) == MIM_RANGE);
    CHECK(mim_reader_frame_metadata(reader, index, &meta, NULL) == MIM_RANGE);
    CHECK(mim_reader_read(reader, sequence->count - 1, &frame, NULL) == MIM_OK && frame.index == sequence->count - 1);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
}

static void
an_index_past_the_end_is_no_frame_in_any_format(void)
{
    size_t written = 0;

    for (const struct sequence *each = sequences; each < sequences + SEQUENCE_COUNT; each++) {
        written += each->is_written;
        for (size_t i = 0; each->is_written && i < INDEX_COUNT; i++) {
            check_read(each, indices[i], 0);
            check_read(each, indices[i], each->count);
            check_read(each, indices[i], each->count + 1);
        }
    }
    CHECK(written);
}

/* The command's --frames selects. */
static void
check_selection(const struct sequence *sequence, int64_t index)
{
    const struct mim_range range = { .start = index, .stop = index + 1, .has_start = 1, .has_stop = 1 };
    struct mim_reader *reader = open_sequence(sequence->name);
    struct mim_frame frame = { 0 };

    enum mim_status status = mim_reader_select(reader, &range, 1, 0, NULL);
    if (status == MIM_OK)
        status = mim_reader_next(reader, &frame, NULL);
    if (status != MIM_RANGE)
        fail_msg("%s, frame %" PRId64 ": %s", sequence->name, index, mim_status_name(status));
    mim_reader_close(reader);
}

static void
a_selected_index_past_the_end_is_no_frame_in_any_format(void)
{
    for (const struct sequence *each = sequences; each < sequences + SEQUENCE_COUNT; each++)
        for (size_t i = 0; each->is_written && i < INDEX_COUNT; i++)
            if (indices[i] < INT64_MAX)
                check_selection(each, (int64_t)indices[i]);
}

static int
open_context(void **state)
{
    struct mim_context_options options = { .no_system = 1, .no_config = 1 };
    (void)state;
    directory = tree_make();
    CHECK(mim_context_create(&context, &options, NULL) == MIM_OK);
    for (size_t i = 0; i < SEQUENCE_COUNT; i++)
        write_sequence(&sequences[i]);
    return 0;
}

static int
close_context(void **state)
{
    (void)state;
    mim_context_destroy(context);
    tree_remove(directory);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(an_index_past_the_end_is_no_frame_in_any_format),
        CASE(a_selected_index_past_the_end_is_no_frame_in_any_format),
    };
    return cmocka_run_group_tests_name("past end", cases, open_context, close_context);
}
