/* SPDX-License-Identifier: MIT */
/* Remote MP4 and MOV files: the table of samples replaces a pass over all packets, and nothing else changes. */
#include "reading.h"

enum { FRAMES = 120, GROUP = 12 };

static const struct kind {
    struct clip_plan plan;
    enum video_format format;
} kinds[] = {
    { { "mp4", "mpeg4", WIDTH, HEIGHT, FRAMES, GROUP, 2 }, VIDEO_mp4 },
    { { "mp4", "mpeg4", WIDTH, HEIGHT, FRAMES, GROUP, 0 }, VIDEO_mp4 },
    { { "mov", "mpeg4", WIDTH, HEIGHT, FRAMES, GROUP, 1 }, VIDEO_mov },
    { { "mov", "mjpeg", WIDTH, HEIGHT, FRAMES, 1, 0 }, VIDEO_mov },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int32_t
start_remote(struct reading *reading, const struct clip *clip, enum video_format format)
{
    reading_init(reading, clip, format);
    reading->host.flags = MIM_HOST_REMOTE;
    return reading_start(reading);
}

static bool
is_stated(const struct reading *reading)
{
    return reading->state.cursor.scan.index.is_stated;
}

/* Read the same frames with and without the table, first one that is far from the start. Returns whether the table was in
 * use to the end. */
static bool
reads_alike(const struct clip *clip, enum video_format format, unsigned reads)
{
    struct reading near, far;
    uint64_t seed = 1, frame = FRAMES - 1 - GROUP / 2;
    int32_t status = reading_open(&near, clip, format);

    CHECK(start_remote(&far, clip, format) == status);
    for (unsigned n = 0; n < reads && status == MIM_OK; n++) {
        int32_t one = reading_frame(&near, frame), other = reading_frame(&far, frame);
        CHECK(one == other);
        CHECK(one != MIM_OK || (near.sum == far.sum && near.pts == far.pts && near.duration == far.duration));
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        frame = (seed >> 33) % (n < reads / 2 ? FRAMES : FRAMES + 2);
    }
    bool was_used = is_stated(&far);
    reading_close(&near);
    reading_close(&far);
    return was_used;
}

static void
the_table_has_all_that_a_pass_finds(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct clip clip = clip_make(&kinds[kind].plan);
        struct reading near, far;
        CHECK(reading_open(&near, &clip, kinds[kind].format) == MIM_OK);
        CHECK(start_remote(&far, &clip, kinds[kind].format) == MIM_OK);
        struct video_index *walked = &near.state.cursor.scan.index, *stated = &far.state.cursor.scan.index;
        CHECK(video_scan_for(&near.state.cursor.scan, 0) == MIM_OK && video_scan_for(&far.state.cursor.scan, 0) == MIM_OK);
        CHECK(!walked->is_stated && stated->is_stated && walked->has_dependent == stated->has_dependent);
        CHECK(walked->packet_count == FRAMES && stated->packet_count == FRAMES && stated->picture_count == FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            const struct video_packet *one = &walked->packets[i], *other = &stated->packets[i];
            CHECK(one->pts == other->pts && one->dts == other->dts && one->position == other->position);
            CHECK(one->size == other->size && one->duration == other->duration && one->flags == other->flags);
            CHECK(one->picture == other->picture);
        }
        reading_close(&near);
        reading_close(&far);
        clip_free(&clip);
    }
}

static void
frames_by_the_table_are_those_of_a_pass(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct clip clip = clip_make(&kinds[kind].plan);
        CHECK(reads_alike(&clip, kinds[kind].format, 30));
        clip_free(&clip);
    }
}

static void
the_end_and_the_count_need_all_packets(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    struct reading far;

    CHECK(start_remote(&far, &clip, VIDEO_mp4) == MIM_OK);
    CHECK(reading_frame(&far, FRAMES - 1) == MIM_OK && is_stated(&far));
    CHECK(reading_frame(&far, FRAMES) == MIM_END && !is_stated(&far));
    CHECK(reading_frame(&far, FRAMES / 2) == MIM_OK);
    reading_close(&far);

    CHECK(start_remote(&far, &clip, VIDEO_mp4) == MIM_OK);
    CHECK(reading_frame(&far, FRAMES / 2) == MIM_OK && is_stated(&far));
    CHECK(far.ops->scan(&far.job, &far.sequence) == MIM_OK && !is_stated(&far));
    CHECK(far.sequence.count == FRAMES && far.sequence.sure == MIM_SURE_EXACT);
    CHECK(reading_frame(&far, FRAMES / 2 + 1) == MIM_OK);
    reading_close(&far);
    clip_free(&clip);
}

/* The content of a box. */
static uint8_t *
box_of(const struct clip *clip, const char *type, size_t *size)
{
    uint8_t *found = memmem(clip->data, clip->size, type, 4);
    CHECK(found);
    *size = (size_t)found[-4] << 24 | (size_t)found[-3] << 16 | (size_t)found[-2] << 8 | found[-1];
    CHECK(*size >= 8 && *size <= clip->size - (size_t)(found - clip->data));
    *size -= 8;
    return found + 4;
}

static void
false_keyframes_are_noticed(void)
{
    struct clip clip = clip_make(&kinds[0].plan);
    size_t size;

    memcpy(box_of(&clip, "stss", &size) - 4, "free", 4); /* without the table, all samples count as keyframes */
    CHECK(!reads_alike(&clip, VIDEO_mp4, 30));
    clip_free(&clip);
}

static void
files_with_fragments_or_unknown_boxes_are_read_as_a_whole(void)
{
    static const char *const types[] = { "moof", "sidx", "abcd" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct clip clip = clip_make(&kinds[0].plan);
        uint8_t *longer = realloc(clip.data, clip.size + 8);
        CHECK(longer);
        clip.data = longer;
        memcpy(clip.data + clip.size, "\0\0\0\10", 4);
        memcpy(clip.data + clip.size + 4, types[i], 4);
        clip.size += 8;
        CHECK(!reads_alike(&clip, VIDEO_mp4, 6));
        clip_free(&clip);
    }
}

/* Wrong numbers anywhere in a table, a few bits at a time. */
static void
wrong_tables_change_no_frame(void)
{
    static const char *const types[] = { "stts", "stss", "ctts", "stsc", "stsz", "stco", "elst", "mdhd" };
    uint64_t seed = 7;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (int round = 0; round < 12; round++) {
            struct clip clip = clip_make(&kinds[0].plan);
            size_t size;
            uint8_t *content = box_of(&clip, types[i], &size);
            for (int n = 0; n <= round % 3; n++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                content[(seed >> 33) % size] ^= (uint8_t)(1u << (seed >> 20) % 8);
            }
            reads_alike(&clip, VIDEO_mp4, 8);
            clip_free(&clip);
        }
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_table_has_all_that_a_pass_finds),
        CASE(frames_by_the_table_are_those_of_a_pass),
        CASE(the_end_and_the_count_need_all_packets),
        CASE(false_keyframes_are_noticed),
        CASE(files_with_fragments_or_unknown_boxes_are_read_as_a_whole),
        CASE(wrong_tables_change_no_frame),
    };
    return cmocka_run_group_tests_name("sample table", cases, NULL, NULL);
}
