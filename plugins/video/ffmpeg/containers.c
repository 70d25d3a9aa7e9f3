/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "ffmpeg/containers.h"

const struct video_container video_containers[VIDEO_FORMAT_COUNT] = {
    [VIDEO_mp4] = { "mp4", "mov", NULL, "mp4", false },
    [VIDEO_mov] = { "mov", "mov", NULL, "mov", false },
    [VIDEO_3gp] = { "3gp", "mov", NULL, "3gp", false },
    [VIDEO_mkv] = { "mkv", "matroska", NULL, "matroska", false },
    [VIDEO_webm] = { "webm", "matroska", NULL, "webm", false },
    [VIDEO_avi] = { "avi", "avi", NULL, "avi", false },
    [VIDEO_mpeg] = { "mpeg", "mpeg", "mpegvideo", "vob", true },
    [VIDEO_ts] = { "ts", "mpegts", NULL, "mpegts", true },
    [VIDEO_wmv] = { "wmv", "asf", NULL, "asf", false },
    [VIDEO_flv] = { "flv", "flv", NULL, "flv", false },
    [VIDEO_ogv] = { "ogv", "ogg", NULL, "ogv", false },
    [VIDEO_mjpeg] = { "mjpeg", "mjpeg", NULL, "mjpeg", true },
    [VIDEO_h264] = { "h264", "h264", NULL, "h264", true },
    [VIDEO_hevc] = { "hevc", "hevc", NULL, "hevc", true },
    [VIDEO_y4m] = { "y4m", "yuv4mpegpipe", NULL, NULL, false },
    [VIDEO_avif] = { "avif", "mov", NULL, NULL, false },
};
