/* SPDX-License-Identifier: MIT */
/* An open encoder: takes pictures, returns packets. */
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
#include "write/properties.h"

struct video_encoder {
    struct video_encoder_facts facts;
    AVCodecContext *context;
    int64_t reserved;            /* memory of the codec */
    struct video_layout layout;
    AVRational rate;             /* frames per second, as set in the encoder */
    struct video_entry *entries; /* times of the frames inside the encoder, in order */
    uint64_t entry_capacity, entry_count;
    uint64_t sent, received; /* frames, and the packets made of them */
};

/* Arguments of video_encoder_open(). */
struct video_encoder_setup {
    const struct video_encoder_settings *settings;
    const struct video_target *target;
    const AVOutputFormat *format;
    const struct video_frame_timing *timing;
    const struct mim_frame_info *first;
    const struct video_properties *properties;
    struct video_log *log; /* becomes the encoder's opaque pointer */
};

int32_t video_encoder_open(struct mim_job *job, struct video_encoder *encoder, const struct video_encoder_setup *setup);
/* Encode the picture that is shown at `time`; NULL ends the stream. The encoder may keep a reference to the buffer. */
int32_t video_encoder_send(struct mim_job *job, struct video_encoder *encoder, AVFrame *frame,
                           const struct video_time *time);
/* Returns MIM_END if no packet is ready, or after the last. Times are in ticks of the frame timing. */
int32_t video_encoder_receive(struct mim_job *job, struct video_encoder *encoder, AVPacket *packet);
/* Report frames that have no packet after the last one. Returns MIM_OK unless notices are errors. */
int32_t video_encoder_report_missing(struct mim_job *job, const struct video_encoder *encoder);
void video_encoder_close(struct mim_job *job, struct video_encoder *encoder);

#endif
