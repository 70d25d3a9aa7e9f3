/* SPDX-License-Identifier: MIT */
/* A source of streams to copy: a source of the frames, or a file that the caller named for its sound. */
#ifndef MIM_VIDEO_SOURCE_H
#define MIM_VIDEO_SOURCE_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/input.h"
#include "ffmpeg/log.h"

/* In microseconds; AV_NOPTS_VALUE for times that no file really has, so that sums and differences do not overflow. */
int64_t video_source_time(int64_t time, AVRational base);

/* Facts of a stream, which stay when the source is closed. */
struct video_source_stream {
    int32_t kind; /* MIM_OFFER_*; 0: not to be copied */
    AVCodecParameters *parameters;
    AVRational base;
    AVDictionary *tags;
    int disposition;
    char refusal[80]; /* why it is not written; "": it is, or the container cannot hold its kind */
    int64_t start, end; /* microseconds; AV_NOPTS_VALUE: unknown */
};

struct video_source_chapter {
    int64_t start, end; /* microseconds */
    AVDictionary *tags;
};

struct video_source {
    uint32_t number; /* 0: the named file */
    const char *uri; /* of that file */
    struct video_source_stream *streams;
    struct video_source_chapter *chapters;
    unsigned stream_count, chapter_count;
    int main, sound;    /* the streams of the frames and of the best sound; -1: none */
    int64_t start, end; /* of the frames; AV_NOPTS_VALUE: unknown */
    int64_t first;      /* of the whole file */

    /* while it is open */
    struct video_input input;
    AVFormatContext *demux;
};

/* Open the source to read packets from its beginning, and learn its facts at the first time. A source of frames that FFmpeg cannot
 * read, such as a series, is open without streams. */
int32_t video_source_open(struct video_source *source, struct mim_job *job, struct video_log *log);
/* Discard the packets of all streams but those with `wanted`. */
void video_source_choose(struct video_source *source, bool (*is_wanted)(const void *user, unsigned stream), const void *user);
/* Read the next packet. MIM_END at the end, also at damage, which is a notice. */
int32_t video_source_read(struct video_source *source, struct mim_job *job, AVPacket *packet);
/* Go to a packet at `time` or before it. false: the position is unknown. */
bool video_source_seek(struct video_source *source, int64_t time);
/* Close it; its facts stay. */
void video_source_close(struct video_source *source, struct mim_job *job);
void video_source_clear(struct video_source *source, struct mim_job *job);

#endif
