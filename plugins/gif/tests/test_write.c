/* SPDX-License-Identifier: MIT */
/* What is written, read back by the plugin's own reader; peers read it in the peers' tests. */
#include "session.h"

enum { WIDTH = 37, HEIGHT = 23 };

static struct movie
blank(uint32_t channels, uint32_t count)
{
    struct movie movie = { .width = WIDTH, .height = HEIGHT, .channels = channels, .count = count, .loop = -1 };

    movie.frames = calloc((size_t)WIDTH * HEIGHT * channels, count);
    CHECK(movie.frames);
    return movie;
}

static uint8_t *
pixel(const struct movie *movie, uint32_t frame, uint32_t i)
{
    return movie->frames + ((size_t)frame * WIDTH * HEIGHT + i) * movie->channels;
}

static const uint8_t *
shown_pixel(const struct movie *movie, uint32_t frame, uint32_t i, uint8_t rgba[4])
{
    const uint8_t *source = pixel(movie, frame, i);

    rgba[3] = movie->channels == 4 && source[3] < 128 ? 0 : 255;
    for (int c = 0; c < 3; c++)
        rgba[c] = rgba[3] ? source[c] : 0;
    return rgba;
}

static bool
frame_is_shown(const struct reading *reading, const struct movie *movie, uint32_t frame)
{
    uint8_t expected[4];

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
        const uint8_t *got = reading->canvas + 4 * (size_t)i;
        shown_pixel(movie, frame, i, expected);
        if (got[3] != expected[3] || (got[3] && memcmp(got, expected, 3)))
            return false;
    }
    return true;
}

/* Every frame, and no other, comes back as it went in. */
static void
check_exact(const struct movie *movie, const struct setting *settings)
{
    struct host host = { 0 };
    struct reading reading;

    CHECK(movie_write(&host, movie, settings) == MIM_OK);
    CHECK(!host.notices[MIM_NOTICE_COLOUR]);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == movie->count);
    for (uint32_t i = 0; i < movie->count; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(frame_is_shown(&reading, movie, i));
    }
    CHECK(reading_frame(&reading, movie->count) == MIM_END);
    reading_close(&reading);
}

/* Blocks of random colours that appear, change and vanish. */
static void
scribble(struct movie *movie, uint64_t *seed, uint32_t colours)
{
    for (uint32_t frame = 0; frame < movie->count; frame++) {
        if (frame)
            memcpy(pixel(movie, frame, 0), pixel(movie, frame - 1, 0), (size_t)WIDTH * HEIGHT * movie->channels);
        for (uint32_t n = next_random(seed) % 3; n-- > 0;) {
            uint32_t x = next_random(seed) % WIDTH, y = next_random(seed) % HEIGHT;
            uint32_t right = x + next_random(seed) % (WIDTH - x), bottom = y + next_random(seed) % (HEIGHT - y);
            uint32_t mode = next_random(seed) % 4;
            for (uint32_t row = y; row <= bottom; row++) {
                for (uint32_t column = x; column <= right; column++) {
                    uint8_t *at = pixel(movie, frame, row * WIDTH + column);
                    uint32_t colour = next_random(seed) % colours;
                    at[0] = colour * 7;
                    at[1] = colour * 3;
                    at[2] = 255 - colour;
                    if (movie->channels == 4)
                        at[3] = mode == 0 ? 0 : mode == 1 && colour % 3 ? 0 : 255;
                }
            }
        }
    }
}

static void
few_colours_come_back_exactly(void)
{
    uint64_t seed = 1;

    for (uint32_t round = 0; round < 60; round++) {
        struct movie movie = blank(round % 2 ? 4 : 3, 1 + round % 9);
        scribble(&movie, &seed, 2 + next_random(&seed) % 250);
        const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
        const struct setting clearing[] = { { .name = "disposal", .number = 1 }, { 0 } };
        check_exact(&movie, NULL);
        check_exact(&movie, whole);
        check_exact(&movie, clearing);
        free(movie.frames);
    }
}

/* The first frame has too many colours and is approximated; what the second keeps of it must be exact there. */
static void
a_frame_that_fits_is_exact_after_one_that_does_not(void)
{
    struct movie movie = blank(3, 3);
    struct host host = { 0 };
    struct reading reading;

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
        uint8_t colour[3] = { i, i / 4, i >> 8 };
        memcpy(pixel(&movie, 0, i), colour, 3);
        if (i < 200)
            memcpy(pixel(&movie, 1, i), colour, 3);
        memcpy(pixel(&movie, 2, i), pixel(&movie, 1, i), 3);
    }
    CHECK(movie_write(&host, &movie, NULL) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 1);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(frame_is_shown(&reading, &movie, i) == (i > 0));
    }
    reading_close(&reading);
    free(movie.frames);
}

static uint32_t
colours_on(const struct reading *reading)
{
    uint32_t colours[300], count = 0;

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
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
    struct movie movie = blank(channels, 2);
    struct host host = { 0 };
    struct reading reading;

    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * channels * 2; i++)
        movie.frames[i] = next_random(seed);
    CHECK(movie_write(&host, &movie, settings) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 2);
    CHECK((host.notices[MIM_NOTICE_ALPHA] > 0) == (channels == 4));
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(colours_on(&reading) <= size);
    reading_close(&reading);
    free(movie.frames);
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
    struct movie movie = blank(3, 3);

    for (uint32_t frame = 0; frame < 3; frame++)
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
            pixel(&movie, frame, i)[frame] = 255;
    check_exact(&movie, NULL);
    free(movie.frames);
}

static void
equal_frames_stay_frames_and_opaque(void)
{
    struct movie movie = blank(3, 5);
    struct host host = { 0 };
    struct reading reading;

    check_exact(&movie, NULL);
    CHECK(movie_write(&host, &movie, NULL) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == 5 && reading.sequence.opaque == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
    CHECK(reading.info.width == 1 && reading.info.height == 1);
    reading_close(&reading);
    free(movie.frames);
}

/* Sum and each of the delays that a file of `count` frames gets. */
static int64_t
delays_of(const struct movie *movie, const struct setting *settings, int64_t *delays)
{
    struct host host = { 0 };
    struct reading reading;
    int64_t sum = 0;

    CHECK(movie_write(&host, movie, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    for (uint32_t i = 0; i < movie->count; i++) {
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
the_total_of_delays_is_exact(void)
{
    struct movie movie = blank(3, 90);
    const struct mim_rational ntsc = { 30000, 1001 };
    const double third = 1.0 / 30, list[90] = { 0.004, 0.004, 0.004, 1.5 };
    const struct setting fps[] = { { .name = "fps", .value = &ntsc }, { 0 } };
    const struct setting one[] = { { .name = "duration", .value = &(struct mim_list){ .values = &third, .count = 1 } }, { 0 } };
    const struct setting many[] = { { .name = "duration", .value = &(struct mim_list){ .values = list, .count = 90 } }, { 0 } };
    int64_t delays[90];

    CHECK(delays_of(&movie, NULL, NULL) == 900);
    CHECK(delays_of(&movie, fps, delays) == 300); /* 3.003 s */
    CHECK(delays[0] == 3 && delays[1] == 4 && delays[2] == 3);
    CHECK(delays_of(&movie, one, NULL) == 300);
    CHECK(delays_of(&movie, many, delays) == 151);
    CHECK(delays[0] == 0 && delays[1] == 1 && delays[2] == 0 && delays[3] == 150);
    free(movie.frames);
}

static void
the_source_s_delays_are_kept(void)
{
    const int64_t durations[4] = { 3, 0, 65535, 7 };
    struct movie movie = blank(3, 4);
    int64_t delays[4];

    movie.durations = durations;
    delays_of(&movie, NULL, delays);
    CHECK(!memcmp(delays, durations, sizeof delays));
    free(movie.frames);
}

static void
an_option_that_replaces_timing_says_so_once(void)
{
    const int64_t durations[3] = { 1, 2, 3 };
    const struct mim_rational rate = { 10, 1 };
    const struct setting fps[] = { { .name = "fps", .value = &rate }, { 0 } };
    struct movie movie = blank(3, 3);
    struct host host = { 0 };

    movie.durations = durations;
    CHECK(movie_write(&host, &movie, fps) == MIM_OK);
    CHECK(host.notices[MIM_NOTICE_TIMING] == 1);
    free(host.sink.data);
    free(movie.frames);
}

static void
check_refused(const struct movie *movie, const struct setting *settings, int32_t status, const char *text)
{
    struct host host = { 0 };

    CHECK(movie_write(&host, movie, settings) == status);
    CHECK(strstr(host.message, text));
    CHECK(host.sink.size == 0);
}

static void
refuses_what_makes_no_sense_before_the_first_byte(void)
{
    struct movie movie = blank(3, 3), two = blank(2, 1), five = blank(5, 1);
    const struct mim_rational rate = { 10, 1 }, backwards = { -1, 1 };
    const double values[] = { 1, 2 }, long_one = 655.36, negative = -1, not_a_number = __builtin_nan("");
    const struct mim_list list = { .values = values, .count = 2 };
    const struct setting both[] = { { .name = "fps", .value = &rate }, { .name = "duration", .value = &list }, { 0 } };
    const struct setting short_list[] = { { .name = "duration", .value = &list }, { 0 } };
    const struct setting too_long[] = { { .name = "duration", .value = &(struct mim_list){ .values = &long_one, .count = 1 } }, { 0 } };
    const struct setting below[] = { { .name = "duration", .value = &(struct mim_list){ .values = &negative, .count = 1 } }, { 0 } };
    const struct setting nan[] = { { .name = "duration", .value = &(struct mim_list){ .values = &not_a_number, .count = 1 } }, { 0 } };
    const struct setting back[] = { { .name = "fps", .value = &backwards }, { 0 } };

    check_refused(&movie, both, MIM_ARGUMENT, "duration and fps");
    check_refused(&movie, short_list, MIM_ARGUMENT, "2 durations for 3 frames");
    check_refused(&movie, too_long, MIM_OPTION, "655.36");
    check_refused(&movie, below, MIM_OPTION, "-1");
    check_refused(&movie, nan, MIM_OPTION, "nan");
    check_refused(&movie, back, MIM_OPTION, "above 0");
    check_refused(&two, NULL, MIM_ARGUMENT, "GIF takes 1, 3 or 4 channels, this frame has 2");
    check_refused(&five, NULL, MIM_ARGUMENT, "this frame has 5");
    movie.width = 65536;
    check_refused(&movie, NULL, MIM_ARGUMENT, "65536x23");
    free(movie.frames);
    free(two.frames);
    free(five.frames);
}

static void
frames_slower_than_gif_can_be_are_an_option_s_fault(void)
{
    const struct mim_rational rate = { 1, 1000 };
    const struct setting fps[] = { { .name = "fps", .value = &rate }, { 0 } };
    struct movie movie = blank(3, 1);
    struct host host = { 0 };

    CHECK(movie_write(&host, &movie, fps) == MIM_OPTION);
    free(host.sink.data);
    free(movie.frames);
}

static void
check_loop(int64_t option, int32_t source, int32_t expected)
{
    const struct setting settings[] = { { .name = "loop", .number = option }, { 0 } };
    struct movie movie = blank(3, 2);
    struct host host = { 0 };
    struct reading reading;

    movie.loop = source;
    CHECK(movie_write(&host, &movie, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading.sequence.loop == expected);
    reading_close(&reading);
    free(movie.frames);
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
    struct movie movie = blank(3, 2);
    struct host host = { 0 };
    struct reading reading;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const struct setting settings[] = { { .name = "comment", .value = text }, { 0 } };
    CHECK(movie_write(&host, &movie, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_metadata(&reading, MIM_UNKNOWN) == MIM_OK);
    CHECK(strstr(reading.host.meta, text));
    reading_close(&reading);
    free(movie.frames);
}

static size_t
size_of(const struct movie *movie, const struct setting *settings)
{
    struct host host = { 0 };

    CHECK(movie_write(&host, movie, settings) == MIM_OK);
    free(host.sink.data);
    return host.sink.size;
}

/* A table for each frame against one for the file, of 64 entries. */
static void
an_equal_colour_table_is_stored_once(void)
{
    const struct setting whole[] = { { .name = "subrectangles", .number = 0 }, { 0 } };
    const struct setting local[] = { { .name = "subrectangles", .number = 0 },
                                     { .name = "palette", .number = 1 },
                                     { 0 } };
    struct movie movie = blank(3, 5);

    for (uint32_t frame = 0; frame < 5; frame++)
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
            pixel(&movie, frame, i)[0] = i < 64 ? i : (i + frame) % 64;
    check_exact(&movie, whole);
    check_exact(&movie, local);
    CHECK(size_of(&movie, local) == size_of(&movie, whole) + 4 * 64 * 3);
    free(movie.frames);
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
        struct movie movie = blank(round % 2 ? 4 : 3, 1 + round % 9);
        scribble(&movie, &seed, round % 5 ? 2 + next_random(&seed) % 250 : 255);
        check_exact(&movie, global);
        check_exact(&movie, whole);
        free(movie.frames);
    }
}

/* Pictures A A B B B C, with options that change how frames are coded and no picture. */
static void
check_merged(uint32_t channels, const struct setting *settings)
{
    static const uint8_t pictures[6] = { 0, 0, 1, 1, 1, 2 };
    const int64_t durations[6] = { 5, 7, 1, 2, 3, 11 }, merged[3] = { 12, 6, 11 };
    static const uint32_t starts[3] = { 0, 2, 5 };
    struct movie movie = blank(channels, 6);
    struct host host = { 0 };
    struct reading reading;

    movie.durations = durations;
    for (uint32_t frame = 0; frame < 6; frame++) {
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
            uint8_t *at = pixel(&movie, frame, i);
            at[0] = 40 + pictures[frame];
            at[1] = i % 50;
            if (channels == 4) /* from B to C pixels turn transparent; what is under them differs from A to A */
                at[3] = i < 9 || (pictures[frame] == 2 && i % 3) ? 0 : 255;
            if (channels == 4 && !at[3])
                at[2] = frame;
        }
    }
    CHECK(movie_write(&host, &movie, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK && reading.sequence.count == 3);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(reading.info.duration == merged[i]);
        CHECK(frame_is_shown(&reading, &movie, starts[i]));
    }
    reading_close(&reading);
    free(movie.frames);
}

static void
equal_frames_become_one_when_asked(void)
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
equal_frames_that_last_too_long_stay_several(void)
{
    const struct setting settings[] = { { .name = "merge", .number = 1 }, { 0 } };
    const int64_t durations[4] = { 40000, 25535, 1, 65534 };
    struct movie movie = blank(3, 4);
    struct host host = { 0 };
    struct reading reading;

    movie.durations = durations;
    CHECK(movie_write(&host, &movie, settings) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    for (uint32_t i = 0; i < 2; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK && reading.info.duration == 65535);
        CHECK(frame_is_shown(&reading, &movie, 0));
    }
    CHECK(reading_frame(&reading, 2) == MIM_END);
    reading_close(&reading);
    free(movie.frames);
}

/* Programs that look at the first frame only to know whether the background is transparent. */
static void
a_source_with_alpha_has_a_transparent_index_from_the_start(void)
{
    struct movie movie = blank(4, 2);
    struct host host = { 0 };
    struct reading reading;

    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        pixel(&movie, 0, i)[3] = 255;
    CHECK(movie_write(&host, &movie, NULL) == MIM_OK);
    CHECK(reading_open(&reading, host.sink) == MIM_OK);
    CHECK(reading_frame(&reading, 0) == MIM_OK);
    CHECK(reading.info.blend == MIM_BLEND_OVER && reading.info.dispose == MIM_DISPOSE_BACKGROUND);
    reading_close(&reading);
    free(movie.frames);
}

static void
every_refused_allocation_is_nomem(void)
{
    struct movie movie = blank(3, 3);
    uint64_t seed = 5, n = 1;
    int32_t status;

    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 9; i++)
        movie.frames[i] = next_random(&seed);
    do {
        struct host host = { .fail_allocation = n };
        status = movie_write(&host, &movie, NULL);
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
        status = movie_write(&host, &movie, settings);
        CHECK(status == MIM_OK || status == MIM_NOMEM);
        free(host.sink.data);
    } while (status != MIM_OK && global++ < 100);
    CHECK(global > 8); /* a row, the sample, points, entries, the quantizer; a row, entries, errors; what is held */
    CHECK(n == 6);     /* a row, the sample, its points, the nearest entries, the quantizer */
    free(movie.frames);
}

/* Alpha, what turns transparent, what changed, colours, the quantizer, codes: each looks up every million pixels. */
static void
can_be_cancelled_within_a_huge_frame(void)
{
    struct movie movie = { .width = 4096, .height = 600, .channels = 4, .count = 2, .loop = -1 };
    uint64_t seed = 6, n = 0;
    int32_t status = MIM_CANCELLED;

    movie.frames = malloc((size_t)movie.width * movie.height * 4 * 2);
    CHECK(movie.frames);
    for (size_t i = 0; i < (size_t)movie.width * movie.height * 8; i++)
        movie.frames[i] = i % 4 == 3 ? 255 : i % 4 ? i >> 14 : next_random(&seed) % 2;
    struct host host = { 0 };
    CHECK(movie_write(&host, &movie, NULL) == MIM_OK);
    CHECK(host.polls > 2 * 600 + 2 * 5 * 2); /* codes look up after every row */
    free(host.sink.data);
    for (n = 1; n < host.polls; n += 1 + host.polls / 6) {
        struct host again = { .fail_poll = n };
        status = movie_write(&again, &movie, NULL);
        CHECK(status == MIM_CANCELLED && again.polls <= n + 1);
        free(again.sink.data);
    }
    free(movie.frames);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(few_colours_come_back_exactly),
        CASE(a_frame_that_fits_is_exact_after_one_that_does_not),
        CASE(uses_at_most_the_entries_asked_for),
        CASE(red_green_blue_stay_so),
        CASE(equal_frames_stay_frames_and_opaque),
        CASE(the_total_of_delays_is_exact),
        CASE(the_source_s_delays_are_kept),
        CASE(an_option_that_replaces_timing_says_so_once),
        CASE(refuses_what_makes_no_sense_before_the_first_byte),
        CASE(frames_slower_than_gif_can_be_are_an_option_s_fault),
        CASE(counts_plays_in_total),
        CASE(stores_the_comment),
        CASE(an_equal_colour_table_is_stored_once),
        CASE(few_colours_of_all_frames_come_back_exactly),
        CASE(equal_frames_become_one_when_asked),
        CASE(equal_frames_that_last_too_long_stay_several),
        CASE(a_source_with_alpha_has_a_transparent_index_from_the_start),
        CASE(every_refused_allocation_is_nomem),
        CASE(can_be_cancelled_within_a_huge_frame),
    };
    return cmocka_run_group_tests_name("write", cases, NULL, NULL);
}
