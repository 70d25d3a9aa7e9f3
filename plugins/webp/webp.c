/* SPDX-License-Identifier: MIT */
/* WebP pictures and animations: libwebp codes the frames; the chunks around them are read and written here. */
#include <stdio.h>

#include <webp/decode.h>
#include <webp/encode.h>

#include <mim/kit/entry.h>

#include "read/reader.h"
#include "write/writer.h"

static const struct mim_format_ops webp = {
    .struct_size = sizeof webp,
    .name = "webp",
    .reader = &webp_reader_ops,
    .writer = &webp_writer_ops,
};

static const struct mim_format_ops *const formats[] = { &webp, NULL };

static char versions[40];

static int32_t
list_versions(const struct mim_host *host)
{
    const unsigned version = (unsigned)WebPGetDecoderVersion();
    (void)host;
    snprintf(versions, sizeof versions, "libwebp %u.%u.%u", version >> 16, version >> 8 & 0xff, version & 0xff);
    return MIM_OK;
}

MIM_PLUGIN("webp", PLUGIN_VERSION, "MIT", "webp:rw", .library = versions, .init = list_versions, .formats = formats);
