/* SPDX-License-Identifier: MIT */
/* The table of targets. */
#include "write-table.h"

#define H264 "libx264 libopenh264 "
#define MP4_KEYS "title artist album comment composer copyright date description genre synopsis show track creation_time "

const struct video_target video_targets[VIDEO_FORMAT_COUNT] = {
    [VIDEO_mp4] = { H264 "mpeg4", "movflags=+faststart", MP4_KEYS },
    [VIDEO_mov] = { H264 "mpeg4", "movflags=+faststart", MP4_KEYS },
    [VIDEO_3gp] = { H264 "mpeg4", "movflags=+faststart", "title artist album comment copyright description genre creation_time" },
    [VIDEO_mkv] = { H264 "libvpx-vp9 mpeg4", NULL, "*", .holds_alpha = true },
    [VIDEO_webm] = { "libvpx-vp9 libvpx libaom-av1 libsvtav1 librav1e", NULL, "*", .holds_alpha = true },
    [VIDEO_avi] = { "mpeg4 mjpeg", NULL, "title artist album comment copyright date genre language track", .on_grid = true },
    [VIDEO_mpeg] = { "mpeg2video mpeg1video" },
    [VIDEO_ts] = { H264 "mpeg2video" },
    [VIDEO_wmv] = { "wmv2 msmpeg4", NULL, "*" },
    [VIDEO_flv] = { H264 "flv", NULL, "*" },
    [VIDEO_ogv] = { "libtheora libvpx", NULL, "*", .on_grid = true },
    [VIDEO_mjpeg] = { "mjpeg", .is_elementary = true },
    [VIDEO_h264] = { H264, .is_elementary = true },
    [VIDEO_hevc] = { "libx265", .is_elementary = true },
};

const char *const video_known_encoders[] = {
    "libx264", "libx264rgb", "libopenh264", "libx265", "libvpx-vp9", "libvpx", "libaom-av1", "libsvtav1", "librav1e", "mpeg4",
    "libxvid", "mpeg2video", "mpeg1video", "mjpeg", "ffv1", "huffyuv", "ffvhuff", "utvideo", "png", "qtrle", "prores_ks", "libtheora",
    "wmv2", "msmpeg4", "flv", "h263", "rawvideo", NULL,
};
