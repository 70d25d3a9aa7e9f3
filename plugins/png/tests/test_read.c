/* SPDX-License-Identifier: MIT */
/* Reading through the operations: what fails is told, and nothing is left behind. */
#include "session.h"

#include "chunk/emit.h"

static void
a_file_made_here_is_read(void)
{
    struct desk desk = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&desk, count);
        CHECK(read_all(&desk, &frames) == MIM_OK && frames == count);
        CHECK(desk_said(&desk, "title=a title\n") && desk_said(&desk, "icc=28 bytes\n"));
        CHECK(desk_said(&desk, "color_type=rgba\n") && desk_said(&desk, "bits=8\n"));
        CHECK(desk_said(&desk, "rectangle=0,0,12,12\n") == (count > 1));
        free(desk.source.data);
        desk_clear(&desk);
    }
}

static void
every_refused_allocation_is_told_and_leaves_nothing(void)
{
    struct desk desk = { 0 };
    uint64_t frames;
    int32_t status = MIM_NOMEM;

    make_file(&desk, 3);
    for (desk.fail_alloc = 1; status != MIM_OK; desk.fail_alloc++) {
        desk_forget(&desk);
        status = read_all(&desk, &frames);
        CHECK(status == MIM_NOMEM || status == MIM_OK);
        CHECK(desk.held == 0);
    }
    CHECK(desk.fail_alloc > 15 && frames == 3);
    free(desk.source.data);
    desk_clear(&desk);
}

static void
every_failed_read_is_told(void)
{
    struct desk desk = { 0 };
    uint64_t frames;
    int32_t status = MIM_IO;

    make_file(&desk, 2);
    for (desk.fail_read = 1; status != MIM_OK; desk.fail_read++) {
        desk_forget(&desk);
        status = read_all(&desk, &frames);
        CHECK(status == MIM_IO || status == MIM_OK);
        CHECK(desk.held == 0);
    }
    free(desk.source.data);
    desk_clear(&desk);
}

static void
no_cut_goes_unnoticed(void)
{
    struct desk desk = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&desk, count);
        uint8_t *whole = desk.source.data;
        uint64_t size = desk.source.size;
        for (uint64_t end = 0; end < size; end++) {
            /* memory of that size, so that a read past it is seen */
            desk.source = (struct blob){ 0 };
            blob_add(&desk.source, whole, end);
            desk_forget(&desk);
            int32_t status = read_all(&desk, &frames);
            CHECK(status == MIM_TRUNCATED && desk.text[0]);
            CHECK(frames <= count && desk.held == 0);
            free(desk.source.data);
        }
        free(whole);
        desk_clear(&desk);
    }
}

static void
no_changed_byte_does_harm(void)
{
    struct desk desk = { 0 };
    uint64_t frames, noticed = 0;

    make_file(&desk, 2);
    for (uint64_t at = 0; at < desk.source.size; at++)
        for (unsigned bit = 0; bit < 8; bit += 3) {
            desk.source.data[at] ^= (uint8_t)(1 << bit);
            desk_forget(&desk);
            noticed += read_all(&desk, &frames) != MIM_OK || desk_said(&desk, "notice=");
            CHECK(desk.held == 0 && desk.most_asked < 1 << 20);
            desk.source.data[at] ^= (uint8_t)(1 << bit);
        }
    CHECK(noticed > desk.source.size * 3 * 95 / 100); /* but for names of chunks that nobody has to know */
    free(desk.source.data);
    desk_clear(&desk);
}

static void
limits_are_kept(void)
{
    struct desk desk = { .limit_frames = 2 };
    uint64_t frames;

    make_file(&desk, 3);
    CHECK(read_all(&desk, &frames) == MIM_LIMIT && frames == 2 && strstr(desk.text, "more than 2 frames"));
    desk.limit_frames = 0;
    desk.limit_metadata = 20;
    desk_forget(&desk);
    CHECK(read_all(&desk, &frames) == MIM_LIMIT && frames == 0 && strstr(desk.text, "iCCP"));
    free(desk.source.data);
    desk_clear(&desk);
}

/* Between the walk at the beginning and a frame somebody writes into it. */
static void
a_file_that_changes_meanwhile_is_told(void)
{
    struct desk desk = { 0 };
    struct reading reading;

    make_file(&desk, 2);
    reading_begin(&reading, &desk);
    CHECK(reading_open(&reading) == MIM_OK);
    pngx_window_close(&reading.job, &reading.state.window); /* and it is read anew */
    uint8_t *control = memmem(desk.source.data, desk.source.size, "fcTL", 4);
    control[4 + 24] = 200;
    pngx_put_u32(control + 4 + PNGX_FCTL_SIZE, libdeflate_crc32(0, control, 4 + PNGX_FCTL_SIZE));
    CHECK(reading_frame(&reading, 0) == MIM_CORRUPT && strstr(desk.text, "disposal 200"));
    reading_end(&reading);
    free(desk.source.data);
    desk_clear(&desk);
}

/* The file again, with one more chunk behind its IHDR. */
static void
insert_chunk(struct desk *desk, uint32_t type, const void *data, uint64_t size)
{
    const uint64_t head = PNGX_SIGNATURE_SIZE + PNGX_CHUNK_FRAME + PNGX_IHDR_SIZE;
    struct mim_job job = desk_job(desk, NULL, NULL);

    blob_add(&desk->sink, desk->source.data, head);
    CHECK(pngx_emit_chunk(&job, type, NULL, 0, data, size) == MIM_OK);
    blob_add(&desk->sink, desk->source.data + head, desk->source.size - head);
    free(desk->source.data);
    desk->source = desk->sink;
    desk->sink = (struct blob){ 0 };
    desk_forget(desk);
}

static void
a_time_that_is_none_is_left_out(void)
{
    static const uint8_t times[][7] = {
        { 7, 232, 5, 6, 7, 8, 60 }, { 7, 232, 13, 6, 7, 8, 9 }, { 7, 232, 5, 6, 24, 8, 9 }, { 7, 232, 0, 6, 7, 8, 9 }
    };
    struct desk desk = { 0 };
    uint64_t frames;

    for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
        make_file(&desk, 1);
        insert_chunk(&desk, PNGX_TYPE('t', 'I', 'M', 'E'), times[i], sizeof times[i]);
        CHECK(read_all(&desk, &frames) == MIM_OK && frames == 1);
        CHECK(desk_said(&desk, "modified=2024-05-06T07:08:60Z\n") == (i == 0));
        CHECK(desk_said(&desk, "notice=the chunk tIME is left out") == (i > 0));
        free(desk.source.data);
        desk_clear(&desk);
    }
}

static void
frames_are_found_in_any_order(void)
{
    struct desk desk = { 0 };
    struct reading reading;

    make_file(&desk, 3);
    reading_begin(&reading, &desk);
    CHECK(reading_open(&reading) == MIM_OK && reading.sequence.count == 3 && reading.sequence.sure == MIM_SURE_EXACT);
    CHECK(reading.sequence.time_den == 10 && reading.sequence.loop == 0 && reading.sequence.canvas_width == 12);
    CHECK(reading_frame(&reading, 2) == MIM_OK && reading.info.pts == 2 && reading.info.duration == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading.info.pts == 0 && reading.info.flags & MIM_FRAME_KEY);
    CHECK(reading.info.width == 12 && reading.pixels[3] == 255);
    CHECK(reading_frame(&reading, 3) == MIM_END);
    reading_end(&reading);
    free(desk.source.data);
    desk_clear(&desk);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_file_made_here_is_read),
        CASE(every_refused_allocation_is_told_and_leaves_nothing),
        CASE(every_failed_read_is_told),
        CASE(no_cut_goes_unnoticed),
        CASE(no_changed_byte_does_harm),
        CASE(limits_are_kept),
        CASE(frames_are_found_in_any_order),
        CASE(a_time_that_is_none_is_left_out),
        CASE(a_file_that_changes_meanwhile_is_told),
    };
    return cmocka_run_group_tests_name("png read", cases, NULL, NULL);
}
