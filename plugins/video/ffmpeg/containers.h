/* SPDX-License-Identifier: MIT */
/* The formats of this plugin, and what FFmpeg calls them. */
#ifndef MIM_VIDEO_CONTAINERS_H
#define MIM_VIDEO_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(name): every format, as the manifest has it. Ops do not learn which format they are opened for, so each format has
 * ops of its own, made by this list, that differ in `open`.
 */
#define VIDEO_FORMATS(X) \
    X(mp4) X(mov) X(3gp) X(mkv) X(webm) X(avi) X(mpeg) X(ts) X(wmv) X(flv) X(ogv) X(mjpeg) X(h264) X(hevc)

#define VIDEO_ID_(name) VIDEO_##name,
enum video_format { VIDEO_FORMATS(VIDEO_ID_) VIDEO_FORMAT_COUNT };
#undef VIDEO_ID_

struct video_container {
    const char *name;       /* the format's */
    const char *demuxer;    /* the only one that may read it */
    const char *elementary; /* the one for a bare stream of this family, which begins with 00 00 01 b3; or NULL */
    const char *muxer;      /* what writes it */
    bool seeks_bytes;       /* places are better found by bytes than by time */
};

extern const struct video_container video_containers[VIDEO_FORMAT_COUNT];

#endif
