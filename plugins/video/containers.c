/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "containers.h"

const struct video_container video_containers[VIDEO_FORMAT_COUNT] = {
    [VIDEO_mp4] = { "mp4", "mov", NULL, "mp4" },
    [VIDEO_mov] = { "mov", "mov", NULL, "mov" },
    [VIDEO_3gp] = { "3gp", "mov", NULL, "3gp" },
    [VIDEO_mkv] = { "mkv", "matroska", NULL, "matroska" },
    [VIDEO_webm] = { "webm", "matroska", NULL, "webm" },
    [VIDEO_avi] = { "avi", "avi", NULL, "avi" },
    [VIDEO_mpeg] = { "mpeg", "mpeg", "mpegvideo", "vob" },
    [VIDEO_ts] = { "ts", "mpegts", NULL, "mpegts" },
    [VIDEO_wmv] = { "wmv", "asf", NULL, "asf" },
    [VIDEO_flv] = { "flv", "flv", NULL, "flv" },
    [VIDEO_ogv] = { "ogv", "ogg", NULL, "ogv" },
    [VIDEO_mjpeg] = { "mjpeg", "mjpeg", NULL, "mjpeg" },
    [VIDEO_h264] = { "h264", "h264", NULL, "h264" },
    [VIDEO_hevc] = { "hevc", "hevc", NULL, "hevc" },
};
