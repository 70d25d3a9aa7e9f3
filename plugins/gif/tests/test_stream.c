/* SPDX-License-Identifier: MIT */
/* What the file has of its own: plays, comment, a colour table. */
#include "animations.h"

static void
check_loop(int64_t option, int32_t source, int32_t expected)
{
    const struct setting settings[] = { { .name = "loop", .number = option }, { 0 } };
    struct animation animation = animation_blank(3, 2);
    struct host host = { 0 };
    struct reading reading;

    animation.loop = source;
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading.sequence.loop == expected);
    reading_close(&reading);
    free(animation.frames);
}

static void
counts_plays_in_total(void)
{
    check_loop(-1, -1, 0);
    check_loop(-1, 0, 0);
    check_loop(-1, 1, 1);
    check_loop(-1, 5, 5);
    check_loop(0, 5, 0);
    check_loop(1, 0, 1);
    check_loop(2, 0, 2);
    check_loop(65536, 0, 65536);
    check_loop(-1, 1000000, 65536);
}

static void
stores_the_comment(void)
{
    char text[600];
    struct animation animation = animation_blank(3, 2);
    struct host host = { 0 };
    struct reading reading;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const struct setting settings[] = { { .name = "comment", .value = text }, { 0 } };
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(strstr(reading.host.meta, text));
    reading_close(&reading);
    free(animation.frames);
}

/* A table for each frame against one for the file, of 64 entries. */
static void
an_equal_colour_table_is_stored_once(void)
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

/* Of frame `n` colours 4 n to 4 n + 39, at random places. */
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

/* Six frames have 60 colours, and each a table of 64: the file's is enough. */
static void
colours_that_fit_one_table_are_stored_once(void)
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

/* Of fifty frames six, as above, and those in whose table all is already. */
static void
colours_that_fit_no_more_stay_the_frame_s(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct animation animation = shifting_colours(50);

    animation_check_exact(&animation, whole);
    animation_check_exact(&animation, NULL);
    CHECK(animation_size(&animation, local) == animation_size(&animation, whole) + 6 * 64 * 3);
    free(animation.frames);
}

/* Other frames may hold all there is just then. */
static void
putting_a_frame_takes_no_memory(void)
{
    for (int64_t palette = 0; palette < 3; palette++) {
        const struct setting settings[] = { { .name = "palette", .number = palette }, { 0 } };
        struct animation animation = shifting_colours(50);
        struct host host = { 0 };

        CHECK(animation_write(&host, &animation, settings) == MIM_OK);
        CHECK(host.allocations_of_put == 0);
        free(host.sink.data);
        free(animation.frames);
    }
}

/* Of all frames, if they have few enough colours together; with holes and without, with an entry to spare and without. */
static void
few_colours_of_all_frames_come_back_exactly(void)
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
        CASE(stores_the_comment),
        CASE(an_equal_colour_table_is_stored_once),
        CASE(colours_that_fit_one_table_are_stored_once),
        CASE(colours_that_fit_no_more_stay_the_frame_s),
        CASE(putting_a_frame_takes_no_memory),
        CASE(few_colours_of_all_frames_come_back_exactly),
    };
    return cmocka_run_group_tests_name("stream", cases, NULL, NULL);
}
