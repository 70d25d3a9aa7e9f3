/* SPDX-License-Identifier: MIT */
/* The sound: of what the frames come from, or of a file that the caller names. Copied if the container can, else encoded anew. */
#ifndef MIM_VIDEO_AUDIO_H
#define MIM_VIDEO_AUDIO_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include "ffmpeg/input.h"
#include "ffmpeg/log.h"
#include "ffmpeg/mux.h"
#include "ffmpeg/targets.h"

struct video_transcoder;

struct video_audio {
    const char *source, *codec; /* options: copy, none or a path; an encoder, copy, or NULL */

    struct video_mux *mux;
    struct video_input input;
    AVFormatContext *demux;
    AVStream *from;                      /* in the source */
    AVStream *to;                        /* in the file; NULL: there is no sound */
    struct video_transcoder *transcoder; /* NULL: packets are copied */
    AVPacket *packet;                    /* read, and not yet written */
    AVRational base;                     /* of its times */
    int64_t start;                       /* of the video, in the source's own time, in AV_TIME_BASE */
    bool has_packet, has_ended;
};

/* The muxer has its video stream, and gets one more if there is sound. What cannot be had is a notice or an error. */
int32_t video_audio_open(struct mim_job *job, struct video_audio *audio, struct video_mux *mux,
                         const struct video_target *target, const struct mim_sequence *sequence,
                         bool timing_is_replaced, struct video_log *log);
/* All that begins before `time` (in ticks of `base`, from the video's start). */
int32_t video_audio_write_until(struct mim_job *job, struct video_audio *audio, int64_t time, AVRational base,
                                bool is_end);
void video_audio_close(struct video_audio *audio);

/* audio-code.c: another codec. Packets in, packets out, both in their own times; silence is never made up. */
int32_t video_transcoder_open(struct mim_job *job, struct video_transcoder **transcoder, const AVStream *from,
                              const AVCodec *codec, const AVOutputFormat *format, struct video_log *log);
const AVCodecContext *video_transcoder_context(const struct video_transcoder *transcoder);
/* NULL: there was the last. `start`: what is before is cut off, and is time 0; in AV_TIME_BASE. */
int32_t video_transcoder_send(struct mim_job *job, struct video_transcoder *transcoder, const AVPacket *packet,
                              int64_t start);
/* MIM_END: it needs more, or has no more. */
int32_t video_transcoder_receive(struct mim_job *job, struct video_transcoder *transcoder, AVPacket *packet);
void video_transcoder_close(struct video_transcoder *transcoder);

#endif
