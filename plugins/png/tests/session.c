/* SPDX-License-Identifier: MIT */
/* A core in a few lines. */
#include "session.h"

#include <stdio.h>

void
reading_begin(struct reading *reading, struct desk *desk)
{
    *reading = (struct reading){ .sequence = { .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN } };
    reading->job = desk_job(desk, &reading->state, &reading->worker);
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
    raster.stride = (uint64_t)info->width * info->channels * (info->sample == MIM_SAMPLE_U16 ? 2 : 1);
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
read_all(struct desk *desk, uint64_t *frames)
{
    struct reading reading;

    *frames = 0;
    reading_begin(&reading, desk);
    int32_t status = reading_open(&reading);
    if (status == MIM_OK)
        status = pngx_reader_ops.metadata(&reading.job, NULL, NULL);
    while (status == MIM_OK && (status = reading_frame(&reading, *frames)) == MIM_OK)
        ++*frames;
    reading_end(&reading);
    return status == MIM_END ? MIM_OK : status;
}

static void
set_defaults(struct pngx_writer *state, const struct mim_writer_ops *ops)
{
    for (uint32_t i = 0; i < ops->option_count; i++) {
        const struct mim_option *option = &ops->options[i];
        int64_t number = (int64_t)option->initial;
        if (option->type == MIM_OPTION_INT)
            memcpy((uint8_t *)state + option->offset, &number, sizeof number);
    }
}

static struct mim_raster
raster_of(const struct movie *movie, uint32_t index)
{
    uint64_t row = (uint64_t)movie->width * movie->channels * (movie->sample == MIM_SAMPLE_U16 ? 2 : 1);

    return (struct mim_raster){ .struct_size = sizeof(struct mim_raster),
                                .sample = movie->sample,
                                .width = movie->width,
                                .height = movie->height,
                                .channels = movie->channels,
                                .stride = row,
                                .data = (uint8_t *)(uintptr_t)movie->frames + row * movie->height * index };
}

static int32_t
write_frame(struct mim_job *job, const struct movie *movie, uint32_t index, struct mim_frame_info info)
{
    struct desk *desk = job->core;
    struct pngx_sheet sheet = { 0 };
    const struct mim_raster frame = raster_of(movie, index), before = raster_of(movie, index ? index - 1 : 0);
    const struct mim_neighbours beside = { .struct_size = sizeof beside, .previous = index ? &before : NULL };
    struct mim_coded_part parts[64];

    int32_t status = movie->ops->accepts(job, index, &sheet, &info);
    if (status != MIM_OK)
        return status;
    CHECK(info.parts <= 64);
    desk->coded.size = 0;
    desk->is_coding = true;
    for (uint32_t part = 0; part < info.parts && status == MIM_OK; part++) {
        uint64_t start = desk->coded.size;
        status = movie->ops->encode(job, &sheet, &info, part, &frame, &beside);
        parts[part].size = desk->coded.size - start;
    }
    desk->is_coding = false;
    const uint8_t *at = desk->coded.data;
    for (uint32_t part = 0; part < info.parts && status == MIM_OK; at += parts[part++].size)
        parts[part].data = at;
    const struct mim_coded coded = {
        .struct_size = sizeof coded, .part_count = info.parts, .parts = parts, .size = desk->coded.size
    };
    return status == MIM_OK ? movie->ops->put(job, &sheet, &info, &coded) : status;
}

int32_t
movie_write(struct desk *desk, const struct movie *movie)
{
    struct pngx_writer state = { 0 };
    struct pngx_writing_worker worker = { 0 };
    struct mim_job job = desk_job(desk, &state, &worker);
    struct mim_frame_info info = { .struct_size = sizeof info,
                                   .sample = movie->sample,
                                   .width = movie->width,
                                   .height = movie->height,
                                   .channels = movie->channels,
                                   .pts = MIM_NO_PTS };
    struct mim_sequence sequence = {
        .struct_size = sizeof sequence, .sure = MIM_SURE_EXACT, .count = movie->count, .loop = -1, .first = info
    };

    desk->sink.size = 0;
    set_defaults(&state, movie->ops);
    if (movie->set)
        movie->set(&state);
    int32_t status = movie->ops->metadata(&job, "title", MIM_META_TEXT, "a title", 7);
    if (status == MIM_OK)
        status = movie->ops->metadata(&job, "icc", MIM_META_BYTES, "0123456789abcdefRGB and more", 28);
    if (status == MIM_OK)
        status = movie->ops->open(&job, &sequence);
    for (uint32_t i = 0; status == MIM_OK && i < movie->count; i++)
        status = write_frame(&job, movie, i, info);
    if (status == MIM_OK)
        status = movie->ops->finish(&job);
    movie->ops->worker_close(&job);
    movie->ops->close(&job);
    return status;
}

enum { SIDE = 12 };

void
make_file(struct desk *desk, uint32_t count)
{
    uint8_t *frames = malloc((size_t)count * SIDE * SIDE * 4);

    CHECK(frames);
    for (uint32_t i = 0; i < count * SIDE * SIDE * 4; i++)
        frames[i] = (uint8_t)(i % 4 == 3 ? 255 : i * i / 7);
    const struct movie movie = { .width = SIDE,
                                 .height = SIDE,
                                 .channels = 4,
                                 .count = count,
                                 .sample = MIM_SAMPLE_U8,
                                 .frames = frames,
                                 .ops = count > 1 ? &pngx_movie_writer_ops : &pngx_writer_ops };
    CHECK(movie_write(desk, &movie) == MIM_OK);
    free(frames);
    desk->source = desk->sink;
    desk->sink = (struct blob){ 0 };
    desk_forget(desk);
}
