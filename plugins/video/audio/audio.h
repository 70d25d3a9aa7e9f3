/* SPDX-License-Identifier: MIT */
/* The sound of a written video, from the source of the frames or from a file: copied if the container can hold the codec,
 * else re-encoded. */
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
    const char *source, *codec; /* options: copy, none or a path; copy, an encoder or NULL */

    struct video_mux *mux;
    struct video_input input;
    AVFormatContext *demux;
    AVStream *from;                      /* in the source */
    AVStream *to;                        /* in the written file; NULL: no sound */
    struct video_transcoder *transcoder; /* NULL: packets are copied */
    AVPacket *packet;                    /* read, and not yet written */
    AVRational base;                     /* of the packet's times */
    int64_t start;                       /* of the video, in the time of the sound's source, in AV_TIME_BASE */
    bool has_packet, has_ended;
};

/* Add a stream to the muxer, which has its video stream, if there is sound. Sound that cannot be written is an error if
 * the caller named it, else a notice. */
int32_t video_audio_open(struct mim_job *job, struct video_audio *audio, struct video_mux *mux,
                         const struct video_target *target, const struct mim_sequence *sequence, struct video_log *log);
/* Write the sound that begins before `time`, in ticks of `base` from the start of the video. */
int32_t video_audio_write_until(struct mim_job *job, struct video_audio *audio, int64_t time, AVRational base,
                                bool is_end);
void video_audio_close(struct video_audio *audio);

#endif
