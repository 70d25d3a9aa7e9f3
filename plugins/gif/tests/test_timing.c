/* SPDX-License-Identifier: MIT */
/* Frame delays, and refused durations. */
#include "animations.h"

/* Write the animation. Returns the sum of its delays, and each of them in `delays`. */
static int64_t
delays_of(const struct animation *animation, const struct setting *settings, int64_t *delays)
{
    struct mim_test_host host = { 0 };
    struct reading reading;
    int64_t sum = 0;

    CHECK(animation_write(&host, animation, settings) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    for (uint32_t i = 0; i < animation->count; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(reading.info.pts == sum);
        sum += reading.info.duration;
        if (delays)
            delays[i] = reading.info.duration;
    }
    reading_close(&reading);
    return sum;
}

static void
keeps_the_total_duration_exact(void)
{
    struct animation animation = animation_blank(3, 90);
    const struct mim_rational ntsc = { 30000, 1001 };
    const double third = 1.0 / 30, list[90] = { 0.004, 0.004, 0.004, 1.5 };
    const struct setting fps[] = { { .name = "fps", .value = &ntsc }, { 0 } };
    const struct setting one[] = { { .name = "duration", .value = &(struct mim_list){ .values = &third, .count = 1 } },
                                   { 0 } };
    const struct setting many[] = { { .name = "duration", .value = &(struct mim_list){ .values = list, .count = 90 } },
                                    { 0 } };
    int64_t delays[90];

    CHECK(delays_of(&animation, NULL, NULL) == 900);
    CHECK(delays_of(&animation, fps, delays) == 300); /* 3.003 s */
    CHECK(delays[0] == 3 && delays[1] == 4 && delays[2] == 3);
    CHECK(delays_of(&animation, one, NULL) == 300);
    CHECK(delays_of(&animation, many, delays) == 151);
    CHECK(delays[0] == 0 && delays[1] == 1 && delays[2] == 0 && delays[3] == 150);
    free(animation.frames);
}

static void
keeps_the_delays_of_the_source(void)
{
    const int64_t durations[4] = { 3, 0, 65535, 7 };
    struct animation animation = animation_blank(3, 4);
    int64_t delays[4];

    animation.durations = durations;
    delays_of(&animation, NULL, delays);
    CHECK(!memcmp(delays, durations, sizeof delays));
    free(animation.frames);
}

static void
reports_replaced_timing_once(void)
{
    const int64_t durations[3] = { 1, 2, 3 };
    const struct mim_rational rate = { 10, 1 };
    const struct setting fps[] = { { .name = "fps", .value = &rate }, { 0 } };
    struct animation animation = animation_blank(3, 3);
    struct mim_test_host host = { 0 };

    animation.durations = durations;
    CHECK(animation_write(&host, &animation, fps) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_TIMING] == 1);
    mim_test_host_clear(&host);
    free(animation.frames);
}

static void
check_refused(const struct animation *animation, const struct setting *settings, int32_t status, const char *text)
{
    struct mim_test_host host = { 0 };

    CHECK(animation_write(&host, animation, settings) == status);
    CHECK(strstr(host.message, text));
    CHECK(host.sink.size == 0);
}

static void
refuses_invalid_options_before_any_output(void)
{
    struct animation animation = animation_blank(3, 3), five = animation_blank(5, 1);
    const struct mim_rational rate = { 10, 1 }, backwards = { -1, 1 };
    const double values[] = { 1, 2 }, long_one = 655.36, negative = -1, not_a_number = __builtin_nan("");
    const struct mim_list list = { .values = values, .count = 2 };
    const struct setting both[] = { { .name = "fps", .value = &rate }, { .name = "duration", .value = &list }, { 0 } };
    const struct setting short_list[] = { { .name = "duration", .value = &list }, { 0 } };
    const struct setting too_long[] = {
        { .name = "duration", .value = &(struct mim_list){ .values = &long_one, .count = 1 } }, { 0 }
    };
    const struct setting below[] = {
        { .name = "duration", .value = &(struct mim_list){ .values = &negative, .count = 1 } }, { 0 }
    };
    const struct setting nan[] = {
        { .name = "duration", .value = &(struct mim_list){ .values = &not_a_number, .count = 1 } }, { 0 }
    };
    const struct setting back[] = { { .name = "fps", .value = &backwards }, { 0 } };

    check_refused(&animation, both, MIM_ARGUMENT, "duration and fps");
    check_refused(&animation, short_list, MIM_ARGUMENT, "2 durations for 3 frames");
    check_refused(&animation, too_long, MIM_OPTION, "655.36");
    check_refused(&animation, below, MIM_OPTION, "-1");
    check_refused(&animation, nan, MIM_OPTION, "nan");
    check_refused(&animation, back, MIM_OPTION, "above 0");
    check_refused(&five, NULL, MIM_ARGUMENT, "GIF supports 1 to 4 channels, this frame has 5");
    animation.width = 65536;
    check_refused(&animation, NULL, MIM_ARGUMENT, "65536x23");
    free(animation.frames);
    free(five.frames);
}

static void
reports_too_slow_fps_as_an_option_error(void)
{
    const struct mim_rational rate = { 1, 1000 };
    const struct setting fps[] = { { .name = "fps", .value = &rate }, { 0 } };
    struct animation animation = animation_blank(3, 1);
    struct mim_test_host host = { 0 };

    CHECK(animation_write(&host, &animation, fps) == MIM_OPTION);
    mim_test_host_clear(&host);
    free(animation.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(keeps_the_total_duration_exact),
        CASE(keeps_the_delays_of_the_source),
        CASE(reports_replaced_timing_once),
        CASE(refuses_invalid_options_before_any_output),
        CASE(reports_too_slow_fps_as_an_option_error),
    };
    return cmocka_run_group_tests_name("timing", cases, NULL, NULL);
}
