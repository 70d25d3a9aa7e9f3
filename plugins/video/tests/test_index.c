/* SPDX-License-Identifier: MIT */
/* The index: predicting pictures from timestamps, and finding keyframes to decode from. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "read/index.h"

static const int64_t NONE = AV_NOPTS_VALUE;

/* Note one packet per picture in coding order: 'K' is a keyframe, 'D' a discarded packet, 'C' a corrupt one. */
static void
note_packets(struct video_index *index, struct mim_job *job, const int64_t *pts, const char *kinds,
             enum AVCodecID codec)
{
    uint8_t byte = 0x10;
    for (uint64_t i = 0; kinds[i]; i++) {
        AVPacket *packet = av_packet_alloc();
        CHECK(packet);
        packet->data = &byte;
        packet->size = 100;
        packet->pos = (int64_t)i * 100;
        packet->pts = pts[i];
        packet->dts = (int64_t)i;
        packet->flags = kinds[i] == 'K'   ? AV_PKT_FLAG_KEY
                        : kinds[i] == 'D' ? AV_PKT_FLAG_KEY | AV_PKT_FLAG_DISCARD
                        : kinds[i] == 'C' ? AV_PKT_FLAG_CORRUPT
                                          : 0;
        CHECK(video_index_note(index, job, i, packet, codec) == MIM_OK);
        packet->data = NULL;
        packet->size = 0;
        av_packet_free(&packet);
    }
}

static bool
is_predictable(const int64_t *pts, const char *kinds, enum AVCodecID codec)
{
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_index index = { 0 };

    note_packets(&index, &job, pts, kinds, codec);
    CHECK(video_index_predict(&index, &job, codec) == MIM_OK);
    bool is = index.has_all_pictures;
    video_index_close(&index, &job);
    CHECK(host.allocated == 0);
    return is;
}

static void
distinct_times_predict_all_pictures(void)
{
    const int64_t good[] = { 0, 3, 1, 2, 6, 4, 5 };
    const int64_t leading[] = { 3, 1, 2, 6, 4, 5, 9 }, twice[] = { 0, 3, 1, 1, 6, 4, 5 },
                  missing[] = { 0, 3, NONE, 2, 6, 4, 5 };

    CHECK(is_predictable(good, "K---K--", AV_CODEC_ID_H264));
    CHECK(is_predictable(good, "D-DDK--", AV_CODEC_ID_H264));
    CHECK(!is_predictable(good, "---K---", AV_CODEC_ID_H264));
    CHECK(!is_predictable(good, "K-C-K--", AV_CODEC_ID_H264));
    CHECK(!is_predictable(leading, "K---K--", AV_CODEC_ID_H264));
    CHECK(!is_predictable(twice, "K---K--", AV_CODEC_ID_H264));
    CHECK(!is_predictable(missing, "K---K--", AV_CODEC_ID_H264));
    CHECK(!is_predictable(good, "K---K--", AV_CODEC_ID_WMV2)); /* a codec that skips unchanged pictures */
}

static void
decoding_starts_at_a_keyframe_that_is_not_shown_later(void)
{
    const int64_t pts[] = { 0, 3, 1, 2, 6, 4, 5, 9, 7, 8 };
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_index index = { 0 };

    note_packets(&index, &job, pts, "K---K-----", AV_CODEC_ID_H264);
    CHECK(video_index_predict(&index, &job, AV_CODEC_ID_H264) == MIM_OK && index.picture_count == 10);
    for (uint64_t i = 0; i < 10; i++)
        CHECK(index.pictures[i].pts == (int64_t)i);
    CHECK(video_index_find_keyframe(&index, 3, 0) == MIM_UNKNOWN);
    CHECK(video_index_find_keyframe(&index, 4, 0) ==
          MIM_UNKNOWN); /* coded after the keyframe, but may refer to earlier packets */
    CHECK(video_index_find_keyframe(&index, 6, 0) == 4);
    CHECK(video_index_find_keyframe(&index, 9, 0) == 4);
    CHECK(video_index_find_keyframe(&index, 9, 1) == MIM_UNKNOWN);
    video_index_close(&index, &job);
}

static void
two_pictures_in_a_packet_require_decoding_from_the_start(void)
{
    const int64_t pts[] = { 0, 1, 2 };
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_index index = { 0 };

    note_packets(&index, &job, pts, "K--", AV_CODEC_ID_MPEG4);
    CHECK(video_index_learn(&index, &job, 0, 0, 0) == MIM_OK && !index.is_tangled);
    CHECK(video_index_learn(&index, &job, 1, 0, 1) == MIM_OK && index.is_tangled);
    CHECK(video_index_find_keyframe(&index, 1, 0) == MIM_UNKNOWN);
    video_index_forget_pictures(&index);
    CHECK(!index.is_tangled && index.packets[0].picture == VIDEO_NO_PICTURE);
    video_index_close(&index, &job);
}

static void
packets_are_found_by_position(void)
{
    const int64_t pts[] = { 0, 1, 2 };
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_index index = { 0 };
    AVPacket *packet = av_packet_alloc();

    note_packets(&index, &job, pts, "K--", AV_CODEC_ID_H264);
    CHECK(packet);
    packet->pos = 200;
    CHECK(video_index_find(&index, packet) == MIM_UNKNOWN); /* the size differs */
    packet->size = 100;
    packet->pts = 77; /* a demuxer may invent timestamps after a seek */
    CHECK(video_index_find(&index, packet) == 2 && video_index_is(&index, 2, packet) &&
          !video_index_is(&index, 1, packet));
    packet->size = 0;
    av_packet_free(&packet);
    video_index_close(&index, &job);
}

static void
times_that_could_overflow_count_as_missing(void)
{
    const int64_t pts[] = { 0, INT64_MAX, INT64_MIN + 1, VIDEO_LATEST, -VIDEO_LATEST };
    struct mim_test_host host = { 0 };
    struct mim_job job = mim_test_host_job(&host, NULL, NULL);
    struct video_index index = { 0 };

    note_packets(&index, &job, pts, "KKKKK", AV_CODEC_ID_MJPEG);
    CHECK(index.packets[1].pts == NONE && index.packets[2].pts == NONE);
    CHECK(index.packets[0].pts == 0 && index.packets[3].pts == VIDEO_LATEST && index.packets[4].pts == -VIDEO_LATEST);
    video_index_close(&index, &job);
    CHECK(host.allocated == 0);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(distinct_times_predict_all_pictures),
        CASE(decoding_starts_at_a_keyframe_that_is_not_shown_later),
        CASE(two_pictures_in_a_packet_require_decoding_from_the_start),
        CASE(packets_are_found_by_position),
        CASE(times_that_could_overflow_count_as_missing),
    };
    return cmocka_run_group_tests_name("index", cases, NULL, NULL);
}
