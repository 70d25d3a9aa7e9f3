/* SPDX-License-Identifier: MIT */
/* Reads animations whose headers are changed. */
#include "session.h"

enum { SIDE = 8, FRAMES = 3, FRAME_BYTES = SIDE * SIDE * 3, ANMF_FLAGS = 15 };

/* An animation whose frames all differ, as source; lossless. */
static void
make_source(struct mim_test_host *host)
{
    uint8_t frames[FRAMES * FRAME_BYTES];
    const struct animation animation = { SIDE, SIDE, 3, FRAMES, frames, 0, NULL, NULL };

    for (uint32_t i = 0; i < sizeof frames; i++)
        frames[i] = (uint8_t)(i / FRAME_BYTES * 100 + i % 2);
    CHECK(write_animation(host, &animation) == MIM_OK);
    use_as_source(host);
}

/* The fields of an ANMF chunk. */
static uint8_t *
fields_of(struct mim_test_host *host, uint32_t index)
{
    uint8_t *at = host->source.data + 12 + 18 + 14; /* RIFF, VP8X, ANIM */

    for (uint32_t i = 0; i < index; i++)
        at += 8 + mim_load_le32(at + 4);
    CHECK(mim_load_le32(at) == WEBP_ANMF);
    return at + 8;
}

static void
end_source(struct mim_test_host *host)
{
    free(host->source.data);
    CHECK(mim_test_host_clear(host));
}

static void
headers_tell_whether_the_canvas_is_opaque(void)
{
    static const struct {
        uint32_t frame;
        uint8_t flags;
        int32_t opaque;
    } cases[] = { { 0, 0, 1 }, { 0, WEBP_FRAME_CLEARS, 0 }, { 1, WEBP_FRAME_CLEARS, 0 }, { 2, WEBP_FRAME_REPLACES, 1 } };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mim_test_host host = { 0 };
        struct mim_test_reading reading;
        make_source(&host);
        fields_of(&host, cases[i].frame)[ANMF_FLAGS] = cases[i].flags;
        mim_test_reading_begin(&reading, &host, &webp_reader_ops);
        CHECK(mim_test_reading_open(&reading) == MIM_OK && reading.sequence.opaque == -1);
        CHECK(webp_reader_ops.scan(&reading.serial, &reading.sequence) == MIM_OK);
        CHECK(reading.sequence.count == FRAMES && reading.sequence.sure == MIM_SURE_EXACT);
        CHECK(reading.sequence.opaque == cases[i].opaque);
        mim_test_reading_end(&reading);
        end_source(&host);
    }
}

static void
frames_come_in_any_order(void)
{
    static const uint64_t order[] = { 2, 0, 1, 1, 2 };
    struct mim_test_host host = { 0 };
    struct mim_test_reading reading;

    make_source(&host);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK);
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++) {
        CHECK(mim_test_reading_frame(&reading, order[i]) == MIM_OK);
        CHECK(reading.raster.data[0] == order[i] * 100 && reading.info.pts == (int64_t)order[i] * 40);
    }
    CHECK(mim_test_reading_frame(&reading, UINT64_MAX) == MIM_END);
    mim_test_reading_end(&reading);
    end_source(&host);
}

static void
a_frame_after_a_cleared_canvas_is_a_key(void)
{
    struct mim_test_host host = { 0 };
    struct mim_test_reading reading;

    make_source(&host);
    fields_of(&host, 0)[ANMF_FLAGS] = WEBP_FRAME_CLEARS;
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && mim_test_reading_frame(&reading, 0) == MIM_OK);
    CHECK(reading.info.dispose == MIM_DISPOSE_BACKGROUND && reading.info.blend == MIM_BLEND_OVER);
    CHECK(mim_test_reading_frame(&reading, 1) == MIM_OK && reading.info.flags & MIM_FRAME_KEY);
    mim_test_reading_end(&reading);
    end_source(&host);
}

static void
frames_beyond_the_canvas_are_corrupt(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;

    make_source(&host);
    fields_of(&host, 1)[0] = 1; /* x is 2 */
    CHECK(mim_test_read_all(&host, &webp_reader_ops, &frames) == MIM_CORRUPT && frames == 1);
    CHECK(strstr(host.message, "frame 1 reaches beyond the canvas"));
    end_source(&host);
}

static void
chunks_larger_than_the_file_are_corrupt(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;

    make_source(&host);
    fields_of(&host, 2)[-1] = 0x70; /* the size has its highest byte there */
    CHECK(mim_test_read_all(&host, &webp_reader_ops, &frames) == MIM_CORRUPT && frames == 2);
    CHECK(strstr(host.message, "expected at most"));
    end_source(&host);
}

static void
choose_losses(struct webp_encoding *encoding)
{
    encoding->lossless = WEBP_LOSSLESS_NO;
}

/* Else a few frames would take all working memory, and wait for each other. */
static void
plain_alpha_needs_little_memory(void)
{
    enum { WIDTH = 640, HEIGHT = 360, MAX = 4 << 20 };
    static uint8_t pixels[WIDTH * HEIGHT * 4];
    const struct animation animation = { WIDTH, HEIGHT, 4, 1, pixels, 0, NULL, choose_losses };
    struct mim_test_host host = { 0 };
    struct mim_test_reading reading;

    for (uint32_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i % 4 < 3 ? (i * 2654435761u) >> 24 : i / 4 % WIDTH < 300 ? 0 : 255);
    CHECK(write_animation(&host, &animation) == MIM_OK);
    use_as_source(&host);
    CHECK(host.source.size > 64 << 10);
    mim_test_reading_begin(&reading, &host, &webp_reader_ops);
    CHECK(mim_test_reading_open(&reading) == MIM_OK && mim_test_reading_frame(&reading, 0) == MIM_OK);
    CHECK(reading.info.channels == 4 && reading.info.work_size > WIDTH * HEIGHT && reading.info.work_size < MAX);
    mim_test_reading_end(&reading);
    end_source(&host);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(headers_tell_whether_the_canvas_is_opaque),
        CASE(frames_come_in_any_order),
        CASE(a_frame_after_a_cleared_canvas_is_a_key),
        CASE(frames_beyond_the_canvas_are_corrupt),
        CASE(chunks_larger_than_the_file_are_corrupt),
        CASE(plain_alpha_needs_little_memory),
    };
    return cmocka_run_group_tests_name("webp read", cases, NULL, NULL);
}
