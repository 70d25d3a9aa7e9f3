/* SPDX-License-Identifier: MIT */
/* Writes frames and looks at the chunks, and at the pixels that are read back. */
#include "session.h"

enum { SIDE = 16, PIXELS = SIDE * SIDE };

static uint8_t *
make_frames(uint32_t count, uint32_t channels)
{
    uint8_t *frames = malloc((size_t)count * PIXELS * channels);

    CHECK(frames);
    for (uint32_t i = 0; i < count * PIXELS * channels; i++)
        frames[i] = (uint8_t)(i / channels % 3 * 80);
    return frames;
}

static uint32_t
type_at(const struct mim_test_bytes *file, uint64_t offset)
{
    return mim_load_le32(file->data + offset);
}

static void
a_picture_is_a_single_chunk(void)
{
    struct mim_test_host host = { 0 };
    uint8_t *frames = make_frames(1, 3);
    const struct animation animation = { SIDE, SIDE, 3, 1, frames, 0, NULL, NULL };
    struct mim_test_reading reading;

    CHECK(write_animation(&host, &animation) == MIM_OK);
    CHECK(type_at(&host.sink, 0) == WEBP_RIFF && type_at(&host.sink, 4) == host.sink.size - 8);
    CHECK(type_at(&host.sink, 12) == WEBP_VP8L);
    use_as_source(&host);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && reading.sequence.loop == -1 && reading.sequence.count == 1);
    CHECK(mim_test_reading_frame(&reading, 0) == MIM_OK && reading.info.channels == 3);
    CHECK(!memcmp(reading.raster.data, frames, PIXELS * 3));
    CHECK(mim_test_reading_frame(&reading, 1) == MIM_END);
    mim_test_reading_end(&reading);
    free(host.source.data);
    free(frames);
    CHECK(mim_test_host_clear(&host));
}

static void
only_changes_are_stored(void)
{
    struct mim_test_host host = { 0 };
    uint8_t *frames = make_frames(3, 4);
    const struct animation animation = { SIDE, SIDE, 4, 3, frames, 0, "<x/>", NULL };
    struct mim_test_reading reading;

    for (uint32_t i = 0; i < 3; i++)
        memcpy(frames + i * PIXELS * 4, frames, PIXELS * 4);
    frames[PIXELS * 4 + (5 * SIDE + 7) * 4] = 200; /* frame 1 differs at 7,5; frame 2 is frame 1 */
    memcpy(frames + 2 * PIXELS * 4, frames + PIXELS * 4, PIXELS * 4);
    CHECK(write_animation(&host, &animation) == MIM_OK);
    CHECK(type_at(&host.sink, 12) == WEBP_VP8X);
    CHECK(host.sink.data[20] == (WEBP_HAS_ANIMATION | WEBP_HAS_ALPHA | WEBP_HAS_XMP));
    use_as_source(&host);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && reading.sequence.loop == 3);
    CHECK(mim_test_reading_frame(&reading, 0) == MIM_OK && reading.info.width == SIDE && reading.info.flags == MIM_FRAME_KEY);
    CHECK(!memcmp(reading.raster.data, frames, PIXELS * 4));
    CHECK(mim_test_reading_frame(&reading, 1) == MIM_OK && reading.info.pts == 40 && reading.info.duration == 40);
    CHECK(reading.info.x == 6 && reading.info.y == 4 && reading.info.width == 2 && reading.info.height == 2);
    CHECK(reading.info.blend == MIM_BLEND_REPLACE && reading.info.dispose == MIM_DISPOSE_KEEP && !reading.info.flags);
    CHECK(reading.raster.data[12] == 200);
    CHECK(mim_test_reading_frame(&reading, 2) == MIM_OK && reading.info.width == 1 && reading.info.height == 1);
    CHECK(mim_test_reading_frame(&reading, 3) == MIM_END);
    CHECK(webp_reader_ops.metadata(&reading.serial, NULL, NULL) == MIM_OK && mim_test_host_reported(&host, "xmp"));
    mim_test_reading_end(&reading);
    free(host.source.data);
    free(frames);
    CHECK(mim_test_host_clear(&host));
}

/* A frame whose pixels in the corners of a square change. */
static void
change_corners(uint8_t *frame, uint32_t channels, uint32_t first, uint32_t last, uint8_t value)
{
    frame[(first * SIDE + first) * channels] = value;
    frame[(last * SIDE + last) * channels] = value;
}

static void
pixels_that_stay_are_transparent_where_that_is_smaller(void)
{
    for (uint32_t channels = 3; channels <= 4; channels++) {
        struct mim_test_host host = { 0 };
        uint8_t *frames = make_frames(2, channels);
        const struct animation animation = { SIDE, SIDE, channels, 2, frames, 0, NULL, NULL };
        struct mim_test_reading reading;
        for (uint32_t i = 3; channels == 4 && i < 2 * PIXELS * 4; i += 4)
            frames[i] = 255;
        memcpy(frames + PIXELS * channels, frames, PIXELS * channels);
        change_corners(frames + PIXELS * channels, channels, 2, 11, 201);
        CHECK(write_animation(&host, &animation) == MIM_OK);
        use_as_source(&host);
        mim_test_reading_begin(&reading, &host, &webp_reader_ops);
        CHECK(mim_test_reading_open(&reading) == MIM_OK && mim_test_reading_frame(&reading, 1) == MIM_OK);
        CHECK(reading.info.blend == MIM_BLEND_OVER && reading.info.channels == 4 && reading.info.width == 10);
        const uint8_t *pixels = reading.raster.data;
        CHECK(pixels[0] == 201 && pixels[3] == 255 && pixels[7] == 0 && pixels[99 * 4] == 201);
        CHECK(reading.ops->scan(&reading.serial, &reading.sequence) == MIM_OK && reading.sequence.opaque == 1);
        mim_test_reading_end(&reading);
        free(host.source.data);
        free(frames);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
one_frame_with_stated_timing_is_an_animation(void)
{
    struct mim_test_host host = { 0 };
    uint8_t *frames = make_frames(1, 3);
    const struct animation animation = { SIDE, SIDE, 3, 1, frames, MIM_TIMING_LOOP, NULL, NULL };
    struct mim_test_reading reading;

    CHECK(write_animation(&host, &animation) == MIM_OK);
    use_as_source(&host);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && reading.sequence.loop == 3);
    CHECK(mim_test_reading_frame(&reading, 0) == MIM_OK && reading.info.duration == 40);
    CHECK(mim_test_reading_frame(&reading, 1) == MIM_END);
    mim_test_reading_end(&reading);
    free(host.source.data);
    free(frames);
    CHECK(mim_test_host_clear(&host));
}

static void
set_lossless(struct webp_encoding *encoding)
{
    encoding->lossless = WEBP_LOSSLESS_YES;
}

static uint8_t *
make_colourful(uint32_t side)
{
    uint8_t *frame = malloc((size_t)side * side * 3);

    CHECK(frame);
    for (uint32_t i = 0; i < side * side; i++) {
        frame[3 * i] = (uint8_t)(i % side);
        frame[3 * i + 1] = (uint8_t)(i / side);
        frame[3 * i + 2] = (uint8_t)(i * 7);
    }
    return frame;
}

static void
many_colours_are_lossy_unless_lossless_is_given(void)
{
    enum { LARGE = 20 };
    struct mim_test_host host = { 0 };
    uint8_t *frame = make_colourful(LARGE);
    const struct animation automatic = { LARGE, LARGE, 3, 1, frame, 0, NULL, NULL },
                           exact = { LARGE, LARGE, 3, 1, frame, 0, NULL, set_lossless };
    struct mim_test_reading reading;

    CHECK(write_animation(&host, &automatic) == MIM_OK && type_at(&host.sink, 12) == WEBP_VP8);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 1);
    CHECK(write_animation(&host, &exact) == MIM_OK && type_at(&host.sink, 12) == WEBP_VP8L);
    CHECK(host.notices[MIM_NOTICE_COLOUR] == 1);
    use_as_source(&host);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && mim_test_reading_frame(&reading, 0) == MIM_OK);
    CHECK(!memcmp(reading.raster.data, frame, LARGE * LARGE * 3));
    mim_test_reading_end(&reading);
    free(host.source.data);
    free(frame);
    CHECK(mim_test_host_clear(&host));
}

static void
large_sides_are_refused(void)
{
    struct mim_test_host host = { 0 };
    const struct animation animation = { 16384, 1, 3, 1, NULL, 0, NULL, NULL };

    CHECK(write_animation(&host, &animation) == MIM_UNSUPPORTED);
    CHECK(strstr(host.message, "16383") && strstr(host.message, "16384x1"));
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_picture_is_a_single_chunk),
        CASE(one_frame_with_stated_timing_is_an_animation),
        CASE(only_changes_are_stored),
        CASE(pixels_that_stay_are_transparent_where_that_is_smaller),
        CASE(many_colours_are_lossy_unless_lossless_is_given),
        CASE(large_sides_are_refused),
    };
    return cmocka_run_group_tests_name("webp write", cases, NULL, NULL);
}
