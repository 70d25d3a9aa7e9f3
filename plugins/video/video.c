/* SPDX-License-Identifier: MIT */
/* The tables of the plugin, which reads and writes videos with the FFmpeg libraries. */
#include <libavutil/avutil.h>

#include <mim/kit/entry.h>

#include "ffmpeg/containers.h"
#include "read/read.h"
#include "write/write.h"

#define TEXT_OF(x) #x
#define NUMBER(x) TEXT_OF(x)
#define LIBAV \
    "libavutil " NUMBER(LIBAVUTIL_VERSION_MAJOR) "." NUMBER(LIBAVUTIL_VERSION_MINOR) "." NUMBER(LIBAVUTIL_VERSION_MICRO)

#define OPS(id) \
    static const struct mim_format_ops format_##id = { \
        .struct_size = sizeof format_##id, \
        .name = #id, \
        .reader = &video_readers[VIDEO_##id], \
        .writer = &video_writers[VIDEO_##id], \
    };
VIDEO_FORMATS(OPS)

#define ADDRESS(id) &format_##id,
static const struct mim_format_ops *const formats[] = { VIDEO_FORMATS(ADDRESS) NULL };

MIM_PLUGIN(.name = "video", .version = PLUGIN_VERSION, .licence = "MIT", .library = LIBAV, .formats = formats);
