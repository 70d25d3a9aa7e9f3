/* SPDX-License-Identifier: MIT */
/* Drives the plugin like a minimal core. */
#include "session.h"

enum { STRIDE_STEP = 64 };

/* A job with a zeroed state and a worker. */
static struct mim_job
make_job(struct mim_test_host *host, uint32_t state_size, uint32_t worker_size)
{
    struct mim_job job = mim_test_host_job(host, calloc(1, state_size), calloc(1, worker_size));

    CHECK(job.state && job.worker);
    return job;
}

static void
free_job(struct mim_job *job)
{
    free(job->state);
    free(job->worker);
}

void
reading_begin(struct reading *reading, struct mim_test_bytes file)
{
    *reading = (struct reading){ .host = { .source = file },
                                 .sequence = { .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN } };
    reading->job = make_job(&reading->host, gif_reader_ops.state_size, gif_reader_ops.worker_size);
}

int32_t
reading_open(struct reading *reading, struct mim_test_bytes file)
{
    reading_begin(reading, file);
    return gif_reader_ops.open(&reading->job, &reading->sequence);
}

int32_t
reading_scan(struct reading *reading)
{
    mim_test_host_next(&reading->host);
    return gif_reader_ops.scan(&reading->job, &reading->sequence);
}

static size_t
canvas_size(const struct reading *reading)
{
    return (size_t)reading->sequence.canvas_width * reading->sequence.canvas_height * 4;
}

static void
clear_canvas(struct reading *reading)
{
    for (size_t i = 0; i < canvas_size(reading); i += 4)
        memcpy(reading->canvas + i, reading->sequence.background, 4);
}

/* Visit the pixels of a rectangle that are on the canvas. */
#define EACH_PIXEL(reading, info, x, y) \
    for (uint32_t y = 0; y < (info)->height && (info)->y + y < (reading)->sequence.canvas_height; y++) \
        for (uint32_t x = 0; x < (info)->width && (info)->x + x < (reading)->sequence.canvas_width; x++)

static uint8_t *
pixel_at(struct reading *reading, const struct mim_frame_info *info, uint32_t x, uint32_t y)
{
    return reading->canvas + ((size_t)(info->y + y) * reading->sequence.canvas_width + info->x + x) * 4;
}

static void
dispose_last(struct reading *reading)
{
    if (reading->last.dispose == MIM_DISPOSE_PREVIOUS)
        memcpy(reading->canvas, reading->saved, canvas_size(reading));
    if (reading->last.dispose != MIM_DISPOSE_BACKGROUND)
        return;
    EACH_PIXEL(reading, &reading->last, x, y)
    {
        memcpy(pixel_at(reading, &reading->last, x, y), reading->sequence.background, 4);
    }
}

static void
draw_frame(struct reading *reading, const struct mim_raster *raster)
{
    memcpy(reading->saved, reading->canvas, canvas_size(reading));
    EACH_PIXEL(reading, &reading->info, x, y)
    {
        const uint8_t *colour = raster->palette + 4 * raster->data[y * raster->stride + x];
        if (reading->info.blend == MIM_BLEND_REPLACE || colour[3])
            memcpy(pixel_at(reading, &reading->info, x, y), colour, 4);
    }
}

static int32_t
decode_frame(struct reading *reading, void *packet)
{
    uint8_t palette[1024];
    struct mim_raster raster = {
        .struct_size = sizeof raster,
        .sample = reading->info.sample,
        .width = reading->info.width,
        .height = reading->info.height,
        .channels = reading->info.channels,
        .palette = palette,
    };
    raster.stride = ((uint64_t)raster.width * raster.channels + STRIDE_STEP - 1) / STRIDE_STEP * STRIDE_STEP;
    raster.data = malloc(raster.stride * raster.height);
    CHECK(raster.data);
    int32_t status = gif_reader_ops.pixels(&reading->job, packet, &reading->info, 0, &raster);
    if (status == MIM_OK && reading->canvas)
        draw_frame(reading, &raster);
    free(raster.data);
    return status;
}

static void
make_canvas(struct reading *reading)
{
    if (reading->canvas || !canvas_size(reading))
        return;
    reading->canvas = malloc(canvas_size(reading));
    reading->saved = malloc(canvas_size(reading));
    CHECK(reading->canvas && reading->saved);
    clear_canvas(reading);
}

int32_t
reading_frame(struct reading *reading, uint64_t index)
{
    void *packet = calloc(1, gif_reader_ops.packet_size);

    CHECK(packet);
    make_canvas(reading);
    mim_test_host_next(&reading->host);
    reading->info = (struct mim_frame_info){ .struct_size = sizeof reading->info };
    int32_t status = gif_reader_ops.prepare(&reading->job, index, packet, &reading->info);
    if (status == MIM_OK) {
        if (index == reading->next)
            dispose_last(reading);
        else
            clear_canvas(reading);
        CHECK(index == reading->next || reading->info.flags & MIM_FRAME_KEY);
        status = decode_frame(reading, packet);
        reading->last = reading->info;
        reading->next = index + 1;
    }
    free(packet);
    return status;
}

int32_t
reading_metadata(struct reading *reading, uint64_t index)
{
    void *packet = calloc(1, gif_reader_ops.packet_size);
    int32_t status = MIM_OK;
    bool of_frame = index != MIM_UNKNOWN;

    CHECK(packet);
    mim_test_host_forget(&reading->host);
    if (of_frame)
        status = gif_reader_ops.prepare(&reading->job, index, packet, &reading->info);
    if (status == MIM_OK) {
        status =
            gif_reader_ops.metadata(&reading->job, of_frame ? packet : NULL, of_frame ? &reading->info : NULL);
    }
    free(packet);
    return status;
}

void
reading_close(struct reading *reading)
{
    gif_reader_ops.worker_close(&reading->job);
    gif_reader_ops.close(&reading->job);
    free_job(&reading->job);
    free(reading->host.source.data);
    free(reading->canvas);
    free(reading->saved);
    CHECK(mim_test_host_clear(&reading->host));
}

uint32_t
reading_pixel(const struct reading *reading, uint32_t x, uint32_t y)
{
    const uint8_t *at = reading->canvas + ((size_t)y * reading->sequence.canvas_width + x) * 4;

    return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static const struct mim_option *
option_of(const char *name)
{
    for (uint32_t i = 0; i < gif_writer_ops.option_count; i++)
        if (!strcmp(gif_writer_ops.options[i].name, name))
            return &gif_writer_ops.options[i];
    CHECK(!"no such option");
    return NULL;
}

static void
set_option(uint8_t *state, const struct mim_option *option, int64_t number, const void *value)
{
    switch (option->type) {
    case MIM_OPTION_INT:
        memcpy(state + option->offset, &number, sizeof number);
        break;
    case MIM_OPTION_BOOL:
    case MIM_OPTION_CHOICE:
        memcpy(state + option->offset, &(int32_t){ (int32_t)number }, sizeof(int32_t));
        break;
    default:
        memcpy(state + option->offset, &value, sizeof value);
    }
}

static void
set_options(uint8_t *state, const struct setting *settings)
{
    mim_test_set_defaults(state, gif_writer_ops.options, gif_writer_ops.option_count);
    for (; settings && settings->name; settings++)
        set_option(state, option_of(settings->name), settings->number, settings->value);
}

static struct mim_raster
raster_of(const struct animation *animation, uint32_t index)
{
    size_t row = (size_t)animation->width * animation->channels;

    return (struct mim_raster){
        .struct_size = sizeof(struct mim_raster),
        .sample = MIM_SAMPLE_U8,
        .width = animation->width,
        .height = animation->height,
        .channels = animation->channels,
        .stride = row,
        .data = animation->frames + row * animation->height * index,
    };
}

static int32_t
put_without_allocating(struct mim_job *job, void *packet, const struct mim_frame_info *info,
                       const struct mim_coded *coded)
{
    uint64_t before = mim_test_host_of(job)->allocation.count;
    int32_t status = gif_writer_ops.put(job, packet, info, coded);

    CHECK(mim_test_host_of(job)->allocation.count == before);
    return status;
}

static int32_t
write_frame(struct mim_job *job, const struct animation *animation, uint32_t index, struct mim_frame_info info,
            void *packet)
{
    struct mim_raster before = raster_of(animation, index - 1), frame = raster_of(animation, index);
    struct mim_raster after = raster_of(animation, index + 1);
    struct mim_writer_ops ops = gif_writer_ops;
    struct mim_neighbours neighbours = {
        .struct_size = sizeof neighbours,
        .previous = index > 0 ? &before : NULL,
        .next = index + 1 < animation->count ? &after : NULL,
    };

    if (animation->is_put_lean)
        ops.put = put_without_allocating;
    info.duration = animation->durations ? animation->durations[index] : 10;
    int32_t status = gif_writer_ops.accepts(job, index, packet, &info);
    CHECK(status != MIM_OK || (info.sample == MIM_SAMPLE_U8 && info.channels == animation->channels));
    return status == MIM_OK ? mim_test_write_frame(job, &ops, packet, &info, &frame, &neighbours) : status;
}

static int32_t
survey_frames(struct mim_job *job, const struct animation *animation, const struct mim_frame_info *info)
{
    int32_t status = MIM_OK;

    for (uint32_t i = 0; status == MIM_OK && i < animation->count; i++) {
        const struct mim_raster frame = raster_of(animation, i);
        status = gif_writer_ops.survey(job, info, &frame);
    }
    return status == MIM_OK ? gif_writer_ops.survey(job, NULL, NULL) : status;
}

int32_t
animation_write(struct mim_test_host *host, const struct animation *animation, const struct setting *settings)
{
    struct mim_frame_info info = {
        .struct_size = sizeof info,
        .sample = MIM_SAMPLE_U8,
        .width = animation->width,
        .height = animation->height,
        .channels = animation->channels,
        .pts = MIM_NO_PTS,
    };
    struct mim_sequence sequence = {
        .struct_size = sizeof sequence,
        .sure = MIM_SURE_EXACT,
        .count = animation->count,
        .loop = animation->loop,
        .time_num = 1,
        .time_den = 100,
        .timing = animation->timing,
        .first = info,
    };
    void *packet = calloc(1, gif_writer_ops.packet_size);

    CHECK(packet);
    struct mim_job job = make_job(host, gif_writer_ops.state_size, gif_writer_ops.worker_size);
    set_options(job.state, settings);
    int32_t status = gif_writer_ops.open(&job, &sequence);
    if (status == MIM_OK && sequence.passes == 2)
        status = survey_frames(&job, animation, &info);
    for (uint32_t i = 0; status == MIM_OK && i < animation->count; i++)
        status = write_frame(&job, animation, i, info, packet);
    if (status == MIM_OK)
        status = gif_writer_ops.finish(&job);
    gif_writer_ops.worker_close(&job);
    gif_writer_ops.close(&job);
    free_job(&job);
    free(packet);
    CHECK(host->allocated == 0 && host->reserved == 0);
    return status;
}
