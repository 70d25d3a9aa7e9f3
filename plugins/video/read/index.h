/* SPDX-License-Identifier: MIT */
/*
 * What is known of the stream's packets and pictures. Packets ("units") are numbered as the demuxer gives them,
 * pictures ("shots") as they are shown. Units are noted as they are read; shots are learned as pictures come out of the
 * decoder in one run from the start, or predicted from the timestamps of all units, where that is safe.
 */
#ifndef MIM_VIDEO_INDEX_H
#define MIM_VIDEO_INDEX_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include <mim/plugin.h>

#define VIDEO_NO_PICTURE UINT32_MAX
#define VIDEO_LATEST \
    (INT64_MAX / 4) /* times beyond, of either sign, are none: so sums and differences of two are safe */

struct video_packet {
    int64_t pts, dts, position; /* AV_NOPTS_VALUE, -1: not known */
    uint32_t size, duration;
    uint32_t picture; /* its picture; VIDEO_NO_PICTURE: none, or not yet known */
    uint16_t flags;   /* AV_PKT_FLAG_* */
    bool is_hidden;   /* for reference only */
};

struct video_picture {
    int64_t pts;
    uint32_t packet;
};

struct video_index {
    struct video_packet *packets;
    struct video_picture *pictures;
    uint64_t packet_count, packet_capacity, picture_count, picture_capacity;
    bool has_all_packets, has_all_pictures;
    bool is_predicted; /* the shots, and no decoder has contradicted */
    bool is_tangled;   /* pictures cannot be told by their units: go from the start */
    bool is_truncated; /* the file ends early */
    int fault;         /* what the demuxer ended with, if not well */
    uint64_t failures; /* packets that the decoder refused */
    int first_failure;
};

/* The time, or AV_NOPTS_VALUE. */
int64_t video_credible_time(int64_t time);
/* Note unit `number` unless it is known: MIM_OK, or MIM_NOMEM. */
int32_t video_index_note(struct video_index *index, struct mim_job *job, uint64_t number, const AVPacket *packet,
                         enum AVCodecID codec);
/* Is the packet that unit? */
bool video_index_is(const struct video_index *index, uint64_t number, const AVPacket *packet);
/* The one unit that the packet is, or MIM_UNKNOWN. */
uint64_t video_index_find(const struct video_index *index, const AVPacket *packet);
/* Picture `number` came out of the decoder: MIM_OK, or MIM_NOMEM. */
int32_t video_index_learn(struct video_index *index, struct mim_job *job, uint64_t number, uint64_t packet,
                          int64_t pts);
void video_index_forget_pictures(struct video_index *index);
/* Fill the shots from the units: MIM_OK, also when that is not safe and nothing was done; or MIM_NOMEM. */
int32_t video_index_predict(struct video_index *index, struct mim_job *job, enum AVCodecID codec);
/* The unit from which decoding gives picture `shot`: the nearest, or with `skip` > 0 an earlier one. MIM_UNKNOWN: the
 * start. */
uint64_t video_index_find_keyframe(const struct video_index *index, uint64_t picture, unsigned skip);
void video_index_close(struct video_index *index, struct mim_job *job);

#endif
