/* SPDX-License-Identifier: MIT */
/* The reader's operations on clips in memory: random access, and failures at every step. */
#include <unistd.h>

#include "reading.h"

enum { FRAMES = 24 };

static const struct kind {
    struct clip_plan plan;
    enum video_format format;
} kinds[] = {
    { { "matroska", "mpeg4", WIDTH, HEIGHT, FRAMES, 6, 2 }, VIDEO_mkv },
    { { "avi", "mpeg4", WIDTH, HEIGHT, FRAMES, 6, 2 }, VIDEO_avi },
    { { "mp4", "mpeg4", WIDTH, HEIGHT, FRAMES, 6, 2 }, VIDEO_mp4 },
    { { "mpegts", "mpeg2video", WIDTH, HEIGHT, FRAMES, 6, 2 }, VIDEO_ts },
    { { "vob", "mpeg2video", WIDTH, HEIGHT, FRAMES, 6, 2 }, VIDEO_mpeg },
    { { "flv", "flv", WIDTH, HEIGHT, FRAMES, 6, 0 }, VIDEO_flv },
    { { "mjpeg", "mjpeg", WIDTH, HEIGHT, FRAMES, 1, 0 }, VIDEO_mjpeg },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void
random_access_returns_the_frames_of_a_sequential_pass(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct clip clip = clip_make(&kinds[kind].plan);
        struct reading reading;
        uint64_t sums[FRAMES], seed = 1;
        int64_t times[FRAMES];

        CHECK(reading_open(&reading, &clip, kinds[kind].format) == MIM_OK);
        for (uint64_t i = 0; i < FRAMES; i++) {
            CHECK(reading_frame(&reading, i) == MIM_OK);
            sums[i] = reading.sum;
            times[i] = reading.pts;
            CHECK(!i || (sums[i] != sums[i - 1] && times[i] > times[i - 1]));
        }
        CHECK(reading_frame(&reading, FRAMES) == MIM_END);
        for (uint64_t n = 0; n < 3 * FRAMES; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint64_t i = n < FRAMES ? FRAMES - 1 - n : (seed >> 33) % FRAMES;
            CHECK(reading_frame(&reading, i) == MIM_OK);
            CHECK(reading.sum == sums[i] && reading.pts == times[i]);
            CHECK(i + 1 >= FRAMES || reading.duration == times[i + 1] - times[i]);
        }
        reading_close(&reading);

        CHECK(reading_open(&reading, &clip, kinds[kind].format) == MIM_OK);
        CHECK(reading_frame(&reading, FRAMES - 2) == MIM_OK && reading.sum == sums[FRAMES - 2]);
        CHECK(reading_frame(&reading, 1) == MIM_OK && reading.sum == sums[1]);
        reading_close(&reading);
        clip_free(&clip);
    }
}

static void
scanning_counts_frames_and_keeps_the_position(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct clip clip = clip_make(&kinds[kind].plan);
        struct reading reading;

        CHECK(reading_open(&reading, &clip, kinds[kind].format) == MIM_OK);
        CHECK(reading_frame(&reading, 0) == MIM_OK && reading_frame(&reading, 1) == MIM_OK);
        CHECK(reading.ops->scan(&reading.job, &reading.sequence) == MIM_OK);
        CHECK(reading.sequence.count == FRAMES && reading.sequence.sure == MIM_SURE_EXACT);
        CHECK(reading_frame(&reading, 2) == MIM_OK);
        reading_close(&reading);
        clip_free(&clip);
    }
}

static int32_t
read_all(struct reading *reading, const struct clip *clip, uint64_t *frames)
{
    int32_t status = reading_open(reading, clip, VIDEO_mkv);
    if (status == MIM_OK)
        status = reading->ops->scan(&reading->job, &reading->sequence);
    for (*frames = 0; status == MIM_OK; *frames += status == MIM_OK)
        status = reading_frame(reading, *frames);
    return status;
}

static void
every_failed_allocation_returns_nomem(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading reading = { 0 };
    uint64_t frames;
    int32_t status = MIM_NOMEM;

    for (uint64_t n = 1; status != MIM_END; n++) {
        reading_init(&reading, &clip, VIDEO_mkv);
        reading.host.allocation.fail_at = n;
        reading.host.allocation.fails_on = true;
        status = reading_start(&reading);
        for (frames = 0; status == MIM_OK; frames += status == MIM_OK)
            status = reading_frame(&reading, frames);
        CHECK(status == MIM_NOMEM || (status == MIM_END && frames == FRAMES));
        CHECK(n < 100);
        reading_close(&reading);
    }
    clip_free(&clip);
}

static void
read_errors_are_never_reported_as_the_end(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading reading;
    uint64_t frames;

    CHECK(read_all(&reading, &clip, &frames) == MIM_END && frames == FRAMES);
    uint64_t reads = reading.host.read.count;
    reading_close(&reading);
    for (uint64_t n = 1; n <= reads; n++) {
        reading_init(&reading, &clip, VIDEO_mkv);
        reading.host.read.fail_at = n;
        reading.host.read.fails_on = true;
        int32_t status = reading_start(&reading);
        for (frames = 0; status == MIM_OK && frames < FRAMES; frames += status == MIM_OK)
            status = reading_frame(&reading, frames);
        CHECK(status != MIM_END || reading.host.status == MIM_IO);
        reading_close(&reading);
    }
    clip_free(&clip);
}

static void
a_cancelled_call_can_be_repeated(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading reading;
    uint64_t sums[FRAMES];

    CHECK(reading_open(&reading, &clip, VIDEO_mkv) == MIM_OK);
    for (uint64_t i = 0; i < FRAMES; i++) {
        CHECK(reading_frame(&reading, i) == MIM_OK);
        sums[i] = reading.sum;
    }
    reading_close(&reading);

    CHECK(reading_open(&reading, &clip, VIDEO_mkv) == MIM_OK);
    for (uint64_t i = 0; i < FRAMES; i++) {
        reading.host.poll.fail_at = reading.host.poll.count + 1 + i % 3;
        reading.host.poll.fails_on = true;
        int32_t status = reading_frame(&reading, i);
        CHECK(status == MIM_OK || status == MIM_CANCELLED);
        reading.host.poll.fail_at = 0;
        CHECK(reading_frame(&reading, i) == MIM_OK && reading.sum == sums[i]);
    }
    reading_close(&reading);
    clip_free(&clip);
}

static void
a_truncated_file_returns_its_frames_before_the_error(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading reading;
    size_t whole = clip.size;

    for (size_t part = 2; part < 5; part++) {
        uint64_t frames = 0;
        int32_t status;
        clip.size = whole * part / 5;
        CHECK(reading_open(&reading, &clip, VIDEO_mkv) == MIM_OK);
        while ((status = reading_frame(&reading, frames)) == MIM_OK)
            frames++;
        CHECK(status == MIM_TRUNCATED && frames > 2 && frames < FRAMES);
        CHECK(reading_frame(&reading, FRAMES) == MIM_TRUNCATED && reading_frame(&reading, 0) == MIM_OK);
        CHECK(reading.ops->scan(&reading.job, &reading.sequence) == MIM_TRUNCATED);
        CHECK(reading.sequence.count == frames);
        reading_close(&reading);
    }
    clip_free(&clip);
}

static void
a_file_truncated_before_its_index_is_not_corrupt(void)
{
    struct clip clip = clip_make(&kinds[2].plan);
    struct reading reading;
    size_t whole = clip.size;

    for (size_t part = 1; part < 5; part++) {
        clip.size = whole * part / 8;
        CHECK(reading_open(&reading, &clip, VIDEO_mp4) == MIM_TRUNCATED);
        reading_close(&reading);
    }
    clip_free(&clip);
}

static void
pictures_above_the_limit_are_rejected(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading reading;

    reading_init(&reading, &clip, VIDEO_mkv);
    reading.host.limits[MIM_LIMIT_PIXELS] = WIDTH * HEIGHT - 1;
    CHECK(reading_start(&reading) == MIM_LIMIT);
    reading_close(&reading);
    clip_free(&clip);
}

/* Redirects stderr to a file to capture what FFmpeg logs. */
static void
codecs_log_nothing_in_an_application(void)
{
    struct clip clip = clip_make(&kinds[3].plan);
    struct reading reading;
    FILE *captured = tmpfile();
    int saved = dup(STDERR_FILENO);
    uint64_t frames = 0;

    CHECK(captured && saved >= 0);
    for (size_t at = clip.size / 3; at + 3 < clip.size; at += 188)
        clip.data[at] ^= 0x55;
    fflush(stderr);
    CHECK(dup2(fileno(captured), STDERR_FILENO) >= 0);
    int32_t status = reading_open(&reading, &clip, VIDEO_ts);
    while (status == MIM_OK)
        status = reading_frame(&reading, frames++);
    reading_close(&reading);
    fflush(stderr);
    CHECK(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    char line[200];
    rewind(captured);
    while (fgets(line, sizeof line, captured))
        CHECK(!strstr(line, "[mpeg2video")); /* lines of the demuxer are the application's responsibility */
    fclose(captured);
    clip_free(&clip);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(random_access_returns_the_frames_of_a_sequential_pass),
        CASE(scanning_counts_frames_and_keeps_the_position),
        CASE(every_failed_allocation_returns_nomem),
        CASE(read_errors_are_never_reported_as_the_end),
        CASE(a_cancelled_call_can_be_repeated),
        CASE(a_truncated_file_returns_its_frames_before_the_error),
        CASE(a_file_truncated_before_its_index_is_not_corrupt),
        CASE(pictures_above_the_limit_are_rejected),
        CASE(codecs_log_nothing_in_an_application),
    };
    return cmocka_run_group_tests_name("read", cases, NULL, NULL);
}
