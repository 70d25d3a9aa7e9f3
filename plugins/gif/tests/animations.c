/* SPDX-License-Identifier: MIT */
/* Small movies to write, and whether they come back. */
#include "animations.h"

struct movie
movie_blank(uint32_t channels, uint32_t count)
{
    struct movie movie = {
        .width = MOVIE_WIDTH, .height = MOVIE_HEIGHT, .channels = channels, .count = count, .loop = -1
    };

    movie.frames = calloc((size_t)MOVIE_WIDTH * MOVIE_HEIGHT * channels, count);
    CHECK(movie.frames);
    return movie;
}

uint8_t *
movie_pixel(const struct movie *movie, uint32_t frame, uint32_t i)
{
    return movie->frames + ((size_t)frame * MOVIE_WIDTH * MOVIE_HEIGHT + i) * movie->channels;
}

static const uint8_t *
shown_pixel(const struct movie *movie, uint32_t frame, uint32_t i, uint8_t rgba[4])
{
    const uint8_t *source = movie_pixel(movie, frame, i);

    rgba[3] = movie->channels == 4 && source[3] < 128 ? 0 : 255;
    for (int c = 0; c < 3; c++)
        rgba[c] = rgba[3] ? source[c] : 0;
    return rgba;
}

bool
movie_is_shown(const struct reading *reading, const struct movie *movie, uint32_t frame)
{
    uint8_t expected[4];

    for (uint32_t i = 0; i < MOVIE_WIDTH * MOVIE_HEIGHT; i++) {
        const uint8_t *got = reading->canvas + 4 * (size_t)i;
        shown_pixel(movie, frame, i, expected);
        if (got[3] != expected[3] || (got[3] && memcmp(got, expected, 3)))
            return false;
    }
    return true;
}

/* Every frame, and no other, comes back as it went in. */
void
movie_check_exact(const struct movie *movie, const struct setting *settings)
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
        CHECK(movie_is_shown(&reading, movie, i));
    }
    CHECK(reading_frame(&reading, movie->count) == MIM_END);
    reading_close(&reading);
}

size_t
movie_size(const struct movie *movie, const struct setting *settings)
{
    struct host host = { 0 };

    CHECK(movie_write(&host, movie, settings) == MIM_OK);
    free(host.sink.data);
    return host.sink.size;
}

/* Blocks of random colours that appear, change and vanish. */
void
movie_scribble(struct movie *movie, uint64_t *seed, uint32_t colours)
{
    for (uint32_t frame = 0; frame < movie->count; frame++) {
        if (frame)
            memcpy(movie_pixel(movie, frame, 0), movie_pixel(movie, frame - 1, 0),
                   (size_t)MOVIE_WIDTH * MOVIE_HEIGHT * movie->channels);
        for (uint32_t n = next_random(seed) % 3; n-- > 0;) {
            uint32_t x = next_random(seed) % MOVIE_WIDTH, y = next_random(seed) % MOVIE_HEIGHT;
            uint32_t right = x + next_random(seed) % (MOVIE_WIDTH - x),
                     bottom = y + next_random(seed) % (MOVIE_HEIGHT - y);
            uint32_t mode = next_random(seed) % 4;
            for (uint32_t row = y; row <= bottom; row++) {
                for (uint32_t column = x; column <= right; column++) {
                    uint8_t *at = movie_pixel(movie, frame, row * MOVIE_WIDTH + column);
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
