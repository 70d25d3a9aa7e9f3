/* SPDX-License-Identifier: MIT */
/* Headers that packets leave to later ones: recorded once, and repeated before a keyframe. */
#include <mim/kit/test-case.h>
#include <mim/kit/test-host.h>

#include "read/stream-headers.h"

struct recording {
    struct mim_test_host host;
    struct mim_job job;
    struct video_headers headers;
    AVCodecParameters *parameters;
};

static void
recording_open(struct recording *recording, enum AVCodecID codec)
{
    memset(recording, 0, sizeof *recording);
    recording->job = mim_test_host_job(&recording->host, NULL, NULL);
    recording->parameters = avcodec_parameters_alloc();
    CHECK(recording->parameters);
    recording->parameters->codec_id = codec;
}

static void
recording_close(struct recording *recording)
{
    video_headers_close(&recording->headers, &recording->job);
    avcodec_parameters_free(&recording->parameters);
    CHECK(recording->host.allocated == 0);
    mim_test_host_clear(&recording->host);
}

static AVPacket *
packet_of(const void *data, size_t size)
{
    AVPacket *packet = av_packet_alloc();
    CHECK(packet && av_new_packet(packet, (int)size) == 0);
    memcpy(packet->data, data, size);
    return packet;
}

static void
note(struct recording *recording, uint64_t number, const void *data, size_t size, const char *palette)
{
    AVPacket *packet = packet_of(data, size);
    if (palette)
        memcpy(av_packet_new_side_data(packet, AV_PKT_DATA_PALETTE, 4), palette, 4);
    CHECK(video_headers_note(&recording->headers, &recording->job, number, packet, recording->parameters) == MIM_OK);
    av_packet_free(&packet);
}

/* Does packet `number` with this content become `expected`? */
static bool
becomes(struct recording *recording, uint64_t number, const void *data, size_t size, const void *expected,
        size_t expected_size)
{
    AVPacket *packet = packet_of(data, size);
    CHECK(video_headers_apply(&recording->headers, number, packet, recording->parameters) == MIM_OK);
    bool is = (size_t)packet->size == expected_size && !memcmp(packet->data, expected, expected_size);
    av_packet_free(&packet);
    return is;
}

#define CODE "\0\0\1"
#define SPS CODE "\x67one"
#define SPS_2 CODE "\x67two"
#define PPS CODE "\x68pps"
#define SEI CODE "\x06\x05*uuid*x264 - core 142"
#define OTHER_SEI CODE "\x06\x01time"
#define IDR CODE "\x65picture"
#define TEXT(text) (text), sizeof(text) - 1

static void
parameter_sets_and_the_encoder_of_the_first_packet_precede_a_keyframe(void)
{
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_H264);
    note(&recording, 0, TEXT(SPS PPS SEI OTHER_SEI IDR), NULL);
    note(&recording, 1, TEXT(IDR), NULL);
    CHECK(becomes(&recording, 2, TEXT(IDR), TEXT(SPS PPS SEI IDR)));
    CHECK(becomes(&recording, 0, TEXT(IDR), TEXT(IDR)));
    recording_close(&recording);
}

static void
repeated_headers_are_recorded_once_and_changes_in_their_order(void)
{
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_H264);
    for (uint64_t i = 0; i < 20; i++)
        note(&recording, i, TEXT(SPS PPS IDR), NULL);
    CHECK(recording.headers.count == 1);
    note(&recording, 20, TEXT(SPS_2 PPS IDR), NULL);
    CHECK(recording.headers.count == 2 && video_headers_changes(&recording.headers, 19) == 1);
    CHECK(becomes(&recording, 20, TEXT(IDR), TEXT(SPS PPS IDR)));
    CHECK(becomes(&recording, 21, TEXT(IDR), TEXT(SPS PPS SPS_2 PPS IDR)));
    recording_close(&recording);
}

static void
units_with_lengths_are_found(void)
{
    static const uint8_t avcc[7] = { 1, 100, 0, 11, 0xff, 0xe1, 0 };
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_H264);
    recording.parameters->extradata = av_mallocz(sizeof avcc + AV_INPUT_BUFFER_PADDING_SIZE);
    CHECK(recording.parameters->extradata);
    memcpy(recording.parameters->extradata, avcc, sizeof avcc);
    recording.parameters->extradata_size = sizeof avcc;
    note(&recording, 0, TEXT("\0\0\0\4\x67sps\0\0\0\2\x65!\0\0\0\4\x68pps"), NULL);
    CHECK(becomes(&recording, 1, TEXT("\0\0\0\2\x65!"), TEXT("\0\0\0\4\x67sps\0\0\0\4\x68pps\0\0\0\2\x65!")));
    note(&recording, 1, TEXT("\0\0\xff\xff\x67 shorter than its length"), NULL);
    note(&recording, 2, TEXT("\0\0"), NULL);
    recording_close(&recording);
}

static void
mpeg4_gets_only_the_latest_layer_unless_the_packet_has_its_own(void)
{
#define LAYER CODE "\x20layer"
#define LAYER_2 CODE "\x20other"
#define USER CODE "\xb2XviD"
#define VOP CODE "\xb6vop"
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_MPEG4);
    note(&recording, 0, TEXT(LAYER USER VOP), NULL);
    CHECK(!recording.headers.needs_one_thread);
    note(&recording, 1, TEXT(LAYER_2 VOP), NULL);
    CHECK(recording.headers.needs_one_thread);
    CHECK(becomes(&recording, 2, TEXT(VOP), TEXT(USER LAYER_2 VOP)));
    CHECK(becomes(&recording, 2, TEXT(LAYER VOP), TEXT(USER LAYER VOP)));
    recording_close(&recording);
}

static void
mpeg4_headers_behind_a_picture_are_ignored(void)
{
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_MPEG4);
    note(&recording, 0, TEXT(LAYER VOP LAYER_2 USER), NULL);
    note(&recording, 1, TEXT(VOP LAYER_2), NULL);
    CHECK(recording.headers.count == 1 && !recording.headers.needs_one_thread);
    CHECK(becomes(&recording, 2, TEXT(VOP), TEXT(LAYER VOP)));
    CHECK(becomes(&recording, 2, TEXT(VOP LAYER_2), TEXT(LAYER VOP LAYER_2)));
    recording_close(&recording);
}

static void
the_palette_in_force_is_attached(void)
{
    struct recording recording;
    size_t size;
    recording_open(&recording, AV_CODEC_ID_MSVIDEO1);
    note(&recording, 0, TEXT("a"), "red!");
    note(&recording, 3, TEXT("b"), "blue");
    for (uint64_t i = 0; i < 6; i++) {
        AVPacket *packet = packet_of(TEXT("c"));
        memcpy(av_packet_new_side_data(packet, AV_PKT_DATA_PALETTE, 4), "else", 4);
        CHECK(video_headers_apply(&recording.headers, i, packet, recording.parameters) == MIM_OK);
        const uint8_t *palette = av_packet_get_side_data(packet, AV_PKT_DATA_PALETTE, &size);
        CHECK(palette && size == 4 && !memcmp(palette, i < 3 ? "red!" : "blue", 4) && packet->size == 1);
        av_packet_free(&packet);
    }
    recording_close(&recording);
}

static void
new_extradata_replaces_earlier_parameters(void)
{
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_H264);
    note(&recording, 0, TEXT(SPS SEI IDR), NULL);
    AVPacket *packet = packet_of(TEXT(IDR));
    memcpy(av_packet_new_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, 4), "avcC", 4);
    CHECK(video_headers_note(&recording.headers, &recording.job, 1, packet, recording.parameters) == MIM_OK);
    av_packet_free(&packet);
    CHECK(becomes(&recording, 1, TEXT(IDR), TEXT(SEI IDR)));
    recording_close(&recording);
}

static void
unknown_codecs_and_endless_changes_are_decoded_from_the_start(void)
{
    static uint8_t sps[200000] = { 0, 0, 1, 0x67 };
    struct recording recording;
    recording_open(&recording, AV_CODEC_ID_FLIC); /* which changes its palette within frames */
    note(&recording, 0, TEXT("a"), NULL);
    CHECK(recording.headers.is_incomplete);
    recording_close(&recording);

    recording_open(&recording, AV_CODEC_ID_H264);
    for (uint64_t i = 0; i < 100; i++) {
        sps[4] = (uint8_t)(i + 2);
        note(&recording, i, sps, sizeof sps, NULL);
    }
    CHECK(recording.headers.is_incomplete && recording.headers.bytes.size < 5000000);
    recording_close(&recording);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(parameter_sets_and_the_encoder_of_the_first_packet_precede_a_keyframe),
        CASE(repeated_headers_are_recorded_once_and_changes_in_their_order),
        CASE(units_with_lengths_are_found),
        CASE(mpeg4_gets_only_the_latest_layer_unless_the_packet_has_its_own),
        CASE(mpeg4_headers_behind_a_picture_are_ignored),
        CASE(the_palette_in_force_is_attached),
        CASE(new_extradata_replaces_earlier_parameters),
        CASE(unknown_codecs_and_endless_changes_are_decoded_from_the_start),
    };
    return cmocka_run_group_tests_name("headers", cases, NULL, NULL);
}
