/* SPDX-License-Identifier: MIT */
/* Small animations, and checks that they survive writing and reading. */
#include "animations.h"

#include "random.h"

struct animation
animation_blank(uint32_t channels, uint32_t count)
{
    struct animation animation = {
        .width = ANIMATION_WIDTH, .height = ANIMATION_HEIGHT, .channels = channels, .count = count
    };

    animation.frames = calloc((size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * channels, count);
    CHECK(animation.frames);
    return animation;
}

uint8_t *
animation_pixel(const struct animation *animation, uint32_t frame, uint32_t i)
{
    return animation->frames + ((size_t)frame * animation->width * animation->height + i) * animation->channels;
}

static const uint8_t *
shown_pixel(const struct animation *animation, uint32_t frame, uint32_t i, uint8_t rgba[4])
{
    const uint8_t *source = animation_pixel(animation, frame, i);

    rgba[3] = animation->channels == 4 && source[3] < 128 ? 0 : 255;
    for (int c = 0; c < 3; c++)
        rgba[c] = rgba[3] ? source[c] : 0;
    return rgba;
}

bool
animation_is_shown(const struct reading *reading, const struct animation *animation, uint32_t frame)
{
    uint8_t expected[4];

    for (uint32_t i = 0; i < animation->width * animation->height; i++) {
        const uint8_t *got = reading->canvas + 4 * (size_t)i;
        shown_pixel(animation, frame, i, expected);
        if (got[3] != expected[3] || (got[3] && memcmp(got, expected, 3)))
            return false;
    }
    return true;
}

void
animation_check_exact(const struct animation *animation, const struct setting *settings)
{
    struct mim_test_host host = { 0 };
    struct reading reading;

    CHECK(animation_write(&host, animation, settings) == MIM_OK);
    CHECK(!host.notices[MIM_NOTICE_COLOUR]);
    CHECK(reading_open(&reading, mim_test_host_take(&host)) == MIM_OK);
    CHECK(reading_scan(&reading) == MIM_OK);
    CHECK(reading.sequence.count == animation->count);
    for (uint32_t i = 0; i < animation->count; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        CHECK(animation_is_shown(&reading, animation, i));
    }
    CHECK(reading_frame(&reading, animation->count) == MIM_END);
    reading_close(&reading);
}

size_t
animation_size(const struct animation *animation, const struct setting *settings)
{
    struct mim_test_host host = { 0 };

    CHECK(animation_write(&host, animation, settings) == MIM_OK);
    uint64_t size = host.sink.size;
    mim_test_host_clear(&host);
    return size;
}

void
animation_scribble(struct animation *animation, uint64_t *seed, uint32_t colours)
{
    for (uint32_t frame = 0; frame < animation->count; frame++) {
        if (frame)
            memcpy(animation_pixel(animation, frame, 0), animation_pixel(animation, frame - 1, 0),
                   (size_t)ANIMATION_WIDTH * ANIMATION_HEIGHT * animation->channels);
        for (uint32_t n = next_random(seed) % 3; n-- > 0;) {
            uint32_t x = next_random(seed) % ANIMATION_WIDTH, y = next_random(seed) % ANIMATION_HEIGHT;
            uint32_t right = x + next_random(seed) % (ANIMATION_WIDTH - x),
                     bottom = y + next_random(seed) % (ANIMATION_HEIGHT - y);
            uint32_t mode = next_random(seed) % 4;
            for (uint32_t row = y; row <= bottom; row++) {
                for (uint32_t column = x; column <= right; column++) {
                    uint8_t *at = animation_pixel(animation, frame, row * ANIMATION_WIDTH + column);
                    uint32_t colour = next_random(seed) % colours;
                    at[0] = colour * 7;
                    at[1] = colour * 3;
                    at[2] = 255 - colour;
                    if (animation->channels == 4)
                        at[3] = mode == 0 ? 0 : mode == 1 && colour % 3 ? 0 : 255;
                }
            }
        }
    }
}
