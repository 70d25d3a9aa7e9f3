/* SPDX-License-Identifier: MIT */
/* All that a written video has besides its pictures: sound, further tracks, subtitles and chapters of the sources of its frames, and
 * the sound of a file that the caller named. */
#ifndef MIM_VIDEO_STREAMS_H
#define MIM_VIDEO_STREAMS_H

#include "ffmpeg/targets.h"
#include "streams/feed.h"

struct video_streams {
    const char *audio, *codec; /* options: copy, none or a path; copy, an encoder or NULL */

    struct mim_job *job;
    const struct video_target *target;
    struct video_feed sources; /* of the frames */
    struct video_feed named;   /* the file that `audio` names */
    const char *refusal;       /* why nothing of the sources is written, or NULL */
    bool has_reported_disorder;
};

/* Add streams to the muxer, which has its video stream. Sound of a named file that cannot be written is an error. */
int32_t video_streams_open(struct mim_job *job, struct video_streams *streams, struct video_mux *mux,
                           const struct video_target *target, const struct mim_sequence *sequence, struct video_log *log);
/* Describe the video stream as in the first source. */
int32_t video_streams_describe_video(const struct video_streams *streams, const struct video_mux *mux, AVStream *video);
/* A frame that is written later is shown from `start` to `end`, in ticks of `base`. */
int32_t video_streams_note_frame(struct video_streams *streams, int64_t start, int64_t end, AVRational base);
/* Write what begins before `time`, in ticks of `base`. `is_end`: that is the end of the video. */
int32_t video_streams_write_until(struct video_streams *streams, int64_t time, AVRational base, bool is_end);
/* Add the chapters, before the trailer. */
int32_t video_streams_finish(struct video_streams *streams);
/* The op `takes` of the ABI. */
int32_t video_streams_take(const struct video_streams *streams, uint32_t number, const struct mim_offer *offer);
void video_streams_close(struct mim_job *job, struct video_streams *streams);

#endif
