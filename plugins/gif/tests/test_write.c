/* SPDX-License-Identifier: MIT */
/* Writing, checked with the plugin's own reader. The peers tests use other readers. */
#include "animations.h"

#include "random.h"

static void
writes_few_colours_exactly(void)
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

/* The first frame has too many colours and is approximated; the pixels it shares with the second must be exact
 * there. */
static void
writes_an_exact_frame_after_an_approximated_one(void)
{
    struct animation animation = animation_blank(3, 3);
    struct mim_test_host host = { 0 };
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
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
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
    struct mim_test_host host = { 0 };
    struct reading reading;

    for (size_t i = 0; i < (size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * channels * 2; i++)
        animation.frames[i] = next_random(seed);
    CHECK(animation_write(&host, &animation, settings) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 2);
    CHECK((host.notices[MIM_NOTICE_ALPHA] > 0) == (channels == 4));
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(colours_on(&reading) <= size);
    reading_close(&reading);
    free(animation.frames);
}

static void
respects_the_palette_size(void)
{
    uint64_t seed = 2;

    for (uint32_t size = 2; size <= 256; size += size < 8 ? 1 : 31) {
        check_entries(3, size, &seed);
        check_entries(4, size, &seed);
    }
}

static void
keeps_full_frames_of_one_colour(void)
{
    struct animation animation = animation_blank(3, 3);

    for (uint32_t frame = 0; frame < 3; frame++)
        for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
            animation_pixel(&animation, frame, i)[frame] = 255;
    animation_check_exact(&animation, NULL);
    free(animation.frames);
}

static void
keeps_equal_frames_and_opacity(void)
{
    struct animation animation = animation_blank(3, 5);
    struct mim_test_host host = { 0 };
    struct reading reading;

    animation_check_exact(&animation, NULL);
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == 5 && reading.sequence.opaque == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading.info.width == 1 && reading.info.height == 1);
    reading_close(&reading);
    free(animation.frames);
}

/* Some programs decide by the first frame alone whether the background is transparent. */
static void
adds_a_transparent_index_to_the_first_frame_with_alpha(void)
{
    struct animation animation = animation_blank(4, 2);
    struct mim_test_host host = { 0 };
    struct reading reading;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++)
        animation_pixel(&animation, 0, i)[3] = 255;
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(reading.info.blend == MIM_BLEND_OVER && reading.info.dispose == MIM_DISPOSE_BACKGROUND);
    reading_close(&reading);
    free(animation.frames);
}

/* Frames that start from a blank canvas store only their opaque part, which is all that must be cleared later. */
static void
stores_the_opaque_part_of_a_moving_sprite(void)
{
    struct animation animation = animation_blank(4, 6);
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    struct mim_test_host host = { 0 };
    struct reading reading;

    for (uint32_t frame = 0; frame < 6; frame++)
        for (uint32_t i = 0; i < 5 * 7; i++) {
            uint8_t *pixel = animation_pixel(&animation, frame,
                                             (3 + frame + i / 5) * ANIMATION_WIDTH + 4 + 3 * frame + i % 5);
            pixel[1] = (uint8_t)(i * 7);
            pixel[3] = 255;
        }
    animation_check_exact(&animation, NULL);
    animation_check_exact(&animation, whole);
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    for (uint32_t frame = 0; frame < 6; frame++) {
        CHECK(reading_frame(&reading, frame) == MIM_OK);
        CHECK(reading.info.x == (int32_t)(4 + 3 * frame) && reading.info.y == (int32_t)(3 + frame));
        CHECK(reading.info.width == 5 && reading.info.height == 7);
    }
    reading_close(&reading);
    free(animation.frames);
}

/* Every other pixel changes, to one colour; those between are noise. */
static void
skips_single_unchanged_pixels(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    struct animation animation = animation_blank(3, 2);
    uint64_t seed = 9;

    for (uint32_t i = 0; i < ANIMATION_WIDTH * ANIMATION_HEIGHT; i++) {
        animation_pixel(&animation, 0, i)[0] = next_random(&seed) % 100;
        animation_pixel(&animation, 1, i)[0] = i % 2 ? 101 : animation_pixel(&animation, 0, i)[0];
    }
    animation_check_exact(&animation, NULL);
    struct animation still = animation;
    still.count = 1;
    CHECK(animation_size(&animation, NULL) - animation_size(&still, NULL) < 120);
    CHECK(animation_size(&animation, whole) - animation_size(&still, whole) > 500);
    free(animation.frames);
}

/* A picture without transparency or delay has no control block, as in GIF87a. */
static void
omits_a_control_block_that_tells_nothing(void)
{
    static const int64_t durations[] = { 0 };
    struct animation animation = animation_blank(3, 1), timed = animation;

    animation.durations = durations;
    CHECK(animation_size(&timed, NULL) == animation_size(&animation, NULL) + 8);
    free(animation.frames);
}

static void
reports_failed_allocations(void)
{
    struct animation animation = animation_blank(3, 3);
    uint64_t seed = 5, n = 1;
    int32_t status;

    for (size_t i = 0; i < (size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * 9; i++)
        animation.frames[i] = next_random(&seed);
    do {
        struct mim_test_host host = { .allocation = { .fail_at = n, .fails_on = true } };
        status = animation_write(&host, &animation, NULL);
        CHECK(status == MIM_OK || status == MIM_NOMEM);
        mim_test_host_clear(&host);
    } while (status != MIM_OK && n++ < 100);
    uint64_t global = 1;
    do {
        const struct setting settings[] = { { .name = "palette", .number = 2 },
                                            { .name = "dither", .number = 1 },
                                            { .name = "merge", .number = 1 },
                                            { 0 } };
        struct mim_test_host host = { .allocation = { .fail_at = global, .fails_on = true } };
        status = animation_write(&host, &animation, settings);
        CHECK(status == MIM_OK || status == MIM_NOMEM);
        mim_test_host_clear(&host);
    } while (status != MIM_OK && global++ < 100);
    CHECK(global >
          8);      /* survey: row, sample, points, nearest, quantizer; encoder: row, nearest, errors; pending frame */
    CHECK(n == 7); /* row, sample, points, nearest, quantizer; pending frames */
    free(animation.frames);
}

/* Every pass over the pixels polls the host once per million pixels. */
static void
cancels_within_a_huge_frame(void)
{
    struct animation animation = { .width = 4096, .height = 600, .channels = 4, .count = 2 };
    uint64_t seed = 6, n = 0;
    int32_t status = MIM_CANCELLED;

    animation.frames = malloc((size_t)animation.width * animation.height * 4 * 2);
    CHECK(animation.frames);
    for (size_t i = 0; i < (size_t)animation.width * animation.height * 8; i++)
        animation.frames[i] = i % 4 == 3 ? 255 : i % 4 ? i >> 14 : next_random(&seed) % 2;
    struct mim_test_host host = { 0 };
    CHECK(animation_write(&host, &animation, NULL) == MIM_OK);
    CHECK(host.poll.count > 2 * 600 + 2 * 5 * 2); /* the LZW encoder polls after every row */
    mim_test_host_clear(&host);
    for (n = 1; n < host.poll.count; n += 1 + host.poll.count / 6) {
        struct mim_test_host again = { .poll = { .fail_at = n, .fails_on = true } };
        status = animation_write(&again, &animation, NULL);
        CHECK(status == MIM_CANCELLED && again.poll.count <= n + 1);
        mim_test_host_clear(&again);
    }
    free(animation.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(writes_few_colours_exactly),     CASE(writes_an_exact_frame_after_an_approximated_one),
        CASE(respects_the_palette_size),      CASE(keeps_full_frames_of_one_colour),
        CASE(keeps_equal_frames_and_opacity), CASE(adds_a_transparent_index_to_the_first_frame_with_alpha),
        CASE(stores_the_opaque_part_of_a_moving_sprite),
        CASE(skips_single_unchanged_pixels),  CASE(omits_a_control_block_that_tells_nothing),
        CASE(reports_failed_allocations),     CASE(cancels_within_a_huge_frame),
    };
    return cmocka_run_group_tests_name("write", cases, NULL, NULL);
}
