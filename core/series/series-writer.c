/* SPDX-License-Identifier: MIT */
/* A series as a plugin would write it: each frame is a sequence of its own, encoded on any thread. */
#include "series/series-writer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "frame/meta.h"
#include "io/sink-series.h"
#include "io/sink.h"
#include "plugin/writer-calls.h"

/* One frame's file, from accepts to put. */
struct output {
    struct mim_operation operation; /* a part of the series' operation */
    struct mim_plugin_writer writer;
    void *packet;
    struct mim_frame_info info;
    pthread_mutex_t lock; /* guards the survey fields below */
    bool is_surveyed;
    enum mim_status survey_status;
    struct mim_error survey_error;
    struct output *next; /* list of outputs that are not put yet */
};

struct packet {
    struct output *output;
};

struct state {
    struct mim_meta *whole, *frame; /* of the frame, until it is accepted */
    struct output *outputs;
    struct mim_meta *lost; /* passed from file to file, so that each lost key is reported once */
};

static struct mim_core_job *
core_of(struct mim_job *job)
{
    return job->core;
}

static struct mim_series_writing *
writing_of(struct mim_job *job)
{
    return core_of(job)->operation->series;
}

static void
close_output(struct output *output)
{
    if (output->writer.ops)
        mim_plugin_writer_destroy(&output->writer);
    mim_operation_clear(&output->operation);
    pthread_mutex_destroy(&output->lock);
    free(output->packet);
    free(output);
}

static int32_t
series_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct state *self = job->state;
    struct mim_meta **list = core_of(job)->frame == MIM_UNKNOWN ? &self->whole : &self->frame;
    struct mim_error error;
    if (!*list)
        *list = mim_meta_create();
    if (!*list)
        return mim_job_adopt(job, mim_fail_nomem(&error, "metadata"), false, &error);
    return mim_job_adopt(job, mim_meta_set(*list, key, type, value, size, &error), false, &error);
}

static enum mim_status
create_writer(struct output *output, const struct mim_series_writing *writing, struct mim_error *err)
{
    output->operation.plugin = output->operation.whole->plugin;
    output->writer =
        (struct mim_plugin_writer){ .ops = writing->ops, .operation = &output->operation, .format = writing->format };
    output->packet = calloc(1, writing->ops->packet_size ? writing->ops->packet_size : 1);
    if (!output->packet)
        return mim_fail_nomem(err, "a frame in flight");
    return mim_plugin_writer_create(&output->writer, writing->options, &writing->other, writing->workers, err);
}

/* Opens the file with its only frame, without timing. */
static enum mim_status
start_output(struct output *output, const struct state *self, struct mim_frame_info *info, struct mim_error *err)
{
    enum mim_status status = mim_plugin_writer_metadata(&output->writer, self->whole, MIM_UNKNOWN, err);
    info->pts = MIM_NO_PTS;
    info->duration = 0;
    if (status == MIM_OK)
        status = mim_plugin_writer_start(&output->writer, info, (struct mim_rational){ 0 }, -1, 1, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_metadata(&output->writer, self->frame, 0, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_accepts(&output->writer, 0, output->packet, info, err);
    output->info = *info;
    return status;
}

static enum mim_status
open_output(struct mim_job *job, struct output *output, struct mim_frame_info *info, struct mim_error *err)
{
    struct state *self = job->state;
    struct mim_operation *whole = core_of(job)->operation;
    struct mim_series_writing *writing = writing_of(job);
    enum mim_status status = writing->container ? mim_container_writer_next(writing->container, &output->operation.sink, err)
                                                : mim_sink_series_next(whole->sink, &output->operation.sink, err);
    if (status == MIM_OK)
        status = create_writer(output, writing, err);
    if (status != MIM_OK)
        return status;
    output->writer.lost = self->lost;
    status = start_output(output, self, info, err);
    self->lost = output->writer.lost;
    output->writer.lost = NULL;
    return status;
}

static int32_t
series_accepts(struct mim_job *job, uint64_t index, void *in, struct mim_frame_info *info)
{
    struct state *self = job->state;
    struct packet *packet = in;
    struct mim_error error = { 0 };
    struct output *output = calloc(1, sizeof *output);
    if (!output)
        return mim_job_adopt(job, mim_fail_nomem(&error, "a file of a series"), false, &error);

    mim_operation_init_part(&output->operation, core_of(job)->operation, index);
    pthread_mutex_init(&output->lock, NULL);
    output->next = self->outputs;
    self->outputs = packet->output = output;
    enum mim_status status = open_output(job, output, info, &error);
    mim_meta_destroy(self->frame);
    self->frame = NULL;
    return mim_job_adopt(job, status, false, &error);
}

/* A two-pass writer surveys its frame before any part is encoded; the first thread to arrive does so. */
static enum mim_status
survey_frame(struct output *output, const struct mim_raster *raster, struct mim_error *err)
{
    struct mim_plugin_writer *writer = &output->writer;
    if (writer->sequence.passes != 2 || !writer->ops->survey)
        return MIM_OK;
    pthread_mutex_lock(&output->lock);
    if (!output->is_surveyed) {
        output->is_surveyed = true;
        output->survey_status = mim_plugin_writer_survey(writer, 0, &output->info, raster, &output->survey_error);
        if (output->survey_status == MIM_OK)
            output->survey_status = mim_plugin_writer_survey(writer, MIM_UNKNOWN, NULL, NULL, &output->survey_error);
    }
    pthread_mutex_unlock(&output->lock);
    if (output->survey_status != MIM_OK)
        *err = output->survey_error;
    return output->survey_status;
}

static int32_t
series_encode(struct mim_job *job, void *in, const struct mim_frame_info *info, uint32_t part,
              const struct mim_raster *raster, const struct mim_neighbours *neighbours)
{
    static const struct mim_neighbours alone = { .struct_size = sizeof alone };
    struct output *output = ((struct packet *)in)->output;
    struct mim_core_job *core = core_of(job);
    struct mim_error error = { 0 };
    bool refused = false;
    (void)info, (void)neighbours;
    enum mim_status status = survey_frame(output, raster, &error);
    if (status == MIM_OK)
        status = mim_plugin_writer_encode(&output->writer, core->worker, 0, output->packet, &output->info, part, raster,
                                          &alone, core->coded, &refused, &error);
    return mim_job_adopt(job, status, refused, &error);
}

static void
forget_output(struct state *self, struct output *output)
{
    struct output **at = &self->outputs;
    while (*at != output)
        at = &(*at)->next;
    *at = output->next;
}

static int32_t
series_put(struct mim_job *job, void *in, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    struct packet *packet = in;
    struct output *output = packet->output;
    struct mim_error error = { 0 };
    (void)info;
    enum mim_status status = mim_plugin_writer_put(&output->writer, 0, output->packet, &output->info, coded, &error);
    if (status == MIM_OK)
        status = mim_plugin_writer_finish(&output->writer, 1, &error);
    if (status == MIM_OK)
        status = mim_sink_commit(output->operation.sink, &error);
    status = mim_container_writer_explain(writing_of(job)->container, status, &error);
    if (status != MIM_OK)
        return mim_job_adopt(job, status, false, &error);

    forget_output(job->state, output);
    close_output(output);
    packet->output = NULL;
    return MIM_OK;
}

static int32_t
series_finish(struct mim_job *job)
{
    struct mim_error error = { 0 };
    struct mim_container_writer *container = writing_of(job)->container;
    enum mim_status status = container ? mim_container_writer_finish(container, &error) : MIM_OK;
    return mim_job_adopt(job, status, false, &error);
}

/* Memory is short: frees the workers' resources. */
static void
series_worker_close(struct mim_job *job)
{
    struct state *self = job->state;
    for (struct output *output = self->outputs; output; output = output->next)
        mim_plugin_writer_close_workers(&output->writer);
}

static void
series_close(struct mim_job *job)
{
    struct state *self = job->state;
    for (struct output *output = self->outputs, *next; output; output = next) {
        next = output->next;
        close_output(output);
    }
    mim_meta_destroy(self->whole);
    mim_meta_destroy(self->frame);
    mim_meta_destroy(self->lost);
    *self = (struct state){ 0 };
}

const struct mim_writer_ops mim_series_writer_ops = {
    .struct_size = sizeof mim_series_writer_ops,
    .flags = MIM_WRITER_MIXED | MIM_WRITER_BITS | MIM_WRITER_CODING,
    .state_size = sizeof(struct state),
    .packet_size = sizeof(struct packet),
    .accepts = series_accepts,
    .encode = series_encode,
    .put = series_put,
    .metadata = series_metadata,
    .finish = series_finish,
    .worker_close = series_worker_close,
    .close = series_close,
};
