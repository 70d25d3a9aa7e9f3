/* SPDX-License-Identifier: MIT */
/* Calls the plugin's operations in the order of the core. */
#include "session.h"

enum { FRAME_MS = 40, PLAYS = 3 };

static struct mim_raster
raster_of(const struct animation *animation, uint32_t index)
{
    uint64_t row = (uint64_t)animation->width * animation->channels;

    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster),
                                .sample = MIM_SAMPLE_U8,
                                .width = animation->width,
                                .height = animation->height,
                                .channels = animation->channels,
                                .stride = row,
                                .data = (uint8_t *)(uintptr_t)animation->frames + row * animation->height * index };
}

static int32_t
write_frame(struct mim_job *job, const struct animation *animation, uint32_t index, struct mim_frame_info info)
{
    struct webp_coded_frame packet = { 0 };
    const struct mim_raster frame = raster_of(animation, index), before = raster_of(animation, index ? index - 1 : 0);
    const struct mim_neighbours beside = { .struct_size = sizeof beside, .previous = index ? &before : NULL };

    int32_t status = webp_writer_ops.accepts(job, index, &packet, &info);
    return status == MIM_OK ? mim_test_write_frame(job, &webp_writer_ops, &packet, &info, &frame, &beside) : status;
}

int32_t
write_animation(struct mim_test_host *host, const struct animation *animation)
{
    struct webp_writer state = { 0 };
    struct webp_encoder worker = { 0 };
    struct mim_job job = mim_test_host_job(host, &state, &worker);
    const struct mim_frame_info info = { .struct_size = sizeof info,
                                         .sample = MIM_SAMPLE_U8,
                                         .width = animation->width,
                                         .height = animation->height,
                                         .channels = animation->channels,
                                         .duration = FRAME_MS };
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = MIM_UNKNOWN, .loop = PLAYS, .first = info,
                                     .timing = animation->timing };
    const char *xmp = animation->xmp;

    host->sink.size = 0;
    mim_test_set_defaults(&state, webp_writer_ops.options, webp_writer_ops.option_count);
    if (animation->set)
        animation->set(&state.encoding);
    int32_t status = xmp ? webp_writer_ops.metadata(&job, "xmp", MIM_META_BYTES, xmp, strlen(xmp)) : MIM_OK;
    if (status == MIM_OK)
        status = webp_writer_ops.open(&job, &sequence);
    for (uint32_t i = 0; status == MIM_OK && i < animation->count; i++)
        status = write_frame(&job, animation, i, info);
    if (status == MIM_OK)
        status = webp_writer_ops.finish(&job);
    webp_writer_ops.worker_close(&job);
    webp_writer_ops.close(&job);
    return status;
}

void
use_as_source(struct mim_test_host *host)
{
    mim_test_host_forget(host);
    host->source = mim_test_host_take(host);
}
