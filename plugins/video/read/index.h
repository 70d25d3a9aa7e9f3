/* SPDX-License-Identifier: MIT */
/*
 * The known packets and pictures of a stream. Packets are numbered in the order of the demuxer, pictures in presentation
 * order. Packets are noted as they are read. Pictures are learned as they leave the decoder in one pass from the start,
 * or predicted from the timestamps of all packets where that is safe.
 */
#ifndef MIM_VIDEO_INDEX_H
#define MIM_VIDEO_INDEX_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include <mim/plugin.h>

#include "read/stream-headers.h"

#define VIDEO_NO_PICTURE UINT32_MAX
#define VIDEO_LATEST \
    (INT64_MAX / 4) /* later or earlier times count as missing, so that sums and differences do not overflow */

struct video_packet {
    int64_t pts, dts, position; /* AV_NOPTS_VALUE or -1: unknown */
    uint32_t size, duration;
    uint32_t picture;       /* VIDEO_NO_PICTURE: none, or not yet known */
    uint16_t flags;         /* AV_PKT_FLAG_* */
    bool is_hidden;         /* never shown, only referenced by other pictures */
    bool is_false_keyframe; /* the container's flag is wrong */
};

struct video_picture {
    int64_t pts;
    uint32_t packet;
};

struct video_index {
    struct video_packet *packets;
    struct video_picture *pictures;
    uint64_t packet_count, packet_capacity, picture_count, picture_capacity;
    struct video_headers headers; /* that packets leave to later ones */
    bool has_all_packets, has_all_pictures;
    bool is_stated;     /* the packets come from the container's table, and the content of most is unknown */
    bool has_dependent; /* a packet is not flagged as a keyframe */
    bool is_predicted;  /* the pictures come from timestamps, and the decoder has not contradicted them */
    bool is_tangled;    /* packets do not identify their pictures: decode from the start */
    bool is_truncated;  /* the file ends early */
    int fault;          /* FFmpeg's code if the demuxer ended with an error */
    uint64_t failures;  /* packets that the decoder rejected */
    int first_failure;  /* FFmpeg's code */
};

/* `time`, or AV_NOPTS_VALUE when it is beyond VIDEO_LATEST. */
int64_t video_credible_time(int64_t time);
/* Add packet `number` unless it is known. Returns MIM_OK or MIM_NOMEM. */
int32_t video_index_note(struct video_index *index, struct mim_job *job, uint64_t number, const AVPacket *packet,
                         enum AVCodecID codec);
/* Is `packet` packet `number`? True if `number` is not known yet. */
bool video_index_is(const struct video_index *index, uint64_t number, const AVPacket *packet);
/* The number of the packet, or MIM_UNKNOWN if none or several match. */
uint64_t video_index_find(const struct video_index *index, const AVPacket *packet);
/* Add picture `number`, which the decoder returned. Returns MIM_OK or MIM_NOMEM. */
int32_t video_index_learn(struct video_index *index, struct mim_job *job, uint64_t number, uint64_t packet,
                          int64_t pts);
/* Is a packet without a picture, though its codec has one in every packet? */
bool video_index_misses_picture(const struct video_index *index, enum AVCodecID codec);
void video_index_forget_pictures(struct video_index *index);
/* Predict all pictures from the packets, if that is safe; else do nothing. Returns MIM_OK or MIM_NOMEM. */
int32_t video_index_predict(struct video_index *index, struct mim_job *job, enum AVCodecID codec);
/* The nearest keyframe from which `picture` can be decoded, or with `skip` > 0 an earlier one. MIM_UNKNOWN: decode from
 * the start. */
uint64_t video_index_find_keyframe(const struct video_index *index, uint64_t picture, unsigned skip);
void video_index_close(struct video_index *index, struct mim_job *job);

#endif
