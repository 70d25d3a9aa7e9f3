/* SPDX-License-Identifier: MIT */
/* Plain samples of a regular file, used where they lie. */
#include "mock.h"

#include <unistd.h>

#define WIDTH 100
#define HEIGHT 50
#define ROW (WIDTH * 2)
#define FRAME (ROW * HEIGHT)
#define FRAMES 12
#define START 4098 /* an even place off every page's start */

static const struct mim_open_options in_place = { .in_place = 1 };
static uint8_t file[START + FRAMES * FRAME];

static void
plain(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_U16;
    info->width = WIDTH;
    info->height = HEIGHT;
    info->flags = MIM_FRAME_RAW | (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? MIM_FRAME_BIG_ENDIAN : 0);
    info->raw_offset = START + index * FRAME;
    info->raw_stride = ROW;
}

static void
other_order(uint64_t index, struct mim_frame_info *info)
{
    plain(index, info);
    info->flags ^= MIM_FRAME_BIG_ENDIAN;
}

static void
odd_place(uint64_t index, struct mim_frame_info *info)
{
    plain(index, info);
    info->raw_offset--;
}

static int
make_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 2654435761u >> 24);
    memcpy(file, "MOCK", 4);
    return 0;
}

static FILE *
file_of(size_t size)
{
    FILE *stream = tmpfile();
    CHECK(stream && fwrite(file, 1, size, stream) == size && fflush(stream) == 0);
    return stream;
}

static struct mim_reader *
open_stream(struct mim_context *context, FILE *stream, const struct mim_open_options *options)
{
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    CHECK(mim_source_open_fd(&source, fileno(stream), "plain", NULL) == MIM_OK);
    CHECK(mim_reader_open(&reader, context, source, options, NULL) == MIM_OK);
    mim_source_close(source);
    return reader;
}

static bool
is_right(const struct mim_frame *frame, uint64_t index, size_t start)
{
    return frame->index == index && frame->width == WIDTH && frame->height == HEIGHT && frame->stride == ROW &&
           !memcmp(frame->data, file + start + index * FRAME, FRAME);
}

/* Is this memory of the file? In a private mapping what the file gets later shows, until it is written to. */
static bool
is_in_file(FILE *stream, const struct mim_frame *frame, uint64_t place)
{
    uint8_t before = *(volatile uint8_t *)frame->data, turned = (uint8_t)~before;
    CHECK(pwrite(fileno(stream), &turned, 1, (off_t)place) == 1);
    bool shows = *(volatile uint8_t *)frame->data == turned;
    CHECK(pwrite(fileno(stream), &before, 1, (off_t)place) == 1);
    return shows;
}

static void
frames_lie_in_the_file(void)
{
    for (unsigned threads = 1; threads <= 3; threads++) {
        FILE *stream = file_of(sizeof file);
        struct mim_context *context =
            mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain, .any_order = true }, threads);
        struct mim_reader *reader = open_stream(context, stream, &in_place);
        struct mim_frame frame = { 0 };
        for (uint64_t i = 0; i < FRAMES; i++) {
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && is_right(&frame, i, START));
            CHECK(is_in_file(stream, &frame, START + i * FRAME));
        }
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_END && mock_counted.pixels == 0);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
        fclose(stream);
    }
}

static void
a_frame_outlives_reader_and_file_and_is_the_callers(void)
{
    FILE *stream = file_of(sizeof file);
    struct mim_context *context =
        mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain, .any_order = true }, 1);
    struct mim_reader *reader = open_stream(context, stream, &in_place);
    struct mim_frame first = { 0 }, again = { 0 }, shared = { 0 };
    CHECK(mim_reader_read(reader, 3, &first, NULL) == MIM_OK);
    memset(first.data, 0, FRAME);
    CHECK(mim_reader_read(reader, 3, &again, NULL) == MIM_OK && is_right(&again, 3, START));
    CHECK(mim_frame_share(&shared, &again, NULL) == MIM_OK);
    mim_frame_clear(&again);
    mim_reader_close(reader);
    mim_context_destroy(context);
    fclose(stream);
    CHECK(is_right(&shared, 3, START) && *(uint8_t *)first.data == 0);
    mim_frame_clear(&shared);
    mim_frame_clear(&first);
}

static void
what_is_not_plain_enough_is_read(void)
{
    static void (*const shapes[])(uint64_t, struct mim_frame_info *) = { other_order, odd_place };
    for (size_t i = 0; i < 2; i++) {
        FILE *stream = file_of(sizeof file);
        struct mim_context *context =
            mock_context(&(struct mock_script){ .count = FRAMES, .shape = shapes[i], .any_order = true }, 1);
        struct mim_reader *reader = open_stream(context, stream, &in_place);
        struct mim_frame frame = { 0 };
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && !is_in_file(stream, &frame, START - i));
        CHECK(i == 0 || !memcmp(frame.data, file + START - 1, ROW));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
        fclose(stream);
    }
}

static void
conversions_start_from_the_file(void)
{
    FILE *stream = file_of(sizeof file);
    struct mim_context *context = mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain }, 2);
    struct mim_reader *reader =
        open_stream(context, stream, &(struct mim_open_options){ .in_place = 1, .sample = MIM_SAMPLE_U8 });
    struct mim_frame frame = { 0 };
    for (uint64_t i = 0; i < FRAMES; i++) {
        uint16_t value;
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.sample == MIM_SAMPLE_U8);
        memcpy(&value, file + START + i * FRAME + 2, 2);
        CHECK(((uint8_t *)frame.data)[1] == (value * 255u + 32767) / 65535);
    }
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    fclose(stream);
}

static void
lent_memory_is_filled(void)
{
    static uint8_t lent[FRAME];
    FILE *stream = file_of(sizeof file);
    struct mim_context *context = mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain }, 1);
    struct mim_reader *reader = open_stream(context, stream, &in_place);
    struct mim_frame frame = { 0 };
    mim_frame_lend(&frame, lent, sizeof lent, 0);
    for (uint64_t i = 0; i < FRAMES; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && !memcmp(lent, file + START + i * FRAME, FRAME));
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    fclose(stream);
}

/* What a conversion starts from is working memory, unless it stays in the file. */
static void
samples_in_place_are_no_working_memory(void)
{
    FILE *stream = file_of(sizeof file);
    for (int stays = 0; stays < 2; stays++) {
        struct mim_context *context = mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain }, 1);
        const struct mim_open_options options = { .in_place = stays,
                                                  .sample = MIM_SAMPLE_U8,
                                                  .control.limits.working_bytes = FRAME - 1 };
        struct mim_reader *reader = open_stream(context, stream, &options);
        struct mim_frame frame = { 0 };
        CHECK(mim_reader_next(reader, &frame, NULL) == (stays ? MIM_OK : MIM_LIMIT));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
    fclose(stream);
}

/* Before a frame is mapped somebody looks once more; then reading says what is wrong. */
static void
a_file_that_was_cut_is_an_error_and_no_signal(void)
{
    FILE *stream = file_of(sizeof file);
    struct mim_context *context = mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain }, 1);
    struct mim_reader *reader = open_stream(context, stream, &in_place);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    mim_frame_clear(&frame);
    CHECK(ftruncate(fileno(stream), START + FRAME + ROW) == 0);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_IO);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    fclose(stream);
}

static void
other_sources_are_read(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ .count = FRAMES, .shape = plain }, 1);
    struct mim_source *source = NULL;
    struct mim_reader *reader = NULL;
    struct mim_frame frame = { 0 };
    CHECK(mim_source_open_memory(&source, file, sizeof file, NULL) == MIM_OK);
    CHECK(mim_reader_open(&reader, context, source, &in_place, NULL) == MIM_OK);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && !memcmp(frame.data, file + START, ROW));
    CHECK((uint8_t *)frame.data < file || (uint8_t *)frame.data >= file + sizeof file);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_source_close(source);
    mim_context_destroy(context);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(frames_lie_in_the_file),
        CASE(a_frame_outlives_reader_and_file_and_is_the_callers),
        CASE(what_is_not_plain_enough_is_read),
        CASE(conversions_start_from_the_file),
        CASE(lent_memory_is_filled),
        CASE(samples_in_place_are_no_working_memory),
        CASE(a_file_that_was_cut_is_an_error_and_no_signal),
        CASE(other_sources_are_read),
    };
    return cmocka_run_group_tests_name("in_place", cases, make_file, NULL);
}
