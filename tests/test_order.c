/* SPDX-License-Identifier: MIT */
/* Frames in any order: the same as in a scan, and decoded about as often. */
#include <inttypes.h>

#include "api/reader-priv.h"
#include "reader-cases.h"

/* --- orders ------------------------------------------------------------------------------------------------------- */

#define LONGEST 200

struct order {
    uint64_t indices[LONGEST];
    size_t count;
};

static void
add(struct order *order, uint64_t index)
{
    order->indices[order->count++] = index;
}

static void
reversed(struct order *order, uint64_t frames)
{
    for (uint64_t i = frames; i-- > 0;)
        add(order, i);
}

static void
strided(struct order *order, uint64_t frames)
{
    for (uint64_t i = 1; i < frames; i += 3)
        add(order, i);
    for (uint64_t i = frames; i >= 4; i -= 4)
        add(order, i - 1);
}

static void
shuffled_with_repeats(struct order *order, uint64_t frames)
{
    uint32_t seed = 4711;
    for (size_t i = 0; i < 60; i++) {
        seed = seed * 1664525u + 1013904223u;
        for (uint32_t again = 0; again <= (seed >> 5) % 3; again++)
            add(order, (seed >> 9) % frames);
    }
}

static void
from_both_ends(struct order *order, uint64_t frames)
{
    for (uint64_t i = 0; i < frames / 2; i++) {
        add(order, i);
        add(order, frames - 1 - i);
    }
}

static void
again_and_again(struct order *order, uint64_t frames)
{
    for (uint64_t i = 0; i < 3 * frames; i++)
        add(order, i % frames);
    for (uint64_t i = 0; i < 9; i++)
        add(order, 5);
}

static void (*const orders[])(struct order *order, uint64_t frames) = { reversed, strided, shuffled_with_repeats,
                                                                        from_both_ends, again_and_again };
#define ORDERS (sizeof orders / sizeof *orders)

/* --- the same frames ---------------------------------------------------------------------------------------------- */

static struct mock_script
grouped(void)
{
    struct mock_script script = pages;
    script.any_order = true;
    script.group = 7;
    return script;
}

/* Pictures of 1 byte are smaller than any frame, so that packets wait for their turn. */
static struct mock_script
parked(void)
{
    struct mock_script script = grouped();
    script.picture_bytes = 1;
    script.has_metadata = true;
    return script;
}

static void
read_by_selection(struct mim_reader *reader, const struct order *order)
{
    struct mim_range ranges[LONGEST];
    for (size_t i = 0; i < order->count; i++) {
        int64_t at = (int64_t)order->indices[i];
        ranges[i] = (struct mim_range){ .start = at, .stop = at + 1, .has_start = 1, .has_stop = 1 };
    }
    CHECK(mim_reader_select(reader, ranges, order->count, 0, NULL) == MIM_OK);
    for (size_t i = 0; i < order->count; i++)
        check_next(reader, order->indices[i]);
    CHECK(next_status(reader) == MIM_END);
}

static void
read_by_list(struct mim_reader *reader, const struct order *order)
{
    static struct mim_frame frames[LONGEST];
    CHECK(mim_reader_read_many(reader, order->indices, order->count, frames, NULL) == MIM_OK);
    for (size_t i = 0; i < order->count; i++) {
        CHECK(same(&frames[i], &expected[order->indices[i]]));
        mim_frame_clear(&frames[i]);
    }
    uint64_t last = order->indices[order->count - 1];
    if (last + 1 < expected_count)
        check_next(reader, last + 1);
}

/* 1: by an iterator that also asks for facts now and then. */
static void
read_one_by_one(struct mim_reader *reader, const struct order *order)
{
    struct mim_frame_facts facts;
    for (size_t i = 0; i < order->count; i++) {
        check_read(reader, order->indices[i]);
        if (i % 11 == 3)
            CHECK(mim_reader_info(reader, order->indices[i] / 2, &facts, NULL) == MIM_OK);
    }
}

static void
check_orders(const struct mock_script *script, unsigned threads, uint64_t working_bytes)
{
    void (*const ways[])(struct mim_reader *, const struct order *) = { read_by_selection, read_by_list,
                                                                        read_one_by_one };
    struct mim_open_options options = { .control.limits.working_bytes = working_bytes };
    for (size_t i = 0; i < ORDERS; i++) {
        struct order order = { .count = 0 };
        orders[i](&order, expected_count);
        struct mim_context *context = mock_context(script, threads);
        struct mim_reader *reader = mock_reader(context, &options);
        for (size_t w = 0; w < 3; w++)
            ways[w](reader, &order);
        mim_reader_close(reader);
        CHECK(mock_counted.opens == mock_counted.closes && mock_counted.prepares == mock_counted.releases);
        mim_context_destroy(context);
    }
}

static void
any_order_gives_the_frames_of_a_scan(void)
{
    const struct mock_script video = grouped(), waiting = parked(), turning = *with(&animation, true),
                             scripts[] = { pages, parts, video, waiting, animation, turning };
    const uint64_t memory[] = { 0, 40000, 70000 }; /* a frame needs up to 20 000 */
    for (size_t k = 0; k < sizeof scripts / sizeof *scripts; k++) {
        struct mock_script script = scripts[k];
        script.busy_us = 20;
        expect(&script);
        for (size_t t = 0; t < THREAD_COUNTS; t++)
            for (size_t m = 0; m < sizeof memory / sizeof *memory; m++)
                check_orders(&script, thread_counts[t], memory[m]);
    }
    forget_expected();
}

/* --- how often they are decoded ----------------------------------------------------------------------------------- */

static void
canvas_of_40x25(struct mim_sequence *sequence)
{
    sequence->canvas_width = 40;
    sequence->canvas_height = 25;
    sequence->opaque = 0;
}

static void
spot(uint64_t index, struct mim_frame_info *info)
{
    info->sample = MIM_SAMPLE_INDEX8;
    info->width = 6;
    info->height = 4;
    info->x = (int32_t)(index % 34);
    info->y = (int32_t)(index % 21);
    info->dispose = index % 5 ? MIM_DISPOSE_KEEP : MIM_DISPOSE_PREVIOUS;
}

static void
fill_spot(uint64_t index, uint32_t part, struct mim_raster *raster)
{
    (void)part;
    memset(raster->data, 0, raster->stride * raster->height);
    memcpy(raster->palette, (uint8_t[]){ (uint8_t)index, (uint8_t)(index / 3), (uint8_t)(index / 7), 255 }, 4);
}

static void
plain_frame(uint64_t index, struct mim_frame_info *info)
{
    (void)index;
    info->width = 100;
    info->height = 10;
    info->channels = 4;
}

enum { RUN = 600, FRAME = 4000 };

static const struct mock_script spots = { .count = RUN,
                                          .claimed = RUN,
                                          .sure = MIM_SURE_EXACT,
                                          .sequence = canvas_of_40x25,
                                          .shape = spot,
                                          .fill = fill_spot,
                                          .any_order = true };
static const struct mock_script film = {
    .count = RUN, .claimed = RUN, .sure = MIM_SURE_EXACT, .shape = plain_frame, .any_order = true, .group = 250
};
/* Of 4:2:0, in half the bytes of RGB. */
static const struct mock_script compact_film = { .count = RUN,
                                                 .claimed = RUN,
                                                 .sure = MIM_SURE_EXACT,
                                                 .shape = plain_frame,
                                                 .any_order = true,
                                                 .group = 250,
                                                 .picture_bytes = FRAME / 2 };

/* Reads all frames of the ranges; the peak of the working memory is within its ceiling. */
static long
decodes_of(const struct mock_script *script, const struct mim_range *ranges, size_t count, uint64_t working_bytes,
           unsigned threads)
{
    struct mim_open_options options = { .control.limits.working_bytes = working_bytes };
    struct mim_context *context = mock_context(script, threads);
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    uint64_t delivered = 0;
    CHECK(mim_reader_select(reader, ranges, count, 0, NULL) == MIM_OK);
    uint64_t selected = mim_reader_selected(reader, NULL);
    while (mim_reader_next(reader, &frame, NULL) == MIM_OK)
        delivered++;
    CHECK(delivered == selected && mock_counted.pixels >= (long)delivered);
    if (working_bytes)
        CHECK(atomic_load(&reader->operation.budget.peak) <= working_bytes);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
    return script->group ? mock_counted.decodes : mock_counted.pixels;
}

static void
backwards_is_decoded_about_once_or_twice(void)
{
    static const struct mim_range backwards = { .step = -1 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(decodes_of(&film, &backwards, 1, 0, thread_counts[t]) <= RUN + 2);
        CHECK(decodes_of(&spots, &backwards, 1, 0, thread_counts[t]) <= RUN + 2);
        /* 70 canvases, as in 64 MB for 640 x 360 */
        CHECK(decodes_of(&spots, &backwards, 1, 70 * (FRAME + 1500), thread_counts[t]) <= 22 * RUN / 10);
    }
}

/* The cost is (1 + run / held), where half of the memory holds a quarter of the run. */
/* About 100 frames, or 170 pictures, fit: a group of 250 is decoded twice at most, and none begins before its key frame. */
static void
windows_end_at_key_frames(void)
{
    static const struct mim_range backwards = { .step = -1 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        long film_decodes = decodes_of(&film, &backwards, 1, 112 * (FRAME + 1500), thread_counts[t]);
        long compact_decodes = decodes_of(&compact_film, &backwards, 1, 112 * (FRAME + 1500), thread_counts[t]);
        CHECK(film_decodes <= 23 * RUN / 10 && compact_decodes <= 15 * RUN / 10);
    }
}

static void
less_memory_costs_passes_in_proportion(void)
{
    static const struct mim_range backwards = { .step = -1 };
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(decodes_of(&film, &backwards, 1, 2 * 62 * FRAME, thread_counts[t]) <= 13 * (1 + 4) * RUN / 10);
        CHECK(decodes_of(&compact_film, &backwards, 1, 2 * 31 * FRAME, thread_counts[t]) <= 13 * (1 + 4) * RUN / 10);
        CHECK(decodes_of(&spots, &backwards, 1, 2 * 150 * FRAME, thread_counts[t]) <= 13 * (1 + 4) * RUN / 10);
        CHECK(decodes_of(&spots, &backwards, 1, 12 * FRAME, thread_counts[t]) <= 13 * (1 + 100) * RUN / 10);
    }
}

static void
interleaved_frames_cost_one_pass(void)
{
    struct mim_range ranges[40];
    for (int64_t i = 0; i < 40; i++) {
        int64_t at = i % 2 ? RUN - 1 - i / 2 : i / 2;
        ranges[i] = (struct mim_range){ .start = at, .stop = at + 1, .has_start = 1, .has_stop = 1 };
    }
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(decodes_of(&spots, ranges, 40, 0, thread_counts[t]) == RUN);
        CHECK(decodes_of(&film, ranges, 40, 0, thread_counts[t]) <= 2 + 20 + 100);
        CHECK(decodes_of(&compact_film, ranges, 40, 0, thread_counts[t]) <= 2 + 20 + 100);
    }
}

static void
forwards_keeps_nothing(void)
{
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        CHECK(decodes_of(&spots, NULL, 0, 9 * FRAME, thread_counts[t]) == RUN);
        CHECK(decodes_of(&film, NULL, 0, 9 * FRAME, thread_counts[t]) == RUN);
        CHECK(decodes_of(&compact_film, NULL, 0, 9 * FRAME, thread_counts[t]) == RUN);
    }
}

static void
steps_back_are_free_after_the_first(void)
{
    const struct mock_script *const scripts[] = { &spots, &film };
    for (size_t k = 0; k < 2; k++) {
        struct mim_context *context = mock_context(scripts[k], 1);
        struct mim_reader *reader = mock_reader(context, NULL);
        struct mim_frame frame = { 0 };
        for (int i = 0; i < 300; i++)
            CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
        CHECK(mim_reader_read(reader, 298, &frame, NULL) == MIM_OK);
        long decodes = mock_counted.pixels;
        for (uint64_t i = 298; i-- > 250;)
            CHECK(mim_reader_read(reader, i, &frame, NULL) == MIM_OK && frame.index == i);
        CHECK(mock_counted.pixels == decodes);
        CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == 251);
        mim_frame_clear(&frame);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

/* --- errors, progress, limits ------------------------------------------------------------------------------------- */

static void
a_damaged_frame_fails_in_its_turn(void)
{
    static const struct mim_range backwards = { .step = -1 };
    for (int op = 0; op < 4; op++)
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            struct mock_script script = op < 2 ? film : compact_film;
            script.faults[0] =
                (struct mock_fault){ .op = op % 2 ? MOCK_PREPARE : MOCK_PIXELS, .frame = 400, .status = MIM_CORRUPT };
            struct mim_context *context = mock_context(&script, thread_counts[t]);
            struct mim_reader *reader = mock_reader(context, NULL);
            struct mim_frame frame = { 0 };
            struct mim_error err = { 0 };
            CHECK(mim_reader_select(reader, &backwards, 1, 0, NULL) == MIM_OK);
            for (uint64_t i = RUN; i-- > 401;)
                CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK && frame.index == i);
            for (int again = 0; again < 2; again++)
                CHECK(mim_reader_next(reader, &frame, &err) == MIM_CORRUPT && err.frame == 400);
            mim_frame_clear(&frame);
            mim_reader_close(reader);
            mim_context_destroy(context);
        }
}

struct seen {
    uint64_t done, total, calls;
};

static int
see_progress(void *user, const struct mim_progress *progress)
{
    struct seen *seen = user;
    CHECK(progress->done >= seen->done);
    *seen = (struct seen){ progress->done, progress->total, seen->calls + 1 };
    return 0;
}

static void
progress_moves_while_a_run_is_decoded(void)
{
    static const struct mim_range backwards = { .step = -1 };
    struct seen seen = { 0 };
    struct mim_tally tally = { 0 };
    struct mim_open_options options = { .control = { .progress = see_progress, .user = &seen, .tally = &tally } };
    struct mim_context *context = mock_context(&film, 1);
    struct mim_reader *reader = mock_reader(context, &options);
    struct mim_frame frame = { 0 };
    CHECK(mim_reader_select(reader, &backwards, 1, 0, NULL) == MIM_OK);
    CHECK(mim_reader_next(reader, &frame, NULL) == MIM_OK);
    CHECK(seen.calls >= 100 && seen.done >= 100 && seen.total == RUN && tally.frames == 1);
    while (mim_reader_next(reader, &frame, NULL) == MIM_OK)
        continue;
    CHECK(seen.done == RUN && tally.frames == RUN);
    mim_frame_clear(&frame);
    mim_reader_close(reader);
    mim_context_destroy(context);
}

static void
a_list_has_the_budget_of_one_result(void)
{
    const uint64_t indices[] = { 9, 2, 9 };
    struct mim_frame frames[3] = { 0 };
    struct mim_error err = { 0 };
    for (int whole = 0; whole < 2; whole++) {
        struct mim_open_options options = { .control.limits.result_bytes = 2 * FRAME + (whole ? FRAME : 0) };
        struct mim_context *context = mock_context(&film, 2);
        struct mim_reader *reader = mock_reader(context, &options);
        for (int again = 0; again < 2; again++) {
            CHECK(mim_reader_read_many(reader, indices, 3, frames, &err) == (whole ? MIM_OK : MIM_LIMIT));
            CHECK(frames[0].index == 9 && frames[1].index == 2 && (frames[2].data != NULL) == (whole != 0));
            CHECK(whole || (err.frame == 9 && err.needed == 3 * FRAME));
            for (size_t i = 0; i < 3; i++)
                mim_frame_clear(&frames[i]);
        }
        CHECK(mim_reader_read_many(reader, (uint64_t[]){ 1, RUN }, 2, frames, &err) == MIM_RANGE && !frames[0].data);
        CHECK(mim_reader_read_many(reader, NULL, 1, frames, &err) == MIM_ARGUMENT);
        CHECK(mim_reader_read_many(reader, NULL, 0, NULL, &err) == MIM_OK);
        mim_reader_close(reader);
        mim_context_destroy(context);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_order_gives_the_frames_of_a_scan),
        CASE(backwards_is_decoded_about_once_or_twice),
        CASE(windows_end_at_key_frames),
        CASE(less_memory_costs_passes_in_proportion),
        CASE(interleaved_frames_cost_one_pass),
        CASE(forwards_keeps_nothing),
        CASE(steps_back_are_free_after_the_first),
        CASE(a_damaged_frame_fails_in_its_turn),
        CASE(progress_moves_while_a_run_is_decoded),
        CASE(a_list_has_the_budget_of_one_result),
    };
    return cmocka_run_group_tests_name("order", cases, NULL, NULL);
}
