/* SPDX-License-Identifier: MIT */
/* Frame delays, and refused shapes. */
#include "animations.h"

static void
stores_delays_as_they_are(void)
{
    const int64_t durations[4] = { 3, 0, 65535, 7 };
    struct animation animation = animation_blank(3, 4);
    struct mim_test_host host = { 0 };
    struct reading reading;
    int64_t start = 0;

    animation.durations = durations;
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    for (uint32_t i = 0; i < 4; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(reading.info.pts == start && reading.info.duration == durations[i]);
        start += durations[i] < 2 ? 10 : durations[i]; /* as players show it */
    }
    reading_close(&reading);
    free(animation.frames);
}

static void
check_refused(const struct animation *animation, const char *text)
{
    struct mim_test_host host = { 0 };

    CHECK(animation_write(&host, animation, NULL) == MIM_ARGUMENT);
    CHECK(strstr(host.message, text));
    CHECK(host.sink.size == 0);
    mim_test_host_clear(&host);
}

static void
refuses_shapes_that_gif_does_not_have(void)
{
    struct animation animation = animation_blank(3, 3), five = animation_blank(5, 1);

    check_refused(&five, "GIF supports 1 to 4 channels, this frame has 5");
    animation.width = 65536;
    check_refused(&animation, "65536x23");
    free(animation.frames);
    free(five.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(stores_delays_as_they_are),
        CASE(refuses_shapes_that_gif_does_not_have),
    };
    return cmocka_run_group_tests_name("timing", cases, NULL, NULL);
}
