/* SPDX-License-Identifier: MIT */
/* Alpha beside the pictures: how streams state it, and where its decoding may start. */
#include <mim/kit/test-case.h>

#include <libavutil/mem.h>

#include "read/alpha.h"

/* Is a packet whose alpha begins with `first` still a keyframe? */
static bool
is_key(enum AVCodecID codec, uint8_t id, uint8_t first)
{
    AVPacket *packet = av_packet_alloc();
    uint8_t *data = packet ? av_packet_new_side_data(packet, AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, 9) : NULL;
    CHECK(data);
    memset(data, 0, 9);
    data[7] = id;
    data[8] = first;
    packet->flags = AV_PKT_FLAG_KEY;
    video_alpha_check_key(packet, codec);
    bool is_flagged = packet->flags & AV_PKT_FLAG_KEY;
    av_packet_free(&packet);
    return is_flagged;
}

static void
a_keyframe_needs_a_keyframe_of_alpha(void)
{
    CHECK(is_key(AV_CODEC_ID_VP8, 1, 0x10) && !is_key(AV_CODEC_ID_VP8, 1, 0x11));
    CHECK(is_key(AV_CODEC_ID_VP9, 1, 0x82) && !is_key(AV_CODEC_ID_VP9, 1, 0x86));
    CHECK(!is_key(AV_CODEC_ID_VP9, 1, 0x88)); /* shows an earlier frame again */
    CHECK(is_key(AV_CODEC_ID_VP9, 1, 0xb0) && !is_key(AV_CODEC_ID_VP9, 1, 0xb2)); /* profile 3 */
    CHECK(is_key(AV_CODEC_ID_VP9, 4, 0x86)); /* not alpha */
    CHECK(is_key(AV_CODEC_ID_H264, 1, 0x86));
}

static bool
is_stated(enum AVCodecID codec, const void *extradata, size_t size, const char *mode)
{
    AVFormatContext *format = avformat_alloc_context();
    AVStream *stream = format ? avformat_new_stream(format, NULL) : NULL;
    CHECK(stream);
    stream->codecpar->codec_id = codec;
    stream->codecpar->extradata = size ? av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE) : NULL;
    if (size)
        memcpy(stream->codecpar->extradata, extradata, size);
    stream->codecpar->extradata_size = (int)size;
    if (mode)
        av_dict_set(&stream->metadata, "alpha_mode", mode, 0);
    bool result = video_alpha_is_stated(stream);
    avformat_free_context(format);
    return result;
}

static void
webm_states_alpha_by_a_mode(void)
{
    CHECK(is_stated(AV_CODEC_ID_VP9, NULL, 0, "1") && is_stated(AV_CODEC_ID_VP8, NULL, 0, "1"));
    CHECK(!is_stated(AV_CODEC_ID_VP9, NULL, 0, "0") && !is_stated(AV_CODEC_ID_VP9, NULL, 0, NULL));
    CHECK(!is_stated(AV_CODEC_ID_AV1, NULL, 0, "1"));
}

static void
hevc_states_alpha_by_an_sei(void)
{
    uint8_t record[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,      0, 0, 0,  0, 0, 0, 0,    0, 0,
                         0, 0, 2, /* arrays */ 33, 0, 1, 0, 1, 9, 39, 0, 1, 0, 3, 0x4e, 1, 165 };
    CHECK(is_stated(AV_CODEC_ID_HEVC, record, sizeof record, NULL));
    CHECK(!is_stated(AV_CODEC_ID_H264, record, sizeof record, NULL));
    for (size_t size = 0; size < sizeof record; size++)
        CHECK(!is_stated(AV_CODEC_ID_HEVC, record, size, NULL));
    record[sizeof record - 1] = 137;
    CHECK(!is_stated(AV_CODEC_ID_HEVC, record, sizeof record, NULL));
    record[27] = 0xff; /* a length beyond the end */
    CHECK(!is_stated(AV_CODEC_ID_HEVC, record, sizeof record, NULL));
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_keyframe_needs_a_keyframe_of_alpha),
        CASE(webm_states_alpha_by_a_mode),
        CASE(hevc_states_alpha_by_an_sei),
    };
    return cmocka_run_group_tests_name("alpha", cases, NULL, NULL);
}
