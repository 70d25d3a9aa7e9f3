/* SPDX-License-Identifier: MIT */
/* The tables of the plugin, which reads and writes videos with the FFmpeg libraries. */
#include <mim/kit/entry.h>

#include "ffmpeg/containers.h"
#include "ffmpeg/versions.h"
#include "read/read.h"
#include "write/write.h"

#define OPS(id) \
    static const struct mim_format_ops format_##id = { \
        .struct_size = sizeof format_##id, \
        .name = #id, \
        .reader = &video_readers[VIDEO_##id], \
        .writer = VIDEO_##id < VIDEO_WRITTEN_COUNT ? &video_writers[VIDEO_##id] : NULL, \
    };
VIDEO_FORMATS(OPS)

#define ADDRESS(id) &format_##id,
static const struct mim_format_ops *const formats[] = { VIDEO_FORMATS(ADDRESS) NULL };

static char versions[512];

static int32_t
list_versions(const struct mim_host *host)
{
    (void)host;
    video_list_versions(versions, sizeof versions);
    return MIM_OK;
}

#define WRITTEN(id) #id ":rw "
MIM_PLUGIN("video", PLUGIN_VERSION, "MIT", VIDEO_WRITTEN_FORMATS(WRITTEN) "y4m:r avif:r", .library = versions,
           .init = list_versions, .formats = formats);
