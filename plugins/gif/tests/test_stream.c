/* SPDX-License-Identifier: MIT */
/* The file as a whole: loop count, comment, shared colour table. */
#include "animations.h"

#include "random.h"

static void
check_loop(uint32_t count, int32_t loop, uint32_t timing, int32_t expected)
{
    struct animation animation = animation_blank(3, count);
    struct mim_test_host host = { 0 };
    struct reading reading;

    animation.loop = loop;
    animation.timing = timing;
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading.sequence.loop == expected);
    reading_close(&reading);
    free(animation.frames);
}

static void
counts_plays_in_total(void)
{
    for (uint32_t count = 1; count <= 2; count++) {
        check_loop(count, 0, MIM_TIMING_LOOP, 0);
        check_loop(count, 1, MIM_TIMING_LOOP, 1);
        check_loop(count, 2, MIM_TIMING_LOOP, 2);
        check_loop(count, 65536, MIM_TIMING_LOOP, 65536);
    }
    check_loop(2, 5, 0, 5);
}

static void
counts_no_plays_of_a_picture_unless_requested(void)
{
    check_loop(1, 0, 0, 1);
    check_loop(1, 5, MIM_TIMING_FPS | MIM_TIMING_DURATION, 1);
}

static void
stores_the_comment(void)
{
    char text[600];
    struct animation animation = animation_blank(3, 2);
    struct mim_test_host host = { 0 };
    struct reading reading;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const struct setting settings[] = { { .name = "comment", .value = text }, { 0 } };
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(mim_test_host_reported(&reading.host, text));
    reading_close(&reading);
    free(animation.frames);
}

/* Compares a local table of 64 entries per frame with one global table. */
static void
stores_an_equal_colour_table_once(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct animation animation = animation_blank(3, 5);

    for (uint32_t frame = 0; frame < 5; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[0] = i < 64 ? i : (i + frame) % 64;
    animation_check_exact(&animation, whole);
    animation_check_exact(&animation, local);
    CHECK(animation_size(&animation, local) == animation_size(&animation, whole) + 4 * 64 * 3);
    free(animation.frames);
}

/* Frame n has 40 colours from 4 n + 3 on, at random places. */
static struct animation
shifting_colours(uint32_t count)
{
    struct animation animation = animation_blank(3, count);
    uint64_t seed = 11;

    for (uint32_t frame = 0; frame < count; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[1] = 3 + 4 * frame + (i < 40 ? i : next_random(&seed) % 40);
    return animation;
}

/* Six frames have 60 colours in all, so one table of 64 is enough. */
static void
shares_a_table_for_colours_that_fit_it(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct animation animation = shifting_colours(6);

    animation_check_exact(&animation, whole);
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, local) == animation_size(&animation, whole) + 5 * 64 * 3);
    free(animation.frames);
}

/* Fifty frames have 236 colours in all. With a table of 256 their codes are longer, by less than their tables. */
static void
shares_a_table_larger_than_those_of_the_frames(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct animation animation = shifting_colours(50);

    animation_check_exact(&animation, whole);
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, whole) < animation_size(&animation, local) - 50 * 64 * 3 * 3 / 4 + 768);
    free(animation.frames);
}

/* Noise fills the table of strings. Each frame has 100 colours, all together have 195. */
static void
shares_a_table_larger_than_those_of_full_frames(void)
{
    enum { WIDTH = 120, HEIGHT = 80, COUNT = 20 };
    const struct setting local[] = { { .name = "palette", .number = 1 }, { 0 } };
    struct animation animation = { .width = WIDTH, .height = HEIGHT, .channels = 3, .count = COUNT };
    uint64_t seed = 12;

    animation.frames = calloc(COUNT, (size_t)WIDTH * HEIGHT * 3);
    CHECK(animation.frames);
    for (size_t i = 0; i < (size_t)COUNT * WIDTH * HEIGHT; i++)
        animation.frames[3 * i] = i / (WIDTH * HEIGHT) * 5 + next_random(&seed) % 100;
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, NULL) < animation_size(&animation, local) - COUNT * 128 * 3 / 4);
    free(animation.frames);
}

/* Of fifty frames the first six have 60 colours in all, as above, and the others 40 each that no other one has. */
static void
keeps_local_tables_that_do_not_fit(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct animation animation = shifting_colours(50);

    for (uint32_t frame = 6; frame < 50; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[0] = frame;
    animation_check_exact(&animation, whole);
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, local) == animation_size(&animation, whole) + 5 * 64 * 3);
    free(animation.frames);
}

/* A frame of few colours has short codes, and none of its own table, if its colours are the first of the shared one. */
static void
puts_colours_of_many_frames_first(void)
{
    const struct setting local[] = { { .name = "palette", .number = 1 }, { 0 } };
    struct animation animation = animation_blank(3, 20);
    uint64_t seed = 5;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
        animation_pixel(&animation, 0, i)[0] = next_random(&seed) % 200;
    for (uint32_t frame = 1; frame < 20; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[0] = 192 + next_random(&seed) % 8;
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, NULL) <= animation_size(&animation, local) - 19 * 8 * 3);
    free(animation.frames);
}

/* Other frames may have used up the memory when `put` runs. */
static void
puts_frames_without_allocating(void)
{
    for (int64_t palette = 0; palette < 3; palette++) {
        const struct setting settings[] = { { .name = "palette", .number = palette }, { 0 } };
        struct animation animation = shifting_colours(50);
        struct mim_test_host host = { 0 };

        animation.is_put_lean = true;
        CHECK(animation_write(&host, &animation, settings) == MIM_OK);
        mim_test_host_clear(&host);
        free(animation.frames);
    }
}

/* Exact if all frames together have few enough colours: with and without transparency, with and without a spare
 * entry. */
static void
writes_few_colours_exactly_with_a_global_palette(void)
{
    const struct setting global[] = { { .name = "palette", .number = 2 }, { .name = "dither", .number = 1 }, { 0 } };
    const struct setting whole[] = { { .name = "palette", .number = 2 },
                                     { .name = "subrectangles", .number = 0 },
                                     { 0 } };
    uint64_t seed = 7;

    for (uint32_t round = 0; round < 40; round++) {
        struct animation animation = animation_blank(round % 2 ? 4 : 3, 1 + round % 9);
        animation_scribble(&animation, &seed, round % 5 ? 2 + next_random(&seed) % 250 : 255);
        animation_check_exact(&animation, global);
        animation_check_exact(&animation, whole);
        free(animation.frames);
    }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(counts_plays_in_total),
        CASE(counts_no_plays_of_a_picture_unless_requested),
        CASE(stores_the_comment),
        CASE(stores_an_equal_colour_table_once),
        CASE(shares_a_table_for_colours_that_fit_it),
        CASE(shares_a_table_larger_than_those_of_the_frames),
        CASE(shares_a_table_larger_than_those_of_full_frames),
        CASE(keeps_local_tables_that_do_not_fit),
        CASE(puts_colours_of_many_frames_first),
        CASE(puts_frames_without_allocating),
        CASE(writes_few_colours_exactly_with_a_global_palette),
    };
    return cmocka_run_group_tests_name("stream", cases, NULL, NULL);
}
