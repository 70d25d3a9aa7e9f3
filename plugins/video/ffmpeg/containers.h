/* SPDX-License-Identifier: MIT */
/* The formats of this plugin and FFmpeg's names for them. */
#ifndef MIM_VIDEO_CONTAINERS_H
#define MIM_VIDEO_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(name) for every format of the manifest. Ops do not receive the format that they are opened for, so this list
 * generates a set of ops for each format, which differ in `open`.
 */
#define VIDEO_WRITTEN_FORMATS(X) \
    X(mp4) X(mov) X(3gp) X(mkv) X(webm) X(avi) X(mpeg) X(ts) X(wmv) X(flv) X(ogv) X(mjpeg) X(h264) X(hevc)
#define VIDEO_FORMATS(X) VIDEO_WRITTEN_FORMATS(X) X(y4m) X(avif)

#define VIDEO_ID_(name) VIDEO_##name,
enum video_format { VIDEO_FORMATS(VIDEO_ID_) VIDEO_FORMAT_COUNT, VIDEO_WRITTEN_COUNT = VIDEO_y4m };
#undef VIDEO_ID_

struct video_container {
    const char *name;       /* of the format */
    const char *demuxer;    /* the only one that may read the format */
    const char *elementary; /* demuxer for a bare stream, which begins with 00 00 01 b3; or NULL */
    const char *muxer;      /* NULL: the format is only read */
    bool seeks_bytes; /* byte offsets locate packets more reliably than timestamps */
};

extern const struct video_container video_containers[VIDEO_FORMAT_COUNT];

#endif
