/* SPDX-License-Identifier: MIT */
/* Feeds tracks with packets of sources, in the order of a timeline. */
#ifndef MIM_VIDEO_FEED_H
#define MIM_VIDEO_FEED_H

#include "ffmpeg/log.h"
#include "ffmpeg/mux.h"
#include "streams/source.h"
#include "streams/timeline.h"
#include "streams/track.h"

struct video_feed {
    struct video_mux *mux;
    struct video_log *log;
    struct video_source *sources;
    unsigned source_count;
    struct video_track *tracks;
    unsigned track_count;
    struct video_timeline timeline;
    bool is_endless; /* the last segment goes on to the end of its source */

    uint64_t segment; /* the current one */
    struct video_source *open;
    bool is_placed;  /* the source is at the segment */
    bool has_packet, has_ended;
    AVPacket *packet; /* read, and not yet written */
};

/* Write what begins before `time`, in microseconds of the video. `is_end`: that is the end of the video. */
int32_t video_feed_write_until(struct video_feed *feed, int64_t time, bool is_end);
void video_feed_close(struct video_feed *feed, struct mim_job *job);

#endif
