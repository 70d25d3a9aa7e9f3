/* SPDX-License-Identifier: MIT */
/* Implements the sink, and calls a writer in the order of the core. */
#include "sink.h"

static struct sink *
sink_of(struct mim_job *job)
{
    return job->core;
}

static int32_t
write_at(struct sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    if (++sink->writes >= sink->fail_write && sink->fail_write)
        return (sink->host.job.host->fail)(&sink->host.job, MIM_IO, MIM_UNKNOWN, "the disk is full");
    CHECK(offset <= sink->size);
    if (offset + size > sink->capacity) {
        sink->capacity = 2 * (offset + size);
        sink->bytes = realloc(sink->bytes, sink->capacity);
        CHECK(sink->bytes);
    }
    memcpy(sink->bytes + offset, data, size);
    if (offset + size > sink->size)
        sink->size = offset + size;
    return MIM_OK;
}

static int32_t
emit_bytes(struct mim_job *job, const void *data, uint64_t size)
{
    return write_at(sink_of(job), data, size, sink_of(job)->size);
}

static int32_t
patch_bytes(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    return write_at(sink_of(job), data, size, offset);
}

static int64_t
read_back(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    const struct sink *sink = sink_of(job);
    uint64_t left = offset < sink->size ? sink->size - offset : 0;
    memcpy(data, sink->bytes + (left ? offset : 0), left < size ? left : size);
    return (int64_t)(left < size ? left : size);
}

static uint64_t
tell_size(struct mim_job *job)
{
    return sink_of(job)->size;
}

static int32_t
open_side(struct mim_job *job, const char *role, const char *uri)
{
    (void)job, (void)role, (void)uri;
    return -MIM_UNSUPPORTED;
}

void
sink_init(struct sink *sink, void *state)
{
    *sink = (struct sink){ 0 };
    host_init(&sink->host, NULL, 0, state);
    sink->functions = *sink->host.job.host;
    sink->functions.emit = emit_bytes;
    sink->functions.patch = patch_bytes;
    sink->functions.read_back = read_back;
    sink->functions.tell = tell_size;
    sink->functions.open_side = open_side;
    sink->host.job.host = &sink->functions;
    sink->host.job.core = sink;
}

void
sink_free(struct sink *sink)
{
    free(sink->bytes);
    sink->bytes = NULL;
}

/* Set the options in the state, as the core does before `open`. */
static void
set_options(const struct mim_writer_ops *ops, uint8_t *state, const struct session *session)
{
    static const uint8_t white[4] = { 255, 255, 255, 255 };
    for (uint32_t i = 0; i < ops->option_count; i++) {
        const struct mim_option *row = &ops->options[i];
        const char *text = row->initial_text;
        if (!strcmp(row->name, "codec") && row->type == MIM_OPTION_TEXT)
            text = session->codec;
        if (!strcmp(row->name, "bitrate"))
            text = session->bitrate;
        double real = !strcmp(row->name, "crf") && session->crf > 0 ? session->crf : row->initial;
        if (row->type == MIM_OPTION_TEXT)
            memcpy(state + row->offset, &text, sizeof text);
        else if (row->type == MIM_OPTION_REAL)
            memcpy(state + row->offset, &real, sizeof real);
        else if (row->type == MIM_OPTION_INT)
            memcpy(state + row->offset, &(int64_t){ (int64_t)row->initial }, sizeof(int64_t));
        else if (row->type == MIM_OPTION_RATIONAL)
            memcpy(state + row->offset, &session->fps, sizeof session->fps);
        else if (row->type == MIM_OPTION_COLOUR)
            memcpy(state + row->offset, white, sizeof white);
    }
}

static void
draw_raster(struct mim_raster *raster, uint32_t index)
{
    for (uint64_t i = 0; i < raster->stride * raster->height; i++)
        raster->data[i] = (uint8_t)(i * 3 + index * 11);
}

/* `worker` is the job's worker state during `encode`. */
static int32_t
write_frame(struct sink *sink, const struct mim_writer_ops *ops, const struct mim_frame_info *first, uint32_t index,
            void *worker)
{
    struct mim_job *job = &sink->host.job;
    struct mim_frame_info info = *first;
    const struct mim_neighbours beside = { .struct_size = sizeof beside };
    const struct mim_coded coded = { .struct_size = sizeof coded };
    uint8_t *packet = calloc(1, ops->packet_size);
    CHECK(packet);

    int32_t status = ops->accepts(job, index, packet, &info);
    uint64_t row = (uint64_t)info.width * info.channels * (info.sample == MIM_SAMPLE_U8 ? 1 : 2);
    struct mim_raster raster = {
        sizeof raster, info.sample, info.width, info.height, info.channels, 0, row, NULL, NULL
    };
    raster.data = malloc(row * info.height); /* exact size: a sanitizer catches reads past the end */
    CHECK(raster.data);
    draw_raster(&raster, index);
    job->worker = worker;
    if (status == MIM_OK)
        status = ops->encode(job, packet, &info, 0, &raster, &beside);
    job->worker = NULL;
    if (status == MIM_OK)
        status = ops->put(job, packet, &info, &coded);
    free(raster.data);
    free(packet);
    return status;
}

int32_t
session_run(struct sink *sink, const struct session *session)
{
    const struct mim_writer_ops *ops = &video_writers[session->format];
    uint8_t *state = calloc(1, ops->state_size), *worker = calloc(1, ops->worker_size);
    CHECK(state && worker);
    sink_init(sink, state);
    sink->host.fail_allocation = session->fail_allocation;
    sink->host.fail_poll = session->fail_poll;
    sink->fail_write = session->fail_write;
    set_options(ops, state, session);

    struct mim_job *job = &sink->host.job;
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = MIM_UNKNOWN };
    sequence.first = (struct mim_frame_info){ .struct_size = sizeof sequence.first,
                                              .sample = session->sample,
                                              .width = session->width,
                                              .height = session->height,
                                              .channels = session->channels,
                                              .parts = 1,
                                              .pts = MIM_NO_PTS };
    int32_t status = ops->open(job, &sequence);
    for (uint32_t i = 0; i < session->frames && status == MIM_OK; i++)
        status = write_frame(sink, ops, &sequence.first, i, worker);
    if (status == MIM_OK && !session->is_abandoned)
        status = ops->finish(job);
    job->worker = worker;
    ops->worker_close(job);
    job->worker = NULL;
    ops->close(job);
    CHECK(sink->host.allocated == 0 && sink->host.reserved == 0);
    free(worker);
    free(state);
    return status;
}
