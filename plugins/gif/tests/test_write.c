/* SPDX-License-Identifier: MIT */
/* What is written, read back by the plugin's own reader; peers read it in the peers' tests. */
#include "animations.h"

static void
few_colours_come_back_exactly(void)
{
    uint64_t seed = 1;

    for (uint32_t round = 0; round < 60; round++) {
        struct animation animation = animation_blank(round % 2 ? 4 : 3, 1 + round % 9);
        animation_scribble(&animation, &seed, 2 + next_random(&seed) % 250);
        const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
        const struct setting clearing[] = { { .name = "disposal", .number = 1 }, { 0 } };
        animation_check_exact(&animation, NULL);
        animation_check_exact(&animation, whole);
        animation_check_exact(&animation, clearing);
        free(animation.frames);
    }
}

/* The first frame has too many colours and is approximated; what the second keeps of it must be exact there. */
static void
a_frame_that_fits_is_exact_after_one_that_does_not(void)
{
    struct animation animation = animation_blank(3, 3);
    struct host host = { 0 };
    struct reading reading;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++) {
        uint8_t colour[3] = { i, i / 4, i >> 8 };
        memcpy(animation_pixel(&animation, 0, i), colour, 3);
        if (i < 200)
            memcpy(animation_pixel(&animation, 1, i), colour, 3);
        memcpy(animation_pixel(&animation, 2, i), animation_pixel(&animation, 1, i), 3);
    }
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 1);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(animation_is_shown(&reading, &animation, i) == (i > 0));
    }
    reading_close(&reading);
    free(animation.frames);
}

static uint32_t
colours_on(const struct reading *reading)
{
    uint32_t colours[300], count = 0;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++) {
        uint32_t colour, k = 0;
        memcpy(&colour, reading->canvas + 4 * (size_t)i, 4);
        while (k < count && colours[k] != colour)
            k++;
        CHECK(k < 300);
        colours[k] = colour;
        count += k == count;
    }
    return count;
}

static void
check_entries(uint32_t channels, uint32_t size, uint64_t *seed)
{
    const struct setting settings[] = { { .name = "palettesize", .number = size }, { 0 } };
    struct animation animation = animation_blank(channels, 2);
    struct host host = { 0 };
    struct reading reading;

    for (size_t i = 0; i < (size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * channels * 2; i++)
        animation.frames[i] = next_random(seed);
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 2);
    CHECK((host.notices[MIM_NOTICE_ALPHA] > 0) == (channels == 4));
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(colours_on(&reading) <= size);
    reading_close(&reading);
    free(animation.frames);
}

static void
uses_at_most_the_entries_asked_for(void)
{
    uint64_t seed = 2;

    for (uint32_t size = 2; size <= 256; size += size < 8 ? 1 : 31) {
        check_entries(3, size, &seed);
        check_entries(4, size, &seed);
    }
}

static void
red_green_blue_stay_so(void)
{
    struct animation animation = animation_blank(3, 3);

    for (uint32_t frame = 0; frame < 3; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[frame] = 255;
    animation_check_exact(&animation, NULL);
    free(animation.frames);
}

static void
equal_frames_stay_frames_and_opaque(void)
{
    struct animation animation = animation_blank(3, 5);
    struct host host = { 0 };
    struct reading reading;

    animation_check_exact(&animation, NULL);
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == 5 && reading.sequence.opaque == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading.info.width == 1 && reading.info.height == 1);
    reading_close(&reading);
    free(animation.frames);
}

/* Programs that look at the first frame only to know whether the background is transparent. */
static void
a_source_with_alpha_has_a_transparent_index_from_the_start(void)
{
    struct animation animation = animation_blank(4, 2);
    struct host host = { 0 };
    struct reading reading;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
        animation_pixel(&animation, 0, i)[3] = 255;
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(reading.info.blend == MIM_BLEND_OVER && reading.info.dispose == MIM_DISPOSE_BACKGROUND);
    reading_close(&reading);
    free(animation.frames);
}

static void
every_refused_allocation_is_nomem(void)
{
    struct animation animation = animation_blank(3, 3);
    uint64_t seed = 5, n = 1;
    int32_t status;

    for (size_t i = 0; i < (size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * 9; i++)
        animation.frames[i] = next_random(&seed);
    do {
        struct host host = { .fail_allocation = n };
        status = animation_write(&host, &animation, NULL);
        CHECK(status == MIM_OK || status == MIM_NOMEM);
        free(host.sink.data);
    } while (status != MIM_OK && n++ < 100);
    uint64_t global = 1;
    do {
        const struct setting settings[] = { { .name = "palette", .number = 2 },
                                            { .name = "dither", .number = 1 },
                                            { .name = "merge", .number = 1 },
                                            { 0 } };
        struct host host = { .fail_allocation = global };
        status = animation_write(&host, &animation, settings);
        CHECK(status == MIM_OK || status == MIM_NOMEM);
        free(host.sink.data);
    } while (status != MIM_OK && global++ < 100);
    CHECK(global > 8); /* a row, the sample, points, entries, the quantizer; a row, entries, errors; what is held */
    CHECK(n == 7);     /* a row, the sample, its points, the nearest entries, the quantizer; what is held */
    free(animation.frames);
}

/* Alpha, what turns transparent, what changed, colours, the quantizer, codes: each looks up every million pixels. */
static void
can_be_cancelled_within_a_huge_frame(void)
{
    struct animation animation = { .width = 4096, .height = 600, .channels = 4, .count = 2, .loop = -1 };
    uint64_t seed = 6, n = 0;
    int32_t status = MIM_CANCELLED;

    animation.frames = malloc((size_t)animation.width * animation.height * 4 * 2);
    CHECK(animation.frames);
    for (size_t i = 0; i < (size_t)animation.width * animation.height * 8; i++)
        animation.frames[i] = i % 4 == 3 ? 255 : i % 4 ? i >> 14 : next_random(&seed) % 2;
    struct host host = { 0 };
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(host.polls > 2 * 600 + 2 * 5 * 2); /* codes look up after every row */
    free(host.sink.data);
    for (n = 1; n < host.polls; n += 1 + host.polls / 6) {
        struct host again = { .fail_poll = n };
        status = animation_write(&again, &animation, NULL);
        CHECK(status == MIM_CANCELLED && again.polls <= n + 1);
        free(again.sink.data);
    }
    free(animation.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(few_colours_come_back_exactly),       CASE(a_frame_that_fits_is_exact_after_one_that_does_not),
        CASE(uses_at_most_the_entries_asked_for),  CASE(red_green_blue_stay_so),
        CASE(equal_frames_stay_frames_and_opaque), CASE(a_source_with_alpha_has_a_transparent_index_from_the_start),
        CASE(every_refused_allocation_is_nomem),   CASE(can_be_cancelled_within_a_huge_frame),
    };
    return cmocka_run_group_tests_name("write", cases, NULL, NULL);
}
