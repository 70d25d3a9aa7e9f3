/* SPDX-License-Identifier: MIT */
/* The units of coded packets that apply to later packets too, such as parameter sets and sequence headers. */
#ifndef MIM_VIDEO_HEADER_UNITS_H
#define MIM_VIDEO_HEADER_UNITS_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

enum video_framing { VIDEO_START_CODES, VIDEO_LENGTHS, VIDEO_OBUS };

enum video_header_kind {
    VIDEO_HEADER_PARAMETERS, /* units that a decoder needs before a keyframe */
    VIDEO_HEADER_ENCODER,    /* a unit with the encoder's version, whose faults a decoder imitates */
    VIDEO_HEADER_EXTRADATA,  /* side data from here on */
    VIDEO_HEADER_PALETTE,
    VIDEO_HEADER_KINDS
};

/* A pass over the units of a packet. */
struct video_unit_walk {
    const uint8_t *at, *end;
    enum AVCodecID codec;
    enum video_framing framing;
    unsigned length_size; /* of VIDEO_LENGTHS */
};

struct video_header_unit {
    const uint8_t *data; /* with its start code or length */
    size_t size;
    enum video_header_kind kind;
};

/* Can decoding start at a keyframe of this codec, with the header units of earlier packets? */
bool video_codec_has_keyframes(enum AVCodecID codec);
void video_units_begin(struct video_unit_walk *walk, const AVPacket *packet, const AVCodecParameters *parameters);
/* Get the next header unit. Returns false after the last. */
bool video_units_next(struct video_unit_walk *walk, struct video_header_unit *unit);

#endif
