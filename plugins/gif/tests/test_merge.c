/* SPDX-License-Identifier: MIT */
/* Merging of equal frames. */
#include "animations.h"

/* Writes images A A B B B C with options that must not change the result. */
static void
check_merged(uint32_t channels, const struct setting *settings)
{
    static const uint8_t pictures[6] = { 0, 0, 1, 1, 1, 2 };
    const int64_t durations[6] = { 5, 7, 1, 2, 3, 11 }, merged[3] = { 12, 6, 11 };
    static const uint32_t starts[3] = { 0, 2, 5 };
    struct animation animation = animation_blank(channels, 6);
    struct mim_test_host host = { 0 };
    struct reading reading;

    animation.durations = durations;
    for (uint32_t frame = 0; frame < 6; frame++) {
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++) {
            uint8_t *at = animation_pixel(&animation, frame, i);
            at[0] = 40 + pictures[frame];
            at[1] = i % 50;
            if (channels == 4) /* from B to C pixels turn transparent; the colour under transparent pixels varies */
                at[3] = i < 9 || (pictures[frame] == 2 && i % 3) ? 0 : 255;
            if (channels == 4 && !at[3])
                at[2] = frame;
        }
    }
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 3);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(reading.info.duration == merged[i]);
        CHECK(animation_is_shown(&reading, &animation, starts[i]));
    }
    reading_close(&reading);
    free(animation.frames);
}

static void
merges_equal_frames(void)
{
    const struct setting plain[] = { { .name = "merge", .number = 1 }, { 0 } };
    const struct setting whole[] = { { .name = "merge", .number = 1 },
                                     { .name = "subrectangles", .number = 0 },
                                     { 0 } };
    const struct setting clearing[] = { { .name = "merge", .number = 1 }, { .name = "disposal", .number = 1 }, { 0 } };
    const struct setting global[] = { { .name = "merge", .number = 1 }, { .name = "palette", .number = 2 }, { 0 } };

    for (uint32_t channels = 3; channels <= 4; channels++) {
        check_merged(channels, plain);
        check_merged(channels, whole);
        check_merged(channels, clearing);
        check_merged(channels, global);
    }
}

static void
splits_equal_frames_beyond_the_longest_delay(void)
{
    const struct setting settings[] = { { .name = "merge", .number = 1 }, { 0 } };
    const int64_t durations[4] = { 40000, 25535, 1, 65534 };
    struct animation animation = animation_blank(3, 4);
    struct mim_test_host host = { 0 };
    struct reading reading;

    animation.durations = durations;
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    for (uint32_t i = 0; i < 2; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK && reading.info.duration == 65535);
        CHECK(animation_is_shown(&reading, &animation, 0));
    }
    CHECK(reading_frame(&reading, 2) == MIM_END);
    reading_close(&reading);
    free(animation.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(merges_equal_frames),
        CASE(splits_equal_frames_beyond_the_longest_delay),
    };
    return cmocka_run_group_tests_name("merge", cases, NULL, NULL);
}
