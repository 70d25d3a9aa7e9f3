/* SPDX-License-Identifier: MIT */
/* A decoder on top of a pass over the container: pictures in the order in which they are shown. */
#ifndef MIM_VIDEO_DECODER_H
#define MIM_VIDEO_DECODER_H

#include "read/demux.h"

/* How FFmpeg guesses timestamps: presentation times as long as they grow better than decoding times do. */
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
    bool is_partial;   /* it did not begin at the start: what it refuses may only lack what came before */
    uint64_t failures; /* since the start */
    int64_t reserved;
};

/* What came out: its unit (MIM_UNKNOWN when the decoder does not tell), and when it is shown. */
struct video_decoded {
    uint64_t packet;
    int64_t pts; /* as guessed from the units so far; right only when decoding goes from the start */
};

enum video_purpose { VIDEO_TO_SHOW, VIDEO_TO_COUNT };

int32_t video_decoder_open(struct video_decoder *decoder, struct mim_job *job, const struct video_demux_setup *setup,
                           struct video_index *index, int threads, enum video_purpose purpose);
/* MIM_OK, MIM_END, or what ends the sequence. What the decoder refuses is counted in the index and left out. */
int32_t video_decoder_next(struct video_decoder *decoder, AVFrame *frame, struct video_decoded *decoded);
/* Decode from unit `number` of a known index on. */
int32_t video_decoder_seek(struct video_decoder *decoder, uint64_t number);
void video_decoder_close(struct video_decoder *decoder);

#endif
