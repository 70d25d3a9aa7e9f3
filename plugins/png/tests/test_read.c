/* SPDX-License-Identifier: MIT */
/* Reading through the operations: what fails is told, and nothing is left behind. */
#include "session.h"

#include "chunk/emit.h"

static void
a_file_made_here_is_read(void)
{
    struct test_host host = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&host, count);
        CHECK(read_all(&host, &frames) == MIM_OK && frames == count);
        CHECK(host_reported(&host, "title=a title\n") && host_reported(&host, "icc=28 bytes\n"));
        CHECK(host_reported(&host, "color_type=rgba\n") && host_reported(&host, "bits=8\n"));
        CHECK(host_reported(&host, "rectangle=0,0,12,12\n") == (count > 1));
        free(host.source.data);
        host_clear(&host);
    }
}

static void
every_refused_allocation_is_told_and_leaves_nothing(void)
{
    struct test_host host = { 0 };
    uint64_t frames;
    int32_t status = MIM_NOMEM;

    make_file(&host, 3);
    for (host.fail_alloc = 1; status != MIM_OK; host.fail_alloc++) {
        host_reset(&host);
        status = read_all(&host, &frames);
        CHECK(status == MIM_NOMEM || status == MIM_OK);
        CHECK(host.allocated == 0);
    }
    CHECK(host.fail_alloc > 15 && frames == 3);
    free(host.source.data);
    host_clear(&host);
}

static void
every_failed_read_is_told(void)
{
    struct test_host host = { 0 };
    uint64_t frames;
    int32_t status = MIM_IO;

    make_file(&host, 2);
    for (host.fail_read = 1; status != MIM_OK; host.fail_read++) {
        host_reset(&host);
        status = read_all(&host, &frames);
        CHECK(status == MIM_IO || status == MIM_OK);
        CHECK(host.allocated == 0);
    }
    free(host.source.data);
    host_clear(&host);
}

static void
no_cut_goes_unnoticed(void)
{
    struct test_host host = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&host, count);
        uint8_t *whole = host.source.data;
        uint64_t size = host.source.size;
        for (uint64_t end = 0; end < size; end++) {
            /* memory of that size, so that a read past it is seen */
            host.source = (struct blob){ 0 };
            blob_add(&host.source, whole, end);
            host_reset(&host);
            int32_t status = read_all(&host, &frames);
            CHECK(status == MIM_TRUNCATED && host.text[0]);
            CHECK(frames <= count && host.allocated == 0);
            free(host.source.data);
        }
        free(whole);
        host_clear(&host);
    }
}

static void
no_changed_byte_does_harm(void)
{
    struct test_host host = { 0 };
    uint64_t frames, noticed = 0;

    make_file(&host, 2);
    for (uint64_t at = 0; at < host.source.size; at++)
        for (unsigned bit = 0; bit < 8; bit += 3) {
            host.source.data[at] ^= (uint8_t)(1 << bit);
            host_reset(&host);
            noticed += read_all(&host, &frames) != MIM_OK || host_reported(&host, "notice=");
            CHECK(host.allocated == 0 && host.largest_request < 1 << 20);
            host.source.data[at] ^= (uint8_t)(1 << bit);
        }
    CHECK(noticed > host.source.size * 3 * 95 / 100); /* but for names of chunks that nobody has to know */
    free(host.source.data);
    host_clear(&host);
}

static void
limits_are_kept(void)
{
    struct test_host host = { .limit_frames = 2 };
    uint64_t frames;

    make_file(&host, 3);
    CHECK(read_all(&host, &frames) == MIM_LIMIT && frames == 2 && strstr(host.text, "more than 2 frames"));
    host.limit_frames = 0;
    host.limit_metadata = 20;
    host_reset(&host);
    CHECK(read_all(&host, &frames) == MIM_LIMIT && frames == 0 && strstr(host.text, "iCCP"));
    free(host.source.data);
    host_clear(&host);
}

/* Between the walk at the beginning and a frame somebody writes into it. */
static void
a_file_that_changes_meanwhile_is_told(void)
{
    struct test_host host = { 0 };
    struct reading reading;

    make_file(&host, 2);
    reading_begin(&reading, &host);
    CHECK(reading_open(&reading) == MIM_OK);
    pngx_window_close(&reading.job, &reading.state.window); /* and it is read anew */
    uint8_t *control = memmem(host.source.data, host.source.size, "fcTL", 4);
    control[4 + 24] = 200;
    pngx_put_u32(control + 4 + PNGX_FCTL_SIZE, libdeflate_crc32(0, control, 4 + PNGX_FCTL_SIZE));
    CHECK(reading_frame(&reading, 0) == MIM_CORRUPT && strstr(host.text, "disposal 200"));
    reading_end(&reading);
    free(host.source.data);
    host_clear(&host);
}

/* The file again, with one more chunk behind its IHDR. */
static void
insert_chunk(struct test_host *host, uint32_t type, const void *data, uint64_t size)
{
    const uint64_t head = PNGX_SIGNATURE_SIZE + PNGX_CHUNK_FRAME + PNGX_IHDR_SIZE;
    struct mim_job job = host_job(host, NULL, NULL);

    blob_add(&host->sink, host->source.data, head);
    CHECK(pngx_emit_chunk(&job, type, NULL, 0, data, size) == MIM_OK);
    blob_add(&host->sink, host->source.data + head, host->source.size - head);
    free(host->source.data);
    host->source = host->sink;
    host->sink = (struct blob){ 0 };
    host_reset(host);
}

static void
a_time_that_is_none_is_left_out(void)
{
    static const uint8_t times[][7] = {
        { 7, 232, 5, 6, 7, 8, 60 }, { 7, 232, 13, 6, 7, 8, 9 }, { 7, 232, 5, 6, 24, 8, 9 }, { 7, 232, 0, 6, 7, 8, 9 }
    };
    struct test_host host = { 0 };
    uint64_t frames;

    for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
        make_file(&host, 1);
        insert_chunk(&host, PNGX_TYPE('t', 'I', 'M', 'E'), times[i], sizeof times[i]);
        CHECK(read_all(&host, &frames) == MIM_OK && frames == 1);
        CHECK(host_reported(&host, "modified=2024-05-06T07:08:60Z\n") == (i == 0));
        CHECK(host_reported(&host, "notice=the chunk tIME is left out") == (i > 0));
        free(host.source.data);
        host_clear(&host);
    }
}

static void
frames_are_found_in_any_order(void)
{
    struct test_host host = { 0 };
    struct reading reading;

    make_file(&host, 3);
    reading_begin(&reading, &host);
    CHECK(reading_open(&reading) == MIM_OK && reading.sequence.count == 3 && reading.sequence.sure == MIM_SURE_EXACT);
    CHECK(reading.sequence.time_den == 10 && reading.sequence.loop == 0 && reading.sequence.canvas_width == 12);
    CHECK(reading_frame(&reading, 2) == MIM_OK && reading.info.pts == 2 && reading.info.duration == 1);
    CHECK(reading_frame(&reading, 0) == MIM_OK && reading.info.pts == 0 && reading.info.flags & MIM_FRAME_KEY);
    CHECK(reading.info.width == 12 && reading.pixels[3] == 255);
    CHECK(reading_frame(&reading, 3) == MIM_END);
    reading_end(&reading);
    free(host.source.data);
    host_clear(&host);
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
