/* SPDX-License-Identifier: MIT */
/* A plugin of one pixel, for tests of choosing: NAME and VALUE come from the compiler's command line. */
#include <mim/plugin.h>

static int32_t
prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    (void)job, (void)packet;
    if (index > 0)
        return MIM_END;
    info->sample = MIM_SAMPLE_U8;
    info->width = info->height = info->channels = 1;
    return MIM_OK;
}

static int32_t
pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    (void)job, (void)packet, (void)info, (void)part;
    raster->data[0] = VALUE;
    return MIM_OK;
}

static const struct mim_reader_ops reader = {
    .struct_size = sizeof reader,
    .prepare = prepare,
    .pixels = pixels,
};

static const struct mim_format_ops peer = {
    .struct_size = sizeof peer,
    .name = "peer",
    .reader = &reader,
};

static const struct mim_format_ops *const formats[] = { &peer, NULL };

MIM_PLUGIN_EXPORT const struct mim_plugin MIM_PLUGIN_SYMBOL = {
    MIM_PLUGIN_HEADER,
    .name = NAME,
    .version = "1.0",
    .licence = "MIT",
    .formats = formats,
};
