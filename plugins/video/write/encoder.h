/* SPDX-License-Identifier: MIT */
/* The encoder: which one, how it is set up, pictures in, packets out. */
#ifndef MIM_VIDEO_ENCODER_H
#define MIM_VIDEO_ENCODER_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "ffmpeg/log.h"
#include "ffmpeg/targets.h"
#include "write/encoder-facts.h"
#include "write/encoder-settings.h"
#include "write/frame-timing.h"
#include "write/picture.h"

struct video_encoder {
    struct video_encoder_facts facts;
    AVCodecContext *context;
    struct video_layout layout;
    AVRational rate;             /* that it is told */
    struct video_entry *entries; /* of frames inside, in order: a ring */
    uint64_t entry_capacity, entry_first, entry_count;
    uint64_t sent;
};

/* Arguments of video_encoder_open(). `log` becomes the encoder's opaque pointer. */
struct video_encoder_setup {
    const struct video_encoder_settings *settings;
    const struct video_target *target;
    const AVOutputFormat *format;
    const struct video_frame_timing *timing;
    const struct mim_frame_info *first;
    struct video_log *log;
};

int32_t video_encoder_open(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup);
/* The picture that is shown at `time`; NULL: it was the last. MIM_OK when it is taken. The frame's buffer may stay inside. */
int32_t video_encoder_send(struct mim_job *job, struct video_encoder *encoder, AVFrame *frame,
                           const struct video_time *time);
/* MIM_END: there is nothing yet, or nothing more. Times are in ticks of the clock. */
int32_t video_encoder_receive(struct mim_job *job, struct video_encoder *encoder, AVPacket *packet);
void video_encoder_close(struct mim_job *job, struct video_encoder *encoder);

#endif
