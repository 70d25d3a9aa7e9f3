/* SPDX-License-Identifier: MIT */
/* Readers: the same frames, notices and verdicts whatever the order of calls and the number of threads. */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "decode.h"
#include "mock.h"
#include "reader.h"
#include "work.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8 };
#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* --- sequences that the cases are about ------------------------------------------------------------------------------- */

static void
pages_of_any_shape(uint64_t index, struct mim_frame_info *info)
{
    info->width = 3 + (uint32_t)(index * 7 % 40);
    info->height = 5 + (uint32_t)(index * 3 % 70);
    info->channels = 1 + (uint32_t)(index % 4);
}

static void
canvas_of_20x48(struct mim_sequence *sequence)
{
    sequence->canvas_width = 20;
    sequence->canvas_height = 48;
    sequence->time_num = 1;
    sequence->time_den = 100;
    sequence->loop = 3;
    memcpy(sequence->background, (uint8_t[]){ 9, 8, 7, 0 }, 4);
}

/* Every dispose with every blend, in and out of the canvas, key frames now and then. */
static void
rectangles(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_INDEX8;
    info->width = 4 + (uint32_t)(index * 5 % 30);
    info->height = 3 + (uint32_t)(index * 11 % 50);
    info->x = (int32_t)(index * 13 % 30) - 8;
    info->y = (int32_t)(index * 7 % 50) - 4;
    info->dispose = (int32_t)(index % 3);
    info->blend = (int32_t)(index / 3 % 2);
    if (index % 9 == 4) {
        info->flags = MIM_FRAME_KEY;
        info->blend = MIM_BLEND_REPLACE;
        info->x = info->y = 0;
        info->width = 20;
        info->height = 48;
    }
    info->duration = (int64_t)index + 1;
}

static void
fill_indices(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)part;
    for (uint32_t y = 0; y < raster->height; y++)
        for (uint32_t x = 0; x < raster->width; x++)
            raster->data[y * raster->stride + x] = (uint8_t)((x + 3 * y + index) % 7);
    for (uint32_t i = 0; i < 7; i++) {
        const uint8_t colour[4] = { (uint8_t)(i * 30 + index), (uint8_t)(i * 17), (uint8_t)(255 - i), i % 3 ? 255 : 0 };
        memcpy(raster->palette + 4 * i, colour, 4);
    }
    raster->palette_size = 7;
}

static const struct mock_script pages = { .count = 23, .shape = pages_of_any_shape, .busy_us = 150, .has_metadata = true };
static const struct mock_script parts = {
    .count = 17, .shape = pages_of_any_shape, .busy_us = 100, .parts = 5, .any_order = true, .has_metadata = true
};
static const struct mock_script animation = {
    .count = 31, .sequence = canvas_of_20x48, .shape = rectangles, .fill = fill_indices, .busy_us = 150, .has_metadata = true
};

static const struct mock_script *
with(const struct mock_script *base, bool any_order)
{
    static struct mock_script copy;
    copy = *base;
    copy.any_order = any_order;
    return &copy;
}

/* --- comparing -------------------------------------------------------------------------------------------------------- */

#define MOST 40
static struct mim_frame expected[MOST];
static size_t expected_count;

static void
forget_expected(void)
{
    for (size_t i = 0; i < expected_count; i++)
        mim_frame_clear(&expected[i]);
    expected_count = 0;
}

/* The truth: one thread, one frame after another. */
static void
expect(const struct mock_script *script)
{
    struct mim_context *context = mock_context(script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    enum mim_status status;
    forget_expected();
    while ((status = mim_reader_next(reader, &expected[expected_count], NULL)) == MIM_OK)
        expected_count++;
    CHECK(status == MIM_END && expected_count == script->count);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static bool
same(const struct mim_frame *a, const struct mim_frame *b)
{
    struct mim_meta_item x, y;
    if (a->width != b->width || a->height != b->height || a->channels != b->channels || a->sample != b->sample ||
        a->index != b->index || a->pts != b->pts || a->duration != b->duration || a->loop != b->loop ||
        a->damaged != b->damaged || mim_meta_count(a->meta) != mim_meta_count(b->meta))
        return false;
    if (mim_meta_at(a->meta, 0, &x) && mim_meta_at(b->meta, 0, &y) && memcmp(x.data, y.data, x.size) != 0)
        return false;
    size_t row = (size_t)a->width * a->channels * mim_sample_size(a->sample);
    for (uint32_t i = 0; i < a->height; i++)
        if (memcmp((char *)a->data + i * a->stride, (char *)b->data + i * b->stride, row) != 0)
            return false;
    return true;
}

static void
check_frame(struct mim_reader *reader, const struct mim_frame *frame, size_t i)
{
    (void)reader;
    if (!same(frame, &expected[i]))
        print_message("# frame %zu (of index %u) is not the one of a scan\n", i, (unsigned)frame->index);
    CHECK(same(frame, &expected[i]));
}

static void
check_next(struct mim_reader *reader, size_t i)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    check_frame(reader, &frame, i);
    mim_frame_clear(&frame);
}

static void
check_read(struct mim_reader *reader, size_t i)
{
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_read(reader, i, &frame, NULL) == MIM_OK);
    check_frame(reader, &frame, i);
    mim_frame_clear(&frame);
}

static enum mim_status
next_status(struct mim_reader *reader)
{
    struct mim_frame frame = { 0 };
    struct mim_error err = { 0 };
    enum mim_status status = mim_reader_next(reader, &frame, &err);
    CHECK(status == MIM_OK || status == MIM_END || (err.status == status && err.message[0]));
    mim_frame_clear(&frame);
    return status;
}

/* Run a walk over every kind of sequence with every number of threads. */
static void
on_all(void (*walk)(struct mim_reader *reader))
{
    static const struct mock_script *const kinds[] = { &pages, &parts, &animation };
    for (size_t k = 0; k < 3; k++)
        for (int any_order = 0; any_order < 2; any_order++) {
            expect(with(kinds[k], any_order));
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mim_context *context = mock_context(with(kinds[k], any_order), thread_counts[t]);
                struct mim_reader *reader = mock_reader(context, NULL);
                walk(reader);
                mim_reader_close(reader);
                CHECK(mock_counted.opens == mock_counted.closes);
                mim_context_destroy(context);
            }
        }
    forget_expected();
}

static void
scan_all(struct mim_reader *reader)
{
    for (size_t i = 0; i < expected_count; i++)
        check_next(reader, i);
    for (int again = 0; again < 3; again++)
        CHECK(next_status(reader) == MIM_END);
}

static void
a_scan_is_the_same_on_any_number_of_threads(void)
{
    on_all(scan_all);
}

static void
read_backwards(struct mim_reader *reader)
{
    for (size_t i = expected_count; i-- > 0;)
        check_read(reader, i);
}

static void
backwards_gives_the_frames_of_a_scan(void)
{
    on_all(read_backwards);
}

static void
walk_at_random(struct mim_reader *reader)
{
    struct mim_frame frame = { 0 };
    struct mim_frame_facts facts;
    uint32_t seed = 12345;
    size_t next = 0;
    for (int step = 0; step < 70; step++) {
        seed = seed * 1664525u + 1013904223u;
        size_t i = (seed >> 8) % expected_count;
        switch (seed >> 28) {
        case 0: case 1: case 2:
            check_read(reader, i);
            next = i + 1;
            break;
        case 3:
            CHECK(mim_reader_seek(reader, i, NULL) == MIM_OK);
            next = i;
            break;
        case 4:
            CHECK(mim_reader_read(reader, expected_count + 5, &frame, NULL) == MIM_RANGE);
            break;
        case 5:
            CHECK(mim_reader_info(reader, i, &facts, NULL) == MIM_OK);
            CHECK(facts.width == expected[i].width && facts.channels == expected[i].channels && facts.index == i &&
                  facts.duration == expected[i].duration);
            break;
        default:
            if (next == expected_count) {
                CHECK(next_status(reader) == MIM_END);
            } else {
                check_next(reader, next);
                next++;
            }
        }
    }
}

static void
any_walk_gives_the_frames_of_a_scan(void)
{
    on_all(walk_at_random);
}

static void
look_between(struct mim_reader *reader)
{
    struct mim_meta *meta = NULL;
    struct mim_meta_item item;
    uint64_t count = 0;
    for (size_t i = 0; i < 6; i++)
        check_next(reader, i);
    CHECK(mim_reader_frame_metadata(reader, 11, &meta, NULL) == MIM_OK);
    CHECK(mim_meta_find(meta, "number", &item) && *(const int64_t *)item.data == 11);
    mim_meta_destroy(meta);
    check_next(reader, 6);
    check_next(reader, 7);
    CHECK(mim_reader_count_exactly(reader, &count, NULL) == MIM_OK && count == expected_count);
    check_next(reader, 8);
    CHECK(mim_reader_frame_metadata(reader, expected_count, &meta, NULL) == MIM_RANGE);
    CHECK(mim_meta_text(mim_reader_metadata(reader), "title"));
    check_next(reader, 9);
}

static void
looking_at_facts_moves_nothing(void)
{
    on_all(look_between);
}

static void
leave_at(struct mim_reader *reader)
{
    for (size_t i = 0; i < 4; i++)
        check_next(reader, i);
}

static void
closing_early_releases_what_was_prepared(void)
{
    on_all(leave_at);
    CHECK(mock_counted.prepares == mock_counted.releases);
}

static void
range_changes_nothing_also_when_the_count_is_known(void)
{
    struct mock_script script = pages;
    script.claimed = script.count;
    script.sure = MIM_SURE_EXACT;
    expect(&script);
    struct mim_context *context = mock_context(&script, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frame = { 0 };
    struct mim_error err;
    check_next(reader, 0);
    CHECK(mim_reader_read(reader, 23, &frame, &err) == MIM_RANGE && strstr(err.message, "23"));
    CHECK(mim_reader_seek(reader, 24, NULL) == MIM_RANGE);
    check_next(reader, 1);
    CHECK(mim_reader_seek(reader, 23, NULL) == MIM_OK);
    CHECK(next_status(reader) == MIM_END && next_status(reader) == MIM_END);
    check_read(reader, 22);
    CHECK(next_status(reader) == MIM_END);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
a_count_that_lies_ends_where_the_frames_do(void)
{
    for (uint64_t claimed = 5; claimed < 50; claimed += 40) {
        struct mock_script script = pages;
        script.claimed = claimed;
        script.sure = MIM_SURE_HEADER;
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        int frames = 0;
        while (next_status(reader) == MIM_OK)
            frames++;
        CHECK(frames == 23);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- damage ----------------------------------------------------------------------------------------------------------- */

static struct mock_script
with_fault(const struct mock_script *base, enum mock_op op, uint64_t frame, int32_t status)
{
    struct mock_script script = *base;
    script.faults[0] = (struct mock_fault){ .op = op, .frame = frame, .part = script.parts > 1 ? 2 : 0, .status = status };
    if (op == MOCK_PREPARE)
        script.faults[0].part = 0;
    return script;
}

static void
errors_of_pixels_belong_to_their_frame(void)
{
    static const struct mock_script *const kinds[] = { &pages, &parts };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_PIXELS, 5, MIM_CORRUPT);
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_error err;
            for (size_t i = 0; i < 5; i++)
                check_next(reader, i);
            for (int again = 0; again < 3; again++) {
                CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT);
                CHECK(err.frame == 5 && err.offset == 105 && !strcmp(err.plugin, "mock"));
                CHECK(strstr(err.message, "fault of frame 5"));
            }
            check_read(reader, 7);
            check_next(reader, 8);
            CHECK(mim_reader_read(reader, 5, &frame, &err) == MIM_CORRUPT);
            check_next(reader, 9);
            CHECK(mim_reader_seek(reader, 6, NULL) == MIM_OK);
            check_next(reader, 6);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    }
    forget_expected();
}

static void
of_several_damaged_parts_the_first_is_named(void)
{
    struct mock_script script = parts;
    script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 3, .part = 4, .status = MIM_CORRUPT };
    script.faults[1] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 3, .part = 1, .status = MIM_TRUNCATED };
    for (size_t t = 0; t < THREAD_COUNTS; t++)
        for (int again = 0; again < 4; again++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            for (int i = 0; i < 3; i++)
                CHECK(next_status(reader) == MIM_OK);
            CHECK(next_status(reader) == MIM_TRUNCATED);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
}

/* Frames 4, 13 and 22 are keys. */
static void
what_is_drawn_over_damage_is_damaged_until_a_key_frame(void)
{
    expect(&animation);
    struct mock_script script = with_fault(&animation, MOCK_PIXELS, 7, MIM_CORRUPT);
    for (int any_order = 0; any_order < 2; any_order++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_error err;
            for (size_t i = 0; i < 7; i++)
                check_next(reader, i);
            for (uint64_t i = 7; i < 13; i++) {
                CHECK(mim_reader_seek(reader, i, NULL) == MIM_OK);
                CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT);
                CHECK(err.frame == 7 && err.offset == 107);
            }
            CHECK(mim_reader_seek(reader, 13, NULL) == MIM_OK);
            for (size_t i = 13; i < 31; i++)
                check_next(reader, i);
            CHECK(next_status(reader) == MIM_END);
            CHECK(mim_reader_read(reader, 12, &frame, NULL) == MIM_CORRUPT);
            check_read(reader, 3);
            check_read(reader, 14);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    forget_expected();
}

static void
errors_of_prepare_end_the_sequence(void)
{
    static const struct mock_script *const kinds[] = { &pages, &animation };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_PREPARE, 6, MIM_TRUNCATED);
        for (int any_order = 0; any_order < 2; any_order++)
            for (size_t t = 0; t < THREAD_COUNTS; t++) {
                struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
                struct mim_reader *reader = mock_reader(context, NULL);
                struct mim_frame frame = { 0 };
                struct mim_frame_facts facts;
                struct mim_error err;
                uint64_t count = 0;
                for (size_t i = 0; i < 6; i++)
                    check_next(reader, i);
                for (int again = 0; again < 3; again++) {
                    CHECK(mim_reader_next(reader, &frame, &err) == MIM_TRUNCATED && err.frame == 6);
                    CHECK(mim_reader_read(reader, 9, &frame, &err) == MIM_TRUNCATED && err.frame == 6);
                    CHECK(mim_reader_info(reader, 6, &facts, &err) == MIM_TRUNCATED && err.frame == 6);
                }
                CHECK(mim_reader_count_exactly(reader, &count, &err) == MIM_TRUNCATED && count == 6);
                check_read(reader, 2);
                check_next(reader, 3);
                mim_reader_close(reader);
                mim_context_destroy(context);
            }
    }
    forget_expected();
}

static void
a_failed_open_is_closed(void)
{
    struct mock_script script = { .faults = { { .op = MOCK_OPEN, .status = MIM_CORRUPT } } };
    struct mim_context *context = mock_context(&script, 2);
    struct mim_source *source = mock_source();
    struct mim_reader *reader = NULL;
    struct mim_error err;
    CHECK(mim_reader_open(&reader, context, source, NULL, &err) == MIM_CORRUPT && !reader);
    CHECK(strstr(err.message, "fault") && mock_counted.opens == 1 && mock_counted.closes == 1);
    mim_source_close(source);
    mim_context_destroy(context);
}

static void
a_count_of_a_damaged_file_says_how_many_are_good(void)
{
    struct mock_script script = { .scans = true, .faults = { { .op = MOCK_SCAN, .status = MIM_CORRUPT } } };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, NULL);
    uint64_t count = 0;
    CHECK(mim_reader_count_exactly(reader, &count, NULL) == MIM_CORRUPT && count == 4);
    CHECK(next_status(reader) == MIM_OK);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
failed_metadata_fails_its_frame_alone(void)
{
    static const struct mock_script *const kinds[] = { &pages, &animation };
    for (size_t k = 0; k < 2; k++) {
        expect(kinds[k]);
        struct mock_script script = with_fault(kinds[k], MOCK_METADATA, 4, MIM_CORRUPT);
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            for (size_t i = 0; i < 4; i++)
                check_next(reader, i);
            CHECK(next_status(reader) == MIM_CORRUPT && next_status(reader) == MIM_CORRUPT);
            CHECK(mim_reader_seek(reader, 5, NULL) == MIM_OK);
            check_next(reader, 5);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
    }
    forget_expected();
}

static void
bad_sample(uint64_t index, struct mim_frame_info *info)
{
    info->sample = index == 2 ? 77 : info->sample;
}

static void
bad_channels(uint64_t index, struct mim_frame_info *info)
{
    info->channels = index == 2 ? 0 : 1;
}

static void
bad_size(uint64_t index, struct mim_frame_info *info)
{
    info->height = index == 2 ? 0 : 4;
}

static void
bad_parts(uint64_t index, struct mim_frame_info *info)
{
    info->parts = index == 2 ? UINT32_MAX : 1;
}

static void
indices_without_a_canvas(uint64_t index, struct mim_frame_info *info)
{
    info->sample = index == 2 ? MIM_SAMPLE_INDEX8 : MIM_SAMPLE_U8;
}

static void
facts_that_make_no_sense_are_the_plugins_fault(void)
{
    static void (*const shapes[])(uint64_t, struct mim_frame_info *) = { bad_sample, bad_channels, bad_size, bad_parts,
                                                                         indices_without_a_canvas };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct mock_script script = { .shape = shapes[i] };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        struct mim_frame frame = { 0 };
        struct mim_error err = { 0 };
        CHECK(next_status(reader) == MIM_OK && next_status(reader) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_BROKEN_PLUGIN && strstr(err.message, "mock"));
        CHECK(next_status(reader) == MIM_BROKEN_PLUGIN);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
a_status_that_is_none_is_the_plugins_fault(void)
{
    static const int32_t statuses[] = { 99, -3, MIM_CANCELLED, MIM_TIMEOUT };
    for (size_t i = 0; i < 4; i++) {
        struct mock_script script = pages;
        script.faults[0] = (struct mock_fault){ .op = MOCK_PIXELS, .frame = 1, .status = statuses[i], .silent = true };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, NULL);
        CHECK(next_status(reader) == MIM_OK);
        CHECK(next_status(reader) == MIM_BROKEN_PLUGIN);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- notices ---------------------------------------------------------------------------------------------------------- */

static char heard[20000];

static void
hear(void *user, const struct mim_notice *notice)
{
    size_t used = strlen(heard);
    (void)user;
    snprintf(heard + used, sizeof heard - used, "%d:%s\n", (int)notice->frame, notice->text);
}

static void
walk_and_listen(const struct mock_script *script, unsigned threads)
{
    struct mim_open_options options = { .control = { .notice = hear } };
    struct mim_context *context = mock_context(script, threads);
    heard[0] = '\0';
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    for (int i = 0; i < 5; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 12, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 3, &frame, NULL) == MIM_OK);
    for (int i = 0; i < 4; i++)
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    CHECK(mim_reader_read(reader, 14, &frame, NULL) == MIM_OK);
    while (mim_reader_next(reader, &frame, NULL) == MIM_OK)
        continue;
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
notices_come_with_their_frames_in_order(void)
{
    static const struct mock_script *const kinds[] = { &pages, &parts, &animation };
    for (size_t k = 0; k < 3; k++)
        for (int any_order = 0; any_order < 2; any_order++) {
            struct mock_script script = *kinds[k];
            script.any_order = any_order;
            script.notices = true;
            walk_and_listen(&script, 1);
            char *alone = strdup(heard);
            CHECK(strstr(alone, "-1:open 0.0\n") == alone && !strstr(alone + 12, "open"));
            for (size_t t = 1; t < THREAD_COUNTS; t++) {
                walk_and_listen(&script, thread_counts[t]);
                assert_string_equal(heard, alone);
            }
            free(alone);
        }
}

static void
strict_makes_a_notice_an_error(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mock_script script = pages;
        struct mim_open_options options = { .control = { .strict = 1 } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK);
        mock.notices = true;
        struct mim_frame frame = { 0 };
        struct mim_error err;
        enum mim_status status;
        while ((status = mim_reader_next(reader, &frame, &err)) == MIM_OK)
            continue;
        CHECK(status == MIM_UNSUPPORTED && strstr(err.message, "are errors here"));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- memory ----------------------------------------------------------------------------------------------------------- */

static void
frames_of_100k(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = 1000;
    info->height = 100;
    info->channels = 1;
    info->work_size = 50000;
}

/* What reading all frames comes to, and how far it gets. */
static enum mim_status
read_within(const struct mock_script *script, unsigned threads, uint64_t working_bytes, int *frames, uint64_t *peak,
            struct mim_error *err)
{
    struct mim_open_options options = { .control = { .limits = { .working_bytes = working_bytes } }, .sample = MIM_SAMPLE_U16 };
    struct mim_context *context = mock_context(script, threads);
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    enum mim_status status;
    *frames = 0;
    while ((status = mim_reader_next(reader, &frame, err)) == MIM_OK)
        ++*frames;
    mim_frame_clear(&frame);
    *peak = atomic_load(&mim_reader_work(reader)->account.peak);
    mim_reader_close(reader);
    mim_context_destroy(context);
    return status;
}

static void
the_verdict_of_working_memory_is_one_frames_need(void)
{
    struct mock_script script = { .count = 40, .shape = frames_of_100k, .busy_us = 120, .packet_bytes = 1000,
                                  .worker_bytes = 5000, .pixels_bytes = 20000, .parts = 4 };
    /* found by a single thread: 1000-wide rows are 1024 apart */
    const uint64_t least = 100 * 1024 + 50000 + 1000 + 5000 + 20000;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_error err = { 0 };
        uint64_t peak;
        int frames;
        CHECK(read_within(&script, thread_counts[t], least, &frames, &peak, &err) == MIM_END && frames == 40);
        CHECK(peak == least);
        CHECK(read_within(&script, thread_counts[t], least - 1, &frames, &peak, &err) == MIM_LIMIT && frames == 0);
        CHECK(err.frame == 0 && err.allowed == least - 1 && err.needed > 0 && strstr(err.message, "working memory"));
        CHECK(peak <= least - 1);
        CHECK(read_within(&script, thread_counts[t], 3 * least, &frames, &peak, &err) == MIM_END && frames == 40);
        CHECK(peak <= 3 * least);
    }
}

static void
a_frame_that_grows_too_large_is_named(void)
{
    struct mock_script script = pages;
    script.busy_us = 100;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .frame_pixels = 1500 } } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        struct mim_error err;
        struct mim_frame frame = { 0 };
        enum mim_status status;
        uint64_t frames = 0;
        while ((status = mim_reader_next(reader, &frame, &err)) == MIM_OK)
            frames++;
        mim_frame_clear(&frame);
        CHECK(status == MIM_LIMIT && err.allowed == 1500 && err.needed > 1500 && err.frame == frames && frames > 3);
        CHECK(mim_reader_read(reader, frames + 1, &frame, NULL) == MIM_OK);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
too_many_frames_are_a_limit(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .frames = 6 } } };
        struct mim_context *context = mock_context(&pages, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        struct mim_frame frame = { 0 };
        struct mim_error err;
        for (int i = 0; i < 6; i++)
            CHECK(next_status(reader) == MIM_OK);
        CHECK(mim_reader_next(reader, &frame, &err) == MIM_LIMIT && err.allowed == 6 && err.needed == 7);
        CHECK(next_status(reader) == MIM_LIMIT);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
metadata_has_a_limit_of_its_own(void)
{
    struct mock_script script = pages;
    script.metadata_bytes = 5000;
    for (uint64_t limit = 4000; limit <= 8000; limit += 4000) {
        struct mim_open_options options = { .control = { .limits = { .metadata_bytes = limit } } };
        struct mim_context *context = mock_context(&script, 2);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == (limit == 4000 ? MIM_LIMIT : MIM_OK));
        mim_reader_close(reader);
        options.no_metadata = 1;
        reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static void
a_gigantic_frame(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = info->height = UINT32_MAX;
    info->channels = UINT32_MAX;
    info->sample = MIM_SAMPLE_F64;
}

static void
sizes_beyond_counting_are_refused(void)
{
    struct mock_script script = { .shape = a_gigantic_frame };
    struct mim_open_options options = { .control = { .limits = { .frame_pixels = MIM_NO_LIMIT } } };
    struct mim_context *context = mock_context(&script, 1);
    struct mim_reader *reader = mock_reader(context, &options);
    CHECK(next_status(reader) == MIM_NOMEM);
    CHECK(mock_counted.pixels == 0);
    mim_reader_close(reader);
    reader = mock_reader(context, NULL);
    CHECK(next_status(reader) == MIM_LIMIT);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

/* --- memory that is lent ---------------------------------------------------------------------------------------------- */

static void
frames_go_into_memory_that_is_lent(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    uint8_t memory[4 * 10 + 1];
    struct mim_frame frame = { 0 };
    struct mim_error err;

    memset(memory, 0xee, sizeof memory);
    mim_frame_lend(&frame, memory, 36, 10); /* 3 strides and a row */
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK);
    CHECK(frame.data == memory && frame.stride == 10 && mock_is_frame(&frame, 0));
    CHECK(memory[6] == 0xee && memory[9] == 0xee && memory[36] == 0xee);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.data == memory && mock_is_frame(&frame, 1));

    mim_frame_lend(&frame, memory, 35, 10);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_ARGUMENT && strstr(err.message, "36") && strstr(err.message, "35"));
    mim_frame_lend(&frame, memory, 40, 5);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_ARGUMENT);
    mim_frame_lend(&frame, memory, 24, 0);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.stride == 6 && mock_is_frame(&frame, 2));
    mim_frame_clear(&frame);
    CHECK(mim_reader_next(reader, &frame, &err) == MIM_OK && frame.data != memory && mock_is_frame(&frame, 3));
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
frames_outlive_their_reader_and_are_the_callers_to_change(void)
{
    struct mim_context *context = mock_context(&(struct mock_script){ 0 }, 2);
    struct mim_reader *reader = mock_reader(context, NULL);
    struct mim_frame frames[10] = { { 0 } };
    for (int i = 0; i < 10; i++) {
        CHECK(mim_reader_next(reader, &frames[i], NULL) == MIM_OK);
        if (i > 0)
            memset(frames[i - 1].data, i, 6);
    }
    mim_reader_close(reader);
    mim_context_destroy(context);
    for (int i = 0; i < 9; i++)
        CHECK(((uint8_t *)frames[i].data)[3] == i + 1);
    CHECK(mock_is_frame(&frames[9], 9));
    for (int i = 0; i < 10; i++)
        mim_frame_clear(&frames[i]);
}

/* --- being stopped ---------------------------------------------------------------------------------------------------- */

static void
frame_of_100_megapixels(uint64_t index, struct mim_frame_info *info)
{
    info->width = index == 1 ? 10000 : 10;
    info->height = index == 1 ? 10000 : 10;
}

static void
fill_nothing(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)index, (void)part, (void)raster;
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double requested;

static void *
cancel_soon(void *cancel)
{
    usleep(60000);
    requested = seconds();
    mim_cancel_request(cancel);
    return NULL;
}

static double
seconds_to_cancel(uint32_t parts_of_frame, unsigned threads)
{
    const struct mock_script script = { .shape = frame_of_100_megapixels, .fill = fill_nothing, .endless = 2,
                                        .busy_us = 100, .parts = parts_of_frame };
    struct mim_cancel *cancel = mim_cancel_create();
    struct mim_open_options options = { .control = { .cancel = cancel } };
    struct mim_context *context = mock_context(&script, threads);
    struct mim_reader *reader = mock_reader(context, &options);
    pthread_t thread;
    CHECK(next_status(reader) == MIM_OK);
    CHECK(!pthread_create(&thread, NULL, cancel_soon, cancel));
    CHECK(next_status(reader) == MIM_CANCELLED);
    double took = seconds() - requested;
    pthread_join(thread, NULL);
    CHECK(next_status(reader) == MIM_CANCELLED);

    /* not for ever: who takes it back goes on */
    mock.endless = 0;
    mim_cancel_reset(cancel);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 1);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 2);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    mim_cancel_destroy(cancel);
    return took;
}

static void
cancel_ends_a_long_frame_within_100_ms(void)
{
    for (uint32_t p = 1; p <= 4; p += 3)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            double took = 1;
            for (int again = 0; again < 3 && took >= 0.1; again++) /* a busy machine may be late itself */
                took = seconds_to_cancel(p, thread_counts[t]);
            CHECK(took < 0.1);
        }
}

static void
a_deadline_ends_a_long_frame_within_100_ms(void)
{
    struct mock_script script = { .endless = 1 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        struct mim_open_options options = { .control = { .limits = { .milliseconds = 80 } } };
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        double start = seconds();
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_TIMEOUT && next_status(reader) == MIM_TIMEOUT);
        double took = seconds() - start;
        CHECK(took >= 0.078 && took < 0.18);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

static int
stop_at_the_third(void *user, const struct mim_progress *progress)
{
    *(uint64_t *)user = progress->total;
    return progress->done == 3;
}

static void
progress_counts_and_cancels(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        uint64_t total = 0;
        struct mim_tally tally = { 0 };
        struct mim_open_options options = { .control = { .progress = stop_at_the_third, .user = &total, .tally = &tally } };
        struct mock_script script = pages;
        script.claimed = 23;
        script.sure = MIM_SURE_HEADER;
        struct mim_context *context = mock_context(&script, thread_counts[t]);
        struct mim_reader *reader = mock_reader(context, &options);
        CHECK(next_status(reader) == MIM_OK && next_status(reader) == MIM_OK);
        CHECK(next_status(reader) == MIM_CANCELLED && total == 23 && tally.frames == 3);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- two at once ------------------------------------------------------------------------------------------------------ */

static void *
scan_in_a_context_of_its_own(void *argument)
{
    struct mim_context *context = argument;
    for (int round = 0; round < 3; round++) {
        struct mim_reader *reader = mock_reader(context, NULL);
        struct mim_frame frame = { 0 };
        for (uint64_t i = 0; i < expected_count; i++)
            MUST(mim_reader_next(reader, &frame, NULL) == MIM_OK && same(&frame, &expected[i]));
        MUST(mim_reader_read(reader, 3, &frame, NULL) == MIM_OK && same(&frame, &expected[3]));
        mim_frame_clear(&frame);
        mim_reader_close(reader);
    }
    return NULL;
}

static void
two_contexts_in_two_threads_do_not_meet(void)
{
    expect(&animation);
    struct mim_context *contexts[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        contexts[i] = mock_context(&animation, 3);
    for (int i = 0; i < 2; i++)
        CHECK(!pthread_create(&threads[i], NULL, scan_in_a_context_of_its_own, contexts[i]));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        mim_context_destroy(contexts[i]);
    }
    forget_expected();
}

static void
two_readers_of_one_context_share_its_threads(void)
{
    expect(&pages);
    struct mim_context *context = mock_context(&pages, 3);
    struct mim_reader *a = mock_reader(context, NULL), *b = mock_reader(context, NULL);
    for (size_t i = 0; i < expected_count; i++) {
        check_next(a, i);
        check_read(b, expected_count - 1 - i);
        if (i)
            check_next(b, expected_count - i);
    }
    mim_reader_close(a);
    mim_reader_close(b);
    mim_context_destroy(context);
    forget_expected();
}

/* --- timing ----------------------------------------------------------------------------------------------------------- */

static void
ticks_of_a_thousandth(struct mim_sequence *sequence)
{
    sequence->time_num = 1;
    sequence->time_den = 1000;
}

static void
timestamps_without_durations(uint64_t index, struct mim_frame_info *info)
{
    info->pts = (int64_t)(index * index * 10);
}

static void
a_duration_is_what_is_left_until_the_next_timestamp(void)
{
    struct mock_script script = { .count = 6, .sequence = ticks_of_a_thousandth, .shape = timestamps_without_durations,
                                  .busy_us = 100 };
    for (int any_order = 0; any_order < 2; any_order++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mim_context *context = mock_context(with(&script, any_order), thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_frame_facts facts;
            for (int i = 0; i < 6; i++) {
                CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
                CHECK(frame.duration == (i == 5 ? 0 : (2 * i + 1) * 10) && frame.pts == i * i * 10);
            }
            CHECK(mim_reader_read(reader, 2, &frame, NULL) == MIM_OK && frame.duration == 50);
            CHECK(mim_frame_seconds(&frame) > 0.0499 && mim_frame_seconds(&frame) < 0.0501);
            CHECK(mim_reader_info(reader, 3, &facts, NULL) == MIM_OK && facts.duration == 70);
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 3 && frame.duration == 70);
            mim_frame_clear(&frame);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_scan_is_the_same_on_any_number_of_threads),
        CASE(backwards_gives_the_frames_of_a_scan),
        CASE(any_walk_gives_the_frames_of_a_scan),
        CASE(looking_at_facts_moves_nothing),
        CASE(closing_early_releases_what_was_prepared),
        CASE(range_changes_nothing_also_when_the_count_is_known),
        CASE(a_count_that_lies_ends_where_the_frames_do),
        CASE(errors_of_pixels_belong_to_their_frame),
        CASE(of_several_damaged_parts_the_first_is_named),
        CASE(what_is_drawn_over_damage_is_damaged_until_a_key_frame),
        CASE(errors_of_prepare_end_the_sequence),
        CASE(a_failed_open_is_closed),
        CASE(a_count_of_a_damaged_file_says_how_many_are_good),
        CASE(failed_metadata_fails_its_frame_alone),
        CASE(facts_that_make_no_sense_are_the_plugins_fault),
        CASE(a_status_that_is_none_is_the_plugins_fault),
        CASE(notices_come_with_their_frames_in_order),
        CASE(strict_makes_a_notice_an_error),
        CASE(the_verdict_of_working_memory_is_one_frames_need),
        CASE(a_frame_that_grows_too_large_is_named),
        CASE(too_many_frames_are_a_limit),
        CASE(metadata_has_a_limit_of_its_own),
        CASE(sizes_beyond_counting_are_refused),
        CASE(frames_go_into_memory_that_is_lent),
        CASE(frames_outlive_their_reader_and_are_the_callers_to_change),
        CASE(cancel_ends_a_long_frame_within_100_ms),
        CASE(a_deadline_ends_a_long_frame_within_100_ms),
        CASE(progress_counts_and_cancels),
        CASE(two_contexts_in_two_threads_do_not_meet),
        CASE(two_readers_of_one_context_share_its_threads),
        CASE(a_duration_is_what_is_left_until_the_next_timestamp),
    };
    return cmocka_run_group_tests_name("reader", cases, NULL, NULL);
}
