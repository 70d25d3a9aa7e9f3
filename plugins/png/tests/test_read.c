/* SPDX-License-Identifier: MIT */
/* Reads through the operations: every failure is reported and leaves no memory allocated. */
#include "session.h"

#include "chunk/emit.h"

static void
written_file_is_read(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&host, count);
        CHECK(read_all(&host, &frames) == MIM_OK && frames == count);
        CHECK(mim_test_host_reported(&host, "title=a title\n"));
        CHECK(mim_test_host_reported(&host, "icc=303132333435363738396162636465665247422061"
                                            "6e64206d6f7265\n"));
        CHECK(mim_test_host_reported(&host, "color_type=rgba\n") && mim_test_host_reported(&host, "bits=8\n"));
        CHECK(mim_test_host_reported(&host, "rectangle=0,0,12,12\n") == (count > 1));
        free(host.source.data);
        CHECK(mim_test_host_clear(&host));
    }
}

/* Without memory for bands, libpng reads the frame with less. */
static void
failed_allocation_is_reported_without_leaks(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames, fewest = 3;

    make_file(&host, 3);
    for (host.allocation.fail_at = 1; host.allocation.fail_at < 60; host.allocation.fail_at++) {
        mim_test_host_forget(&host);
        int32_t status = read_all(&host, &frames);
        CHECK(status == MIM_NOMEM || (status == MIM_OK && frames == 3));
        CHECK(host.allocated == 0);
        fewest = frames < fewest ? frames : fewest;
    }
    CHECK(fewest == 0 && frames == 3);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
failed_allocation_of_libpng_is_reported_without_leaks(void)
{
    struct mim_test_host host = { 0 };
    struct reading reading;
    int32_t status = MIM_NOMEM;

    make_file(&host, 3);
    for (host.allocation.fail_at = 1; status != MIM_OK; host.allocation.fail_at++) {
        mim_test_host_forget(&host);
        reading_begin(&reading, &host);
        reading.worker.uses_libpng_only = true;
        status = reading_open(&reading);
        for (uint64_t i = 0; i < 3 && status == MIM_OK; i++)
            status = reading_frame(&reading, i);
        reading_end(&reading);
        CHECK(status == MIM_NOMEM || status == MIM_OK);
        CHECK(host.allocated == 0);
    }
    CHECK(host.allocation.fail_at > 15);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
failed_read_is_reported(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;
    int32_t status = MIM_IO;

    make_file(&host, 2);
    for (host.read.fail_at = 1; status != MIM_OK; host.read.fail_at++) {
        mim_test_host_forget(&host);
        status = read_all(&host, &frames);
        CHECK(status == MIM_IO || status == MIM_OK);
        CHECK(host.allocated == 0);
    }
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
every_truncation_is_reported(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames;

    for (uint32_t count = 1; count < 4; count++) {
        make_file(&host, count);
        uint8_t *whole = host.source.data;
        uint64_t size = host.source.size;
        for (uint64_t end = 0; end < size; end++) {
            /* an allocation of exactly this size lets sanitizers see overreads */
            host.source = (struct mim_test_bytes){ .data = malloc(end + !end), .size = end };
            CHECK(host.source.data);
            memcpy(host.source.data, whole, end);
            mim_test_host_forget(&host);
            int32_t status = read_all(&host, &frames);
            bool lacks_only_end = end + PNGX_CHUNK_FRAME >= size; /* IEND is the last chunk */
            CHECK(status == (lacks_only_end ? MIM_OK : MIM_TRUNCATED));
            CHECK(lacks_only_end ? host.notices[MIM_NOTICE_FRAMES] == 1 : host.message[0] != 0);
            CHECK(frames <= count && host.allocated == 0);
            free(host.source.data);
        }
        free(whole);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
changed_bytes_are_harmless(void)
{
    struct mim_test_host host = { 0 };
    uint64_t frames, noticed = 0;

    make_file(&host, 2);
    for (uint64_t at = 0; at < host.source.size; at++)
        for (unsigned bit = 0; bit < 8; bit += 3) {
            host.source.data[at] ^= (uint8_t)(1 << bit);
            mim_test_host_forget(&host);
            noticed += read_all(&host, &frames) != MIM_OK || mim_test_host_reported(&host, "notice=");
            CHECK(host.allocated == 0 && host.largest < 1 << 20);
            host.source.data[at] ^= (uint8_t)(1 << bit);
        }
    CHECK(noticed > host.source.size * 3 * 95 / 100); /* the rest are names of unknown ancillary chunks */
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

static void
limits_are_enforced(void)
{
    struct mim_test_host host = { .limits[MIM_LIMIT_FRAMES] = 2 };
    uint64_t frames;

    make_file(&host, 3);
    CHECK(read_all(&host, &frames) == MIM_LIMIT && frames == 2 && strstr(host.message, "the limit frames=2"));
    host.limits[MIM_LIMIT_FRAMES] = 0;
    host.limits[MIM_LIMIT_METADATA] = 20;
    mim_test_host_forget(&host);
    CHECK(read_all(&host, &frames) == MIM_OK && frames == 3 && host.notices[MIM_NOTICE_METADATA]);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

/* The file is changed between open and reading a frame. */
static void
file_changed_while_open_is_reported(void)
{
    struct mim_test_host host = { 0 };
    struct reading reading;

    make_file(&host, 2);
    reading_begin(&reading, &host);
    CHECK(reading_open(&reading) == MIM_OK);
    mim_window_close(&reading.job, &reading.state.window); /* so that the file is read again */
    uint8_t *control = memmem(host.source.data, host.source.size, "fcTL", 4);
    control[4 + 24] = 200;
    mim_store_be32(control + 4 + PNGX_FCTL_SIZE, libdeflate_crc32(0, control, 4 + PNGX_FCTL_SIZE));
    CHECK(reading_frame(&reading, 0) == MIM_CORRUPT && strstr(host.message, "disposal 200"));
    reading_end(&reading);
    free(host.source.data);
    CHECK(mim_test_host_clear(&host));
}

/* Inserts a chunk after IHDR. */
static void
insert_chunk(struct mim_test_host *host, uint32_t type, const void *data, uint64_t size)
{
    const uint64_t head = PNGX_SIGNATURE_SIZE + PNGX_CHUNK_FRAME + PNGX_IHDR_SIZE;
    struct mim_job job = mim_test_host_job(host, NULL, NULL);

    mim_test_bytes_append(&host->sink, host->source.data, head);
    CHECK(pngx_emit_chunk(&job, type, NULL, 0, data, size) == MIM_OK);
    mim_test_bytes_append(&host->sink, host->source.data + head, host->source.size - head);
    free(host->source.data);
    host->source = host->sink;
    host->sink = (struct mim_test_bytes){ 0 };
    mim_test_host_forget(host);
}

static void
invalid_time_is_ignored(void)
{
    static const uint8_t times[][7] = {
        { 7, 232, 5, 6, 7, 8, 60 }, { 7, 232, 13, 6, 7, 8, 9 }, { 7, 232, 5, 6, 24, 8, 9 }, { 7, 232, 0, 6, 7, 8, 9 }
    };
    struct mim_test_host host = { 0 };
    uint64_t frames;

    for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
        make_file(&host, 1);
        insert_chunk(&host, PNGX_TYPE('t', 'I', 'M', 'E'), times[i], sizeof times[i]);
        CHECK(read_all(&host, &frames) == MIM_OK && frames == 1);
        CHECK(mim_test_host_reported(&host, "modified=2024-05-06T07:08:60Z\n") == (i == 0));
        CHECK(mim_test_host_reported(&host, "notice=chunk tIME is ignored") == (i > 0));
        free(host.source.data);
        CHECK(mim_test_host_clear(&host));
    }
}

static void
frames_are_read_in_any_order(void)
{
    struct mim_test_host host = { 0 };
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
    CHECK(mim_test_host_clear(&host));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(written_file_is_read),
        CASE(failed_allocation_is_reported_without_leaks),
        CASE(failed_allocation_of_libpng_is_reported_without_leaks),
        CASE(failed_read_is_reported),
        CASE(every_truncation_is_reported),
        CASE(changed_bytes_are_harmless),
        CASE(limits_are_enforced),
        CASE(frames_are_read_in_any_order),
        CASE(invalid_time_is_ignored),
        CASE(file_changed_while_open_is_reported),
    };
    return cmocka_run_group_tests_name("png read", cases, NULL, NULL);
}
