/* SPDX-License-Identifier: MIT */
/* A track of a written video besides its pictures: copied packets, or sound that is encoded again. */
#ifndef MIM_VIDEO_TRACK_H
#define MIM_VIDEO_TRACK_H

#include <stdbool.h>

#include "audio/transcode.h"
#include "ffmpeg/mux.h"
#include "streams/source.h"
#include "streams/subtitle-coder.h"
#include "streams/timeline.h"

struct video_track {
    int32_t kind; /* MIM_OFFER_* */
    int *inputs;  /* for each source the number of its stream, or -1 */
    AVStream *to;
    AVRational base;                     /* of `end` and of packets that are encoded */
    struct video_transcoder *transcoder; /* of sound; NULL: packets are copied */
    enum AVCodecID text;                 /* subtitles are converted to this codec; NONE: they are copied */
    struct video_subtitle_coder coder;

    /* the current segment */
    bool is_active;  /* its source has the track */
    bool has_passed; /* the end of the segment */
    bool is_first;   /* no packet of it is written yet */
    int64_t shift;   /* of copied sound, so that it joins the one before without a gap */
    int64_t end;     /* of the sound that is copied so far, or INT64_MIN */
    AVPacket *held;  /* a subtitle whose end is not known to be in the segment */
};

/* Does the track copy sound, and how many packets does its codec need before one that it decodes exactly? */
bool video_track_copies_sound(const struct video_track *track);
int video_track_preroll(const struct video_track *track);
/* Begin a segment of a source, which is open, or, if it is NULL, without the track. */
int32_t video_track_start(struct video_track *track, struct video_log *log, const struct video_source *source,
                          unsigned place, const struct video_segment *segment);
/* Write a packet, or encode its sound. Takes the packet. */
int32_t video_track_put(struct video_track *track, struct video_mux *mux, const struct video_segment *segment,
                        const AVStream *from, AVPacket *packet);
/* Write what is due: encoded sound up to `time`, and a subtitle that ends within the segment. `is_silent`: no further sound comes
 * before `time`. */
int32_t video_track_drain(struct video_track *track, struct video_mux *mux, const struct video_segment *segment,
                          int64_t time, bool is_silent, AVPacket *packet);
/* End the segment at its end, or, if it is `endless`, with its last packet. */
int32_t video_track_stop(struct video_track *track, struct video_mux *mux, const struct video_segment *segment,
                         bool is_endless);
void video_track_close(struct video_track *track);

#endif
