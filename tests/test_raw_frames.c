/* SPDX-License-Identifier: MIT */
/* Frames whose samples lie plain in the source: the core reads them itself, in either byte order. */
#include "mock.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

#define WIDTH 5
#define HEIGHT 7
#define CHANNELS 2
#define ROW (WIDTH * CHANNELS * 2)
#define STRIDE (ROW + 6)
#define FRAME (STRIDE * HEIGHT)
#define FRAMES 9

static uint8_t file[4 + FRAMES * FRAME];

static uint16_t
value(uint64_t index, uint32_t y, uint32_t x, uint32_t k)
{
    return (uint16_t)(index * 7001 + y * 1013 + x * 211 + k * 17);
}

/* Every other frame is big-endian, every third one packed. */
static uint64_t
stride_of(uint64_t index)
{
    return index % 3 ? STRIDE : ROW;
}

static void
raw_shape(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_U16;
    info->width = WIDTH;
    info->height = HEIGHT;
    info->channels = CHANNELS;
    info->flags = MIM_FRAME_RAW | (index % 2 ? MIM_FRAME_BIG_ENDIAN : 0);
    info->raw_offset = 4 + index * FRAME;
    info->raw_stride = stride_of(index);
}

static int
make_file(void **state)
{
    (void)state;
    memcpy(file, "MOCK", 4);
    for (uint64_t i = 0; i < FRAMES; i++)
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t n = 0; n < WIDTH * CHANNELS; n++) {
                uint16_t v = value(i, y, n / CHANNELS, n % CHANNELS);
                uint8_t *at = file + 4 + i * FRAME + y * stride_of(i) + 2 * n;
                at[i % 2] = (uint8_t)v;
                at[1 - i % 2] = (uint8_t)(v >> 8);
            }
    return 0;
}

static bool
is_right(const struct mim_frame *frame, uint64_t index)
{
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t n = 0; n < WIDTH * CHANNELS; n++) {
            uint16_t v;
            memcpy(&v, (uint8_t *)frame->data + y * frame->stride + 2 * n, 2);
            if (v != value(index, y, n / CHANNELS, n % CHANNELS))
                return false;
        }
    return frame->index == index && frame->sample == MIM_SAMPLE_U16;
}

static int64_t
read_stream(void *user, void *data, size_t size, uint64_t offset)
{
    uint64_t *position = user;
    MUST(offset == *position);
    size_t left = sizeof file - offset, n = size < left ? size : left;
    n = n > 50 ? 50 : n; /* as it comes */
    memcpy(data, file + offset, n);
    *position += n;
    return (int64_t)n;
}

static struct mim_reader *
open_file(struct mim_context *context, size_t size, bool as_stream)
{
    static uint64_t position;
    position = 0;
    const struct mim_source_calls calls = { .read = read_stream, .user = &position };
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    CHECK((as_stream ? mim_source_open_calls(&source, &calls, "a stream", NULL)
                     : mim_source_open_memory(&source, file, size, NULL)) == MIM_OK);
    CHECK(mim_reader_open(&reader, context, source, NULL, NULL) == MIM_OK);
    mim_source_close(source);
    return reader;
}

static void
samples_come_in_the_machines_order(void)
{
    for (int any_order = 0; any_order < 2; any_order++)
        for (int stream = 0; stream < 2; stream++)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                const struct mock_script script = { .count = FRAMES, .shape = raw_shape, .any_order = any_order };
                struct mim_context *context = mock_context(&script, thread_counts[t]);
                struct mim_reader *reader = open_file(context, sizeof file, stream);
                struct mim_frame frame = { 0 };
                for (uint64_t i = 0; i < FRAMES; i++)
                    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && is_right(&frame, i));
                CHECK(mim_reader_next(reader, &frame, NULL) == MIM_END);
                for (uint64_t i = FRAMES; i-- > 0;)
                    CHECK(mim_reader_read(reader, i, &frame, NULL) == MIM_OK && is_right(&frame, i));
                CHECK(mock_counted.pixels == 0);
                mim_frame_clear(&frame);
                mim_reader_close(reader);
                mim_context_destroy(context);
            }
}

static void
what_the_file_does_not_hold_is_truncated(void)
{
    size_t size = 4 + 5 * FRAME + 20; /* into the sixth */
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        const struct mock_script script = { .count = FRAMES, .shape = raw_shape };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = open_file(context, size, false);
        struct mim_frame frame = { 0 };
        struct mim_error err;
        for (uint64_t i = 0; i < 5; i++)
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && is_right(&frame, i));
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_TRUNCATED && err.frame == 5 && err.offset == size);
        CHECK(mim_reader_read(reader, 2, &frame, NULL) == MIM_OK && is_right(&frame, 2));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
stride_below_the_row(uint64_t index, struct mim_frame_info *info)
{
    raw_shape(index, info);
    info->raw_stride = ROW - 1;
}

static void
offset_beyond_counting(uint64_t index, struct mim_frame_info *info)
{
    raw_shape(index, info);
    info->raw_offset = UINT64_MAX - 5;
}

static void
rows_beyond_counting(uint64_t index, struct mim_frame_info *info)
{
    raw_shape(index, info);
    info->raw_stride = UINT64_MAX / 3;
}

static void
whole_rows_are_kept_if_wanted(void)
{
    enum { CUT = 5, KEPT = 2 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        const struct mock_script script = { .count = FRAMES, .shape = raw_shape };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_tally tally = { 0 };
        const struct mim_open_options options = { .partial = 1, .control.tally = &tally };
        struct mim_source *source;
        struct mim_reader *reader;
        struct mim_frame frame = { 0 };
        struct mim_error err;
        CHECK(mim_source_open_memory(&source, file, 4 + CUT * FRAME + KEPT * STRIDE + 3, NULL) == MIM_OK);
        CHECK(mim_reader_open(&reader, context, source, &options, NULL) == MIM_OK);
        for (uint64_t i = 0; i < CUT; i++)
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && is_right(&frame, i) && !frame.damaged);
        CHECK(mim_reader_damage(reader, NULL) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.damaged && tally.notices[MIM_NOTICE_DAMAGED] == 1);
        CHECK(mim_reader_damage(reader, &err) == MIM_TRUNCATED && err.frame == CUT);
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t n = 0; n < WIDTH * CHANNELS; n++) {
                uint16_t v;
                memcpy(&v, (uint8_t *)frame.data + y * frame.stride + 2 * n, 2);
                CHECK(v == (y < KEPT ? value(CUT, y, n / CHANNELS, n % CHANNELS) : 0));
            }
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_TRUNCATED && err.frame == CUT + 1); /* nothing of it is there */
        CHECK(mim_reader_damage(reader, NULL) == MIM_OK);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_source_close(source);
        mim_context_destroy(context);
    }
}

static void
places_that_cannot_be_are_corrupt(void)
{
    static void (*const shapes[])(uint64_t, struct mim_frame_info *) = { stride_below_the_row, offset_beyond_counting,
                                                                         rows_beyond_counting };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct mim_context *context = mock_context(&(struct mock_script){ .shape = shapes[i] }, 2);
        struct mim_reader *reader = open_file(context, sizeof file, false);
        struct mim_frame frame = { 0 };
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_CORRUPT);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- large ones are read in parts --------------------------------------------------------------------------------- */

#define LARGE_WIDTH 3000u
#define LARGE_HEIGHT 4001u

static void
large_shape(uint64_t index, struct mim_frame_info *info)
{
    info->width = LARGE_WIDTH;
    info->height = LARGE_HEIGHT;
    info->flags = MIM_FRAME_RAW;
    info->raw_offset = 4 + index;
    info->raw_stride = LARGE_WIDTH;
}

static void
a_large_frame_is_whole(void)
{
    size_t size = 4 + LARGE_WIDTH * LARGE_HEIGHT + 2;
    uint8_t *large = malloc(size);
    for (size_t i = 0; i < size; i++)
        large[i] = (uint8_t)(i * 2654435761u >> 24);
    memcpy(large, "MOCK", 4);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_context *context =
            mock_context(&(struct mock_script){ .count = 3, .shape = large_shape }, thread_counts[t]);
        struct mim_source *source = NULL;
        struct mim_reader *reader = NULL;
        struct mim_frame frame = { 0 };
        CHECK(mim_source_open_memory(&source, large, size, NULL) == MIM_OK);
        CHECK(mim_reader_open(&reader, context, source, NULL, NULL) == MIM_OK);
        for (uint32_t i = 0; i < 3; i++) {
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
            for (uint32_t y = 0; y < LARGE_HEIGHT; y++)
                CHECK(!memcmp((uint8_t *)frame.data + y * frame.stride, large + 4 + i + y * LARGE_WIDTH, LARGE_WIDTH));
        }
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_source_close(source);
        mim_context_destroy(context);
    }
    free(large);
}

static void
a_canvas(struct mim_sequence *sequence)
{
    sequence->canvas_width = sequence->canvas_height = 8;
}

static void
a_canvas_takes_no_raw_samples(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ .shape = large_shape, .sequence = a_canvas }, 1);
    struct mim_reader *reader = open_file(context, sizeof file, false);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_BROKEN_PLUGIN);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(samples_come_in_the_machines_order), CASE(what_the_file_does_not_hold_is_truncated),
        CASE(whole_rows_are_kept_if_wanted),
        CASE(places_that_cannot_be_are_corrupt),  CASE(a_large_frame_is_whole),
        CASE(a_canvas_takes_no_raw_samples),
    };
    return cmocka_run_group_tests_name("raw_frames", cases, make_file, NULL);
}
