/* SPDX-License-Identifier: MIT */
/* Finds header units: the framing of each codec, and a table of unit types. */
#include "read/header-units.h"

#include <string.h>

enum { EXTENSION = 0xb5, EXTENSION_OF = 0x100 }; /* of MPEG-2: numbered by the first half byte */
enum { MPEG4_PICTURE = 0xb6 };                   /* a decoder ignores headers behind it, so the search ends */

static const struct rule {
    enum AVCodecID codec;
    unsigned first, last; /* types of units */
    enum video_header_kind kind;
    const char *text; /* that the unit contains; NULL: any unit */
} rules[] = {
    { AV_CODEC_ID_H264, 7, 8, VIDEO_HEADER_PARAMETERS, NULL }, /* sequence and picture parameter set */
    { AV_CODEC_ID_H264, 13, 13, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_H264, 15, 15, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_H264, 6, 6, VIDEO_HEADER_ENCODER, "x264 - core " },
    { AV_CODEC_ID_HEVC, 32, 34, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_MPEG2VIDEO, 0xb3, 0xb3, VIDEO_HEADER_PARAMETERS, NULL }, /* sequence header */
    { AV_CODEC_ID_MPEG2VIDEO, EXTENSION_OF + 1, EXTENSION_OF + 1, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_MPEG2VIDEO, EXTENSION_OF + 3, EXTENSION_OF + 3, VIDEO_HEADER_PARAMETERS, NULL }, /* matrices */
    { AV_CODEC_ID_MPEG2VIDEO, EXTENSION_OF + 5, EXTENSION_OF + 5, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_MPEG2VIDEO, 0xb2, 0xb2, VIDEO_HEADER_ENCODER, "TMPGEXS" },
    { AV_CODEC_ID_MPEG4, 0x00, 0x2f, VIDEO_HEADER_PARAMETERS, NULL }, /* video object and its layer */
    { AV_CODEC_ID_MPEG4, 0xb0, 0xb0, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_MPEG4, 0xb2, 0xb2, VIDEO_HEADER_ENCODER, NULL }, /* user data */
    { AV_CODEC_ID_MPEG4, 0xb5, 0xb5, VIDEO_HEADER_PARAMETERS, NULL },
    { AV_CODEC_ID_VC1, 0x0e, 0x0f, VIDEO_HEADER_PARAMETERS, NULL }, /* entry point, sequence header */
    { AV_CODEC_ID_AV1, 1, 1, VIDEO_HEADER_PARAMETERS, NULL },
};

/* Codecs whose keyframes depend on nothing before them, except for side data. */
static const enum AVCodecID without_headers[] = {
    AV_CODEC_ID_VP8,       AV_CODEC_ID_VP9,      AV_CODEC_ID_THEORA,   AV_CODEC_ID_FLV1,      AV_CODEC_ID_H261,
    AV_CODEC_ID_H263,      AV_CODEC_ID_H263I,    AV_CODEC_ID_H263P,    AV_CODEC_ID_MSMPEG4V1, AV_CODEC_ID_MSMPEG4V2,
    AV_CODEC_ID_MSMPEG4V3, AV_CODEC_ID_WMV1,     AV_CODEC_ID_WMV2,     AV_CODEC_ID_WMV3,      AV_CODEC_ID_VP3,
    AV_CODEC_ID_VP5,       AV_CODEC_ID_VP6,      AV_CODEC_ID_VP6A,     AV_CODEC_ID_VP6F,      AV_CODEC_ID_VP7,
    AV_CODEC_ID_SVQ1,      AV_CODEC_ID_SVQ3,     AV_CODEC_ID_CINEPAK,  AV_CODEC_ID_QTRLE,     AV_CODEC_ID_RPZA,
    AV_CODEC_ID_SMC,       AV_CODEC_ID_MSVIDEO1, AV_CODEC_ID_MSRLE,    AV_CODEC_ID_TSCC,      AV_CODEC_ID_CSCD,
    AV_CODEC_ID_ZMBV,      AV_CODEC_ID_FLASHSV,  AV_CODEC_ID_FLASHSV2, AV_CODEC_ID_FFV1,      AV_CODEC_ID_SNOW,
    AV_CODEC_ID_INDEO3,    AV_CODEC_ID_INDEO4,   AV_CODEC_ID_INDEO5,   AV_CODEC_ID_RV10,      AV_CODEC_ID_RV20,
    AV_CODEC_ID_RV30,      AV_CODEC_ID_RV40,
};

static enum AVCodecID
rules_of(enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_MPEG1VIDEO ? AV_CODEC_ID_MPEG2VIDEO : codec;
}

static bool
has_rules(enum AVCodecID codec)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].codec == rules_of(codec))
            return true;
    return false;
}

bool
video_codec_has_keyframes(enum AVCodecID codec)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);
    for (size_t i = 0; i < sizeof without_headers / sizeof *without_headers; i++)
        if (without_headers[i] == codec)
            return true;
    return has_rules(codec) || (descriptor && descriptor->props & AV_CODEC_PROP_INTRA_ONLY);
}

/* Bytes of the length before each unit, from the extradata of ISO media and Matroska; 0: start codes. */
static unsigned
length_size(const AVCodecParameters *parameters)
{
    const uint8_t *extra = parameters->extradata;
    int size = parameters->extradata_size;
    if (parameters->codec_id == AV_CODEC_ID_H264 && size >= 7 && extra[0] == 1)
        return (extra[4] & 3) + 1;
    if (parameters->codec_id == AV_CODEC_ID_HEVC && size >= 23 && (extra[0] || extra[1] || extra[2] > 1))
        return (extra[21] & 3) + 1;
    return 0;
}

void
video_units_begin(struct video_unit_walk *walk, const AVPacket *packet, const AVCodecParameters *parameters)
{
    *walk = (struct video_unit_walk){
        .at = packet->data,
        .end = packet->data + packet->size,
        .codec = rules_of(parameters->codec_id),
        .length_size = length_size(parameters),
    };
    walk->framing = walk->length_size ? VIDEO_LENGTHS : walk->codec == AV_CODEC_ID_AV1 ? VIDEO_OBUS : VIDEO_START_CODES;
    if (!has_rules(walk->codec))
        walk->at = walk->end;
}

/* --- framing: sets the unit, and returns its content ---------------------------------------------------------------- */

static const uint8_t *
next_start_code(struct video_unit_walk *walk, struct video_header_unit *unit)
{
    static const uint8_t code[3] = { 0, 0, 1 };
    const uint8_t *start = memmem(walk->at, (size_t)(walk->end - walk->at), code, sizeof code);
    if (!start || walk->end - start < 4 || (walk->codec == AV_CODEC_ID_MPEG4 && start[3] == MPEG4_PICTURE))
        return NULL;
    const uint8_t *next = memmem(start + 3, (size_t)(walk->end - start - 3), code, sizeof code);
    walk->at = next ? next : walk->end;
    unit->data = start;
    unit->size = (size_t)(walk->at - start);
    return start + 3;
}

static const uint8_t *
next_length(struct video_unit_walk *walk, struct video_header_unit *unit)
{
    size_t left = (size_t)(walk->end - walk->at), size = 0;
    if (left <= walk->length_size)
        return NULL;
    for (unsigned i = 0; i < walk->length_size; i++)
        size = size << 8 | walk->at[i];
    left -= walk->length_size;
    unit->data = walk->at;
    unit->size = walk->length_size + (size < left ? size : left);
    walk->at += unit->size;
    return size ? unit->data + walk->length_size : NULL;
}

static const uint8_t *
next_obu(struct video_unit_walk *walk, struct video_header_unit *unit)
{
    enum { HAS_EXTENSION = 4, HAS_SIZE = 2 };
    uint64_t size = 0;
    const uint8_t *at = walk->at;
    if (walk->end - at < 2 || !(*at & HAS_SIZE))
        return NULL;
    at += *at & HAS_EXTENSION ? 2 : 1;
    for (unsigned shift = 0; shift < 56 && at < walk->end; shift += 7) {
        size |= (uint64_t)(*at & 0x7f) << shift;
        if (!(*at++ & 0x80))
            break;
    }
    if (size > (uint64_t)(walk->end - at))
        return NULL;
    unit->data = walk->at;
    walk->at = at + size;
    unit->size = (size_t)(walk->at - unit->data);
    return unit->data;
}

/* --- types ---------------------------------------------------------------------------------------------------------- */

static unsigned
type_of(enum AVCodecID codec, const uint8_t *content, const uint8_t *end)
{
    switch (codec) {
    case AV_CODEC_ID_H264:
        return *content & 31;
    case AV_CODEC_ID_HEVC:
        return *content >> 1 & 63;
    case AV_CODEC_ID_AV1:
        return *content >> 3 & 15;
    case AV_CODEC_ID_MPEG2VIDEO:
        return *content == EXTENSION && end - content > 1 ? EXTENSION_OF + (content[1] >> 4) : *content;
    default:
        return *content;
    }
}

static const struct rule *
find_rule(enum AVCodecID codec, unsigned type, const struct video_header_unit *unit)
{
    for (const struct rule *rule = rules; rule < rules + sizeof rules / sizeof *rules; rule++)
        if (rule->codec == codec && type >= rule->first && type <= rule->last &&
            (!rule->text || memmem(unit->data, unit->size, rule->text, strlen(rule->text))))
            return rule;
    return NULL;
}

bool
video_units_next(struct video_unit_walk *walk, struct video_header_unit *unit)
{
    static const uint8_t *(*const next[])(struct video_unit_walk *, struct video_header_unit *) = {
        [VIDEO_START_CODES] = next_start_code,
        [VIDEO_LENGTHS] = next_length,
        [VIDEO_OBUS] = next_obu,
    };
    const uint8_t *content;
    while (walk->at < walk->end && (content = next[walk->framing](walk, unit))) {
        const struct rule *rule = find_rule(walk->codec, type_of(walk->codec, content, walk->at), unit);
        if (!rule)
            continue;
        unit->kind = rule->kind;
        return true;
    }
    return false;
}
