/* SPDX-License-Identifier: MIT */
/* The sound: of what the frames come from, or of a file that the caller names. Copied if the container can, else encoded anew. */
#ifndef MIM_VIDEO_AUDIO_H
#define MIM_VIDEO_AUDIO_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include "audio/transcode.h"
#include "ffmpeg/input.h"
#include "ffmpeg/log.h"
#include "ffmpeg/mux.h"
#include "ffmpeg/targets.h"

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

#endif
