/* SPDX-License-Identifier: MIT */
/* Calls a plugin's reader in the order that plugin.h promises. */
#include "plugin/reader-calls.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "frame/meta.h"
#include "io/source.h"
#include "plugin/operation.h"

/* `again`: a repeated open, whose notices were delivered before. */
static enum mim_status
call_open(struct mim_plugin_reader *reader, struct mim_sequence *sequence, bool again, struct mim_error *err)
{
    const struct mim_reader_ops *ops = reader->ops;
    const struct mim_option_table table = { .rows = ops->options, .count = ops->option_count };
    enum mim_status status =
        mim_options_bind(reader->options, &table, reader->other, reader->format, reader->state, &reader->bound, err);
    if (status != MIM_OK)
        return status;

    *sequence = (struct mim_sequence){
        .struct_size = sizeof *sequence,
        .count = MIM_UNKNOWN,
        .loop = -1,
        .sequential = mim_source_is_stream(reader->operation->source),
    };
    reader->is_opened = true;
    reader->walk = 0;
    if (!ops->open)
        return MIM_OK;
    mim_job_begin(&reader->serial, MIM_UNKNOWN);
    reader->serial.is_muted = again;
    return mim_job_end(&reader->serial, ops->open(&reader->serial.abi, sequence), "open", err);
}

enum mim_status
mim_plugin_reader_open(struct mim_plugin_reader *reader, unsigned workers, struct mim_error *err)
{
    const struct mim_reader_ops *ops = reader->ops;
    reader->state = calloc(1, ops->state_size ? ops->state_size : 1);
    reader->workers = calloc(workers, sizeof *reader->workers);
    reader->lookahead.packet = calloc(1, ops->packet_size ? ops->packet_size : 1);
    if (!reader->state || !reader->workers || !reader->lookahead.packet)
        return mim_fail_nomem(err, "a reader");

    reader->operation->side_inputs.options = reader->options;
    reader->worker_count = workers;
    uint32_t threads = ops->flags & MIM_READER_THREADS ? workers : 1;
    enum mim_status status = mim_job_init(&reader->serial, reader->operation, reader->state, 0, threads, err);
    for (unsigned i = 0; i < workers && status == MIM_OK; i++) {
        status = mim_job_init(&reader->workers[i].job, reader->operation, reader->state, ops->worker_size, 1, err);
        reader->workers[i].job.worker = i;
    }
    return status == MIM_OK ? call_open(reader, &reader->sequence, false, err) : status;
}

static void
close_worker(struct mim_plugin_reader *reader, struct mim_worker_job *worker)
{
    if (!worker->is_open)
        return;
    worker->is_open = false;
    if (reader->ops->worker_close)
        reader->ops->worker_close(&worker->job.abi);
    if (worker->job.abi.worker)
        memset(worker->job.abi.worker, 0, reader->ops->worker_size);
}

void
mim_plugin_reader_close_workers(struct mim_plugin_reader *reader)
{
    for (unsigned i = 0; i < reader->worker_count; i++)
        close_worker(reader, &reader->workers[i]);
}

static void
drop_lookahead(struct mim_plugin_reader *reader)
{
    if (!reader->lookahead.is_full)
        return;
    reader->lookahead.is_full = false;
    mim_operation_forget(reader->operation, reader->lookahead.index);
    if (reader->ops->release)
        reader->ops->release(&reader->serial.abi, reader->lookahead.packet);
}

static void
call_close(struct mim_plugin_reader *reader)
{
    drop_lookahead(reader);
    mim_plugin_reader_close_workers(reader);
    if (reader->is_opened && reader->ops->close) {
        mim_job_begin(&reader->serial, MIM_UNKNOWN);
        reader->ops->close(&reader->serial.abi);
    }
    reader->is_opened = false;
    mim_side_inputs_close(&reader->operation->side_inputs);
    mim_bound_options_destroy(reader->bound);
    reader->bound = NULL;
}

void
mim_plugin_reader_close(struct mim_plugin_reader *reader)
{
    call_close(reader);
    for (unsigned i = 0; i < reader->worker_count; i++)
        mim_job_clear(&reader->workers[i].job);
    free(reader->state);
    free(reader->workers);
    free(reader->lookahead.packet);
    reader->state = reader->workers = reader->lookahead.packet = NULL;
    reader->worker_count = 0;
}

static enum mim_status
reopen_plugin(struct mim_plugin_reader *reader, struct mim_error *err)
{
    struct mim_sequence known_already; /* ignored: the facts of the first open and of a scan stay valid */
    call_close(reader);
    memset(reader->state, 0, reader->ops->state_size);
    enum mim_status status = call_open(reader, &known_already, true, err);
    if (status != MIM_OK)
        reader->walk = MIM_UNKNOWN;
    return status;
}

enum mim_status
mim_plugin_reader_scan(struct mim_plugin_reader *reader, struct mim_sequence *sequence, struct mim_error *err)
{
    *sequence = reader->sequence;
    mim_job_begin(&reader->serial, MIM_UNKNOWN);
    return mim_job_end(&reader->serial, reader->ops->scan(&reader->serial.abi, sequence), "scan", err);
}

enum mim_status
mim_plugin_reader_settle_opacity(struct mim_plugin_reader *reader, struct mim_error *err)
{
    struct mim_sequence *sequence = &reader->sequence;
    if (sequence->opaque != -1)
        return MIM_OK;

    if (!sequence->sequential && reader->ops->scan) {
        struct mim_sequence found;
        enum mim_status status = mim_plugin_reader_scan(reader, &found, err);
        /* ignore damage that the scan met: its frame reports it when it is read */
        if (status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM || status == MIM_LIMIT)
            return status;
        if (status != MIM_OK)
            found.count = sequence->count, found.sure = sequence->sure;
        *sequence = found;
    }
    if (sequence->opaque == -1)
        sequence->opaque = 0;
    return MIM_OK;
}

static bool
is_any_order(const struct mim_plugin_reader *reader)
{
    return reader->ops->flags & MIM_READER_ANY_ORDER;
}

static bool
is_ahead(const struct mim_plugin_reader *reader, uint64_t index)
{
    return reader->lookahead.is_full && reader->lookahead.index == index;
}

bool
mim_plugin_reader_reopens_for(const struct mim_plugin_reader *reader, uint64_t index)
{
    return !is_any_order(reader) && index < reader->walk && !is_ahead(reader, index);
}

static enum mim_status
check_info(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info, struct mim_error *err)
{
    const struct mim_sequence *sequence = &reader->sequence;
    bool composed = sequence->canvas_width, indices = info->sample == MIM_SAMPLE_INDEX8;
    const char *wrong = NULL;

    if (!mim_sample_facts((enum mim_sample)info->sample) ||
        (indices && (!composed || sequence->canvas_sample == MIM_SAMPLE_U16)))
        wrong = "a sample type that frames do not have";
    else if (!info->channels || (indices && info->channels != 1) || (composed && info->channels > 4))
        wrong = "a number of channels that frames do not have";
    else if (indices && sequence->canvas_sample > MIM_SAMPLE_U8)
        wrong = "indices for a canvas of more than 8 bits";
    else if (composed && !indices &&
             (info->sample != (sequence->canvas_sample ? sequence->canvas_sample : MIM_SAMPLE_U8) ||
              info->channels - !(info->channels % 2) != (sequence->canvas_channels ? sequence->canvas_channels : 3)))
        wrong = "samples that its canvas does not have";
    else if (composed && info->flags & MIM_FRAME_RAW)
        wrong = "raw samples for a canvas";
    else if (!composed && (!info->width || !info->height))
        wrong = "no pixels";
    else if (info->parts > 1u << 24)
        wrong = "too many parts";
    if (wrong) {
        mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin %s gives frame %" PRIu64 " %s", reader->operation->plugin, index,
                 wrong);
        return MIM_BROKEN_PLUGIN;
    }
    if (!info->parts)
        info->parts = 1;
    return MIM_OK;
}

static enum mim_status
call_prepare(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
             struct mim_error *err)
{
    uint64_t max = reader->operation->control.limits.frames;
    if (index >= max) {
        mim_fail_limit(err, index + 1, max, "more than %" PRIu64 " frames", max);
        return MIM_LIMIT;
    }
    memset(packet, 0, reader->ops->packet_size);
    *info = (struct mim_frame_info){ .struct_size = sizeof *info, .pts = MIM_NO_PTS };
    mim_job_begin(&reader->serial, index);
    int32_t result = reader->ops->prepare(&reader->serial.abi, index, packet, info);
    enum mim_status status = mim_job_end(&reader->serial, result, "prepare", err);
    /* a host call failed but the plugin returned MIM_OK: its packet must be released */
    if (result == MIM_OK)
        reader->walk = index + 1;
    if (result == MIM_OK && status == MIM_OK)
        status = check_info(reader, index, info, err);
    if (result == MIM_OK && status != MIM_OK && reader->ops->release)
        reader->ops->release(&reader->serial.abi, packet);
    if (status != MIM_OK && status != MIM_END)
        reader->walk = MIM_UNKNOWN; /* the plugin's position is unknown now: reopen before the next frame */
    return status;
}

static enum mim_status
walk_to(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (index < reader->walk) {
        status = reopen_plugin(reader, err);
        if (status != MIM_OK)
            return status;
    }
    struct mim_frame_info skipped;
    while (status == MIM_OK && reader->walk < index) {
        status = mim_operation_poll(reader->operation, err);
        if (status == MIM_OK)
            status = call_prepare(reader, reader->walk, packet, &skipped, err);
        if (status != MIM_OK)
            break;
        mim_operation_forget(reader->operation, reader->walk - 1);
        if (reader->ops->release)
            reader->ops->release(&reader->serial.abi, packet);
    }
    return status;
}

static void
take_lookahead(struct mim_plugin_reader *reader, void *packet, struct mim_frame_info *info)
{
    memcpy(packet, reader->lookahead.packet, reader->ops->packet_size);
    *info = reader->lookahead.info;
    reader->lookahead.is_full = false;
}

static enum mim_status
fill_lookahead(struct mim_plugin_reader *reader, uint64_t index, struct mim_error *err)
{
    if (is_ahead(reader, index))
        return MIM_OK;
    drop_lookahead(reader);
    enum mim_status status = is_any_order(reader) ? MIM_OK : walk_to(reader, index, reader->lookahead.packet, err);
    if (status == MIM_OK)
        status = call_prepare(reader, index, reader->lookahead.packet, &reader->lookahead.info, err);
    reader->lookahead.is_full = status == MIM_OK;
    reader->lookahead.index = index;
    return status;
}

/* A frame without a duration lasts until the next one is shown. */
static enum mim_status
borrow_duration(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info, struct mim_error *err)
{
    if (info->duration || info->pts == MIM_NO_PTS || !reader->sequence.time_den ||
        index + 1 >= reader->operation->control.limits.frames)
        return MIM_OK;

    struct mim_error error;
    enum mim_status status = fill_lookahead(reader, index + 1, &error);
    if (status == MIM_OK && reader->lookahead.info.pts != MIM_NO_PTS && reader->lookahead.info.pts > info->pts &&
        __builtin_sub_overflow(reader->lookahead.info.pts, info->pts, &info->duration))
        info->duration = 0; /* overflow: treat as unknown */
    /* ignore damage of the next frame until it is read; a failure for want of time or memory is no fact of the file */
    if (status != MIM_CANCELLED && status != MIM_TIMEOUT && status != MIM_NOMEM && status != MIM_LIMIT)
        return MIM_OK;
    if (err)
        *err = error;
    return status;
}

enum mim_status
mim_plugin_reader_prepare(struct mim_plugin_reader *reader, uint64_t index, void *packet, struct mim_frame_info *info,
                          struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (is_ahead(reader, index)) {
        take_lookahead(reader, packet, info);
    } else {
        drop_lookahead(reader);
        if (!is_any_order(reader))
            status = walk_to(reader, index, packet, err);
        if (status == MIM_OK)
            status = call_prepare(reader, index, packet, info, err);
    }
    if (status != MIM_OK)
        return status;
    status = borrow_duration(reader, index, info, err);
    if (status != MIM_OK && reader->ops->release)
        reader->ops->release(&reader->serial.abi, packet);
    return status;
}

enum mim_status
mim_plugin_reader_look_ahead(struct mim_plugin_reader *reader, uint64_t index, struct mim_error *err)
{
    return fill_lookahead(reader, index, err);
}

bool
mim_plugin_reader_has(struct mim_plugin_reader *reader, uint64_t index)
{
    bool was_quiet = reader->operation->is_quiet;
    reader->operation->is_quiet = true;
    bool has = fill_lookahead(reader, index, NULL) == MIM_OK;
    reader->operation->is_quiet = was_quiet;
    drop_lookahead(reader);
    return has;
}

enum mim_status
mim_plugin_reader_peek(struct mim_plugin_reader *reader, uint64_t index, struct mim_frame_info *info,
                       struct mim_error *err)
{
    enum mim_status status = fill_lookahead(reader, index, err);
    if (status != MIM_OK)
        return status;
    *info = reader->lookahead.info;
    return borrow_duration(reader, index, info, err);
}

static enum mim_status
worker_of(struct mim_plugin_reader *reader, unsigned index, struct mim_worker_job **out, struct mim_error *err)
{
    struct mim_worker_job *worker = &reader->workers[index];
    *out = worker;
    if (worker->is_open)
        return MIM_OK;

    worker->is_open = true; /* worker_close follows even if this fails */
    mim_job_begin(&worker->job, MIM_UNKNOWN);
    worker->job.is_muted = true; /* notices must not depend on the number of workers */
    int32_t result = reader->ops->worker_open ? reader->ops->worker_open(&worker->job.abi) : MIM_OK;
    enum mim_status status = mim_job_end(&worker->job, result, "worker_open", err);
    if (status != MIM_OK)
        close_worker(reader, worker);
    return status;
}

enum mim_status
mim_plugin_reader_pixels(struct mim_plugin_reader *reader, unsigned worker_index, uint64_t index, const void *packet,
                         const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster, bool *refused,
                         struct mim_error *err)
{
    struct mim_worker_job *worker;
    enum mim_status status = worker_of(reader, worker_index, &worker, err);
    if (status == MIM_OK) {
        mim_job_begin(&worker->job, index);
        worker->job.step = part + 1;
        int32_t result =
            reader->ops->pixels ? reader->ops->pixels(&worker->job.abi, packet, info, part, raster) : MIM_BROKEN_PLUGIN;
        status = mim_job_end(&worker->job, result == MIM_END ? MIM_TRUNCATED : result, "pixels", err);
    }
    *refused = status == MIM_LIMIT && worker->job.refused;
    return status;
}

enum mim_status
mim_plugin_reader_metadata(struct mim_plugin_reader *reader, unsigned worker_index, uint64_t index, const void *packet,
                           const struct mim_frame_info *info, struct mim_meta *meta, bool *refused,
                           struct mim_error *err)
{
    *refused = false;
    if (!reader->ops->metadata)
        return MIM_OK;

    struct mim_core_job *job = &reader->serial;
    if (packet) {
        struct mim_worker_job *worker;
        enum mim_status status = worker_of(reader, worker_index, &worker, err);
        job = &worker->job;
        *refused = status == MIM_LIMIT && job->refused;
        if (status != MIM_OK)
            return status;
    }
    mim_job_begin(job, packet ? index : MIM_UNKNOWN);
    job->step = packet ? UINT32_MAX : 0;
    job->meta = meta;
    int32_t result = reader->ops->metadata(&job->abi, packet, info);
    job->meta = NULL;
    enum mim_status status = mim_job_end(job, result == MIM_END ? MIM_OK : result, "metadata", err);
    *refused = status == MIM_LIMIT && job->refused;
    return status;
}

void
mim_plugin_reader_release(struct mim_plugin_reader *reader, unsigned worker_index, void *packet)
{
    if (!reader->ops->release)
        return;
    reader->ops->release(&reader->workers[worker_index].job.abi, packet);
}
