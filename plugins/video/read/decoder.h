/* SPDX-License-Identifier: MIT */
/* A decoder on top of a demuxer: returns pictures in presentation order. */
#ifndef MIM_VIDEO_DECODER_H
#define MIM_VIDEO_DECODER_H

#include "read/demux.h"

/* FFmpeg's guess of timestamps: pts as long as they increase at least as steadily as dts. */
struct video_guess {
    int64_t faulty_pts, faulty_dts, last_pts, last_dts;
};

struct video_decoder {
    struct mim_job *job;
    struct video_index *index;
    struct video_demux demux;
    AVCodecContext *context;
    AVPacket *packet;
    struct video_guess guess;
    bool is_draining, has_shown;
    bool is_partial;   /* started in the middle: it may reject packets only because their references are missing */
    uint64_t failures; /* packets rejected since the start */
    uint64_t fed;      /* packets before this one may have reached the codec; updated by seeks */
    int64_t reserved;
};

/* A decoded picture: its packet, MIM_UNKNOWN if the decoder does not tell, and its time. */
struct video_decoded {
    uint64_t packet;
    int64_t pts;             /* guessed from the packets so far; correct only when decoding from the start */
    bool is_key, is_untyped; /* a keyframe by the decoder; the decoder does not tell */
    bool is_damaged;
};

/* Does the decoder mark the picture as a keyframe? */
bool video_picture_is_key(const AVFrame *picture);

enum video_purpose { VIDEO_TO_SHOW, VIDEO_TO_COUNT };

int32_t video_decoder_open(struct video_decoder *decoder, struct mim_job *job, const struct video_demux_setup *setup,
                           struct video_index *index, int threads, enum video_purpose purpose);
/* Returns MIM_OK, MIM_END, or an error that ends the sequence. Skips packets that the decoder rejects and counts them in
 * the index. */
int32_t video_decoder_next(struct video_decoder *decoder, AVFrame *frame, struct video_decoded *decoded);
/* Continue decoding at packet `number` of a known index. */
int32_t video_decoder_seek(struct video_decoder *decoder, uint64_t number);
/* The packets so far forbid this decoder: open another one. */
bool video_decoder_is_unfit(const struct video_decoder *decoder);
void video_decoder_close(struct video_decoder *decoder);

#endif
