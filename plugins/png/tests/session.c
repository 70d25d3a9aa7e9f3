/* SPDX-License-Identifier: MIT */
/* Calls the plugin's operations in the order of the core. */
#include "session.h"

void
reading_begin(struct reading *reading, struct mim_test_host *host)
{
    *reading = (struct reading){ .sequence = { .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN } };
    reading->job = mim_test_host_job(host, &reading->state, &reading->worker);
}

int32_t
reading_open(struct reading *reading)
{
    return pngx_reader_ops.open(&reading->job, &reading->sequence);
}

int32_t
reading_frame(struct reading *reading, uint64_t index)
{
    struct pngx_packet packet = { 0 };
    struct mim_frame_info *info = &reading->info;

    *info = (struct mim_frame_info){ .struct_size = sizeof *info, .pts = MIM_NO_PTS };
    int32_t status = pngx_reader_ops.prepare(&reading->job, index, &packet, info);
    if (status != MIM_OK)
        return status;
    struct mim_raster raster = { .struct_size = sizeof raster,
                                 .sample = info->sample,
                                 .width = info->width,
                                 .height = info->height,
                                 .channels = info->channels };
    raster.stride = info->sample == MIM_SAMPLE_U1 ? (info->width + 7) / 8
                                                  : (uint64_t)info->width * info->channels * (info->sample == MIM_SAMPLE_U16 ? 2 : 1);
    free(reading->pixels);
    reading->pixels = raster.data = calloc(raster.height, raster.stride);
    CHECK(raster.data);
    status = pngx_reader_ops.pixels(&reading->job, &packet, info, 0, &raster);
    return status == MIM_OK ? pngx_reader_ops.metadata(&reading->job, &packet, info) : status;
}

void
reading_end(struct reading *reading)
{
    pngx_reader_ops.worker_close(&reading->job);
    pngx_reader_ops.close(&reading->job);
    free(reading->pixels);
}

int32_t
read_all(struct mim_test_host *host, uint64_t *frames)
{
    struct reading reading;

    *frames = 0;
    reading_begin(&reading, host);
    int32_t status = reading_open(&reading);
    if (status == MIM_OK)
        status = pngx_reader_ops.metadata(&reading.job, NULL, NULL);
    while (status == MIM_OK && (status = reading_frame(&reading, *frames)) == MIM_OK)
        ++*frames;
    reading_end(&reading);
    return status == MIM_END ? MIM_OK : status;
}

static struct mim_raster
raster_of(const struct animation *animation, uint32_t index)
{
    uint64_t row = (uint64_t)animation->width * animation->channels * (animation->sample == MIM_SAMPLE_U16 ? 2 : 1);

    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster),
                                .sample = animation->sample,
                                .width = animation->width,
                                .height = animation->height,
                                .channels = animation->channels,
                                .stride = row,
                                .data = (uint8_t *)(uintptr_t)animation->frames + row * animation->height * index };
}

static int32_t
write_frame(struct mim_job *job, const struct animation *animation, uint32_t index, struct mim_frame_info info)
{
    struct pngx_layout layout = { 0 };
    const struct mim_raster frame = raster_of(animation, index), before = raster_of(animation, index ? index - 1 : 0);
    const struct mim_neighbours beside = { .struct_size = sizeof beside, .previous = index ? &before : NULL };

    int32_t status = animation->ops->accepts(job, index, &layout, &info);
    if (status != MIM_OK)
        return status;
    return mim_test_write_frame(job, animation->ops, &layout, &info, &frame, &beside);
}

int32_t
write_animation(struct mim_test_host *host, const struct animation *animation)
{
    struct pngx_writer state = { 0 };
    struct pngx_writing_worker worker = { 0 };
    struct mim_job job = mim_test_host_job(host, &state, &worker);
    struct mim_frame_info info = { .struct_size = sizeof info,
                                   .sample = animation->sample,
                                   .width = animation->width,
                                   .height = animation->height,
                                   .channels = animation->channels,
                                   .duration = 1,
                                   .duration_den = 10,
                                   .pts = MIM_NO_PTS };
    struct mim_sequence sequence = {
        .struct_size = sizeof sequence, .sure = MIM_SURE_EXACT, .count = animation->count, .first = info,
        .timing = animation->timing
    };

    host->sink.size = 0;
    mim_test_set_defaults(&state, animation->ops->options, animation->ops->option_count);
    if (animation->set)
        animation->set(&state);
    int32_t status = animation->ops->metadata(&job, "title", MIM_META_TEXT, "a title", 7);
    if (status == MIM_OK)
        status = animation->ops->metadata(&job, "icc", MIM_META_BYTES, "0123456789abcdefRGB and more", 28);
    if (status == MIM_OK)
        status = animation->ops->open(&job, &sequence);
    for (uint32_t i = 0; status == MIM_OK && i < animation->count; i++)
        status = write_frame(&job, animation, i, info);
    uint64_t end = host->sink.size;
    if (status == MIM_OK)
        status = animation->ops->finish(&job);
    CHECK(status != MIM_OK || host->sink.size == end + PNGX_CHUNK_FRAME); /* acTL is patched in place */
    animation->ops->worker_close(&job);
    animation->ops->close(&job);
    return status;
}

enum { SIDE = 12 };

void
make_file(struct mim_test_host *host, uint32_t count)
{
    uint8_t *frames = malloc((size_t)count * SIDE * SIDE * 4);

    CHECK(frames);
    for (uint32_t i = 0; i < count * SIDE * SIDE * 4; i++)
        frames[i] = (uint8_t)(i % 4 == 3 ? 255 : i * i / 7);
    const struct animation animation = { .width = SIDE,
                                         .height = SIDE,
                                         .channels = 4,
                                         .count = count,
                                         .sample = MIM_SAMPLE_U8,
                                         .frames = frames,
                                         .ops = count > 1 ? &pngx_animation_writer_ops : &pngx_writer_ops };
    CHECK(write_animation(host, &animation) == MIM_OK);
    free(frames);
    mim_test_host_forget(host);
    host->source = mim_test_host_take(host);
}
