/* SPDX-License-Identifier: MIT */
/* Calls a plugin's writer in the order that plugin.h promises. */
#include "plugin/writer-calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "io/sink-series.h"
#include "io/sink.h"
#include "plugin/coded-parts.h"
#include "plugin/frame-facts.h"
#include "plugin/operation.h"

enum mim_status
mim_plugin_writer_create(struct mim_plugin_writer *writer, const struct mim_options *options,
                         const struct mim_option_table *other, unsigned workers, struct mim_error *err)
{
    const struct mim_writer_ops *ops = writer->ops;
    writer->keeps_bits = ops->flags & MIM_WRITER_BITS;
    writer->state = calloc(1, ops->state_size ? ops->state_size : 1);
    writer->options = mim_options_copy(options);
    writer->workers =
        (struct mim_workers){ .memory_size = ops->worker_size, .open = ops->worker_open, .close = ops->worker_close };
    if (!mim_workers_alloc(&writer->workers, workers) || !writer->state || !writer->options)
        return mim_fail_nomem(err, "a writer");

    writer->operation->side_inputs.options = writer->options;
    uint32_t threads = ops->flags & MIM_WRITER_THREADS ? workers : 1;
    enum mim_status status = mim_job_init(&writer->serial, writer->operation, writer->state, 0, threads, err);
    if (status == MIM_OK)
        status = mim_workers_init(&writer->workers, writer->operation, writer->state, err);
    if (status != MIM_OK)
        return status;
    writer->serial.origin = &writer->origin;
    const struct mim_option_table table = mim_writer_options(ops, &writer->timing.options);
    return mim_options_bind(options, &table, other, writer->format, writer->state, &writer->bound, err);
}

void
mim_plugin_writer_close_workers(struct mim_plugin_writer *writer)
{
    mim_workers_close(&writer->workers);
}

void
mim_plugin_writer_destroy(struct mim_plugin_writer *writer)
{
    const struct mim_writer_ops *ops = writer->ops;
    mim_workers_clear(&writer->workers);
    if (writer->is_called && ops->close) {
        mim_job_begin(&writer->serial, MIM_UNKNOWN, "close");
        ops->close(&writer->serial.abi);
        mim_job_leave(&writer->serial);
    }
    mim_side_inputs_close_all(&writer->operation->side_inputs);
    writer->operation->side_inputs.options = NULL;
    mim_options_destroy(writer->options);
    mim_bound_options_destroy(writer->bound);
    mim_meta_destroy(writer->retained);
    mim_meta_destroy(writer->lost);
    free(writer->state);
    *writer = (struct mim_plugin_writer){ 0 };
}

bool
mim_plugin_writer_remember_loss(struct mim_plugin_writer *writer, const char *key)
{
    struct mim_meta_item known;
    if (mim_meta_find(writer->lost, key, &known))
        return false;
    if (!writer->lost)
        writer->lost = mim_meta_create();
    if (writer->lost) /* without memory the notice may be repeated */
        mim_meta_set_int(writer->lost, key, 1, NULL);
    return true;
}

/* A resolution of 1/1 or n/0 says nothing, and one without a unit at most the aspect, which has a key of its own. */
static bool
says_nothing(const struct mim_meta *meta, const char *key)
{
    struct mim_meta_item axes, unit, aspect;
    struct mim_rational ratios[2];
    bool is_unit = !strcmp(key, "resolution_unit");
    if (!is_unit && strcmp(key, "resolution"))
        return false;
    if (!mim_meta_find(meta, "resolution", &axes))
        return is_unit;
    if (axes.type != MIM_META_RATIONALS || axes.size != sizeof ratios)
        return false;
    memcpy(ratios, axes.data, sizeof ratios);
    bool has_unit = mim_meta_find(meta, "resolution_unit", &unit) && (unit.size != 4 || memcmp(unit.data, "none", 4));
    bool is_one = ratios[0].num == ratios[0].den && ratios[1].num == ratios[1].den;
    bool is_square = ratios[0].num == ratios[1].num && ratios[0].den == ratios[1].den;
    bool has_aspect = is_square || mim_meta_find(meta, "sample_aspect", &aspect);
    return is_one || !ratios[0].den || !ratios[1].den || (has_aspect && !has_unit);
}

static enum mim_status
report_lost(struct mim_plugin_writer *writer, const char *key, uint64_t index, struct mim_error *err)
{
    if (!mim_plugin_writer_remember_loss(writer, key))
        return MIM_OK;
    char text[160];
    snprintf(text, sizeof text, "%s cannot keep the metadata '%s'", writer->format, key);
    return mim_operation_notice(writer->operation, MIM_NOTICE_METADATA, index, text, err);
}

/* A frame's value that equals the retained value of the whole is not lost. */
static bool
is_retained(const struct mim_plugin_writer *writer, const struct mim_meta_item *item)
{
    struct mim_meta_item kept;
    return writer->retained && mim_meta_find(writer->retained, item->key, &kept) && kept.type == item->type &&
           kept.size == item->size && !memcmp(kept.data, item->data, item->size);
}

static enum mim_status
note_retained(struct mim_plugin_writer *writer, const struct mim_meta_item *item, bool is_news, struct mim_error *err)
{
    if (!writer->retained && !(writer->retained = mim_meta_create()))
        return mim_fail_nomem(err, "metadata");
    int flag = is_news ? 0 : MIM_META_IMPLIED;
    return mim_meta_set(writer->retained, item->key, (int)item->type | flag, item->data, item->size, err);
}

/* `is_reported`: report a refusal, if it is a loss. */
static enum mim_status
offer_item(struct mim_plugin_writer *writer, const struct mim_meta_item *item, bool is_news, bool is_reported,
           uint64_t index, struct mim_error *err)
{
    int32_t result = MIM_UNSUPPORTED;
    if (writer->ops->metadata) {
        mim_job_begin(&writer->serial, index, "metadata");
        writer->is_called = true;
        int32_t type = (int32_t)item->type | (item->coding ? MIM_META_CODING : 0);
        result = writer->ops->metadata(&writer->serial.abi, item->key, type, item->data, item->size);
        mim_job_leave(&writer->serial);
    }
    if (result == MIM_UNSUPPORTED && !(writer->ops->metadata && writer->serial.host_failed))
        return !is_news || !is_reported || is_retained(writer, item) ? MIM_OK : report_lost(writer, item->key, index, err);
    enum mim_status status = mim_job_end(&writer->serial, result, "metadata", err);
    return status == MIM_OK && index == MIM_UNKNOWN ? note_retained(writer, item, is_news, err) : status;
}

static enum mim_status
offer_items(struct mim_plugin_writer *writer, const struct mim_meta *meta, bool is_reported, uint64_t index,
            struct mim_error *err)
{
    struct mim_meta_item item;
    for (size_t i = 0; mim_meta_at(meta, i, &item); i++) {
        enum mim_status status = MIM_OK;
        bool is_news = !item.coding && !mim_meta_is_implied(meta, i) && !says_nothing(meta, item.key);
        if (!item.coding || writer->ops->flags & MIM_WRITER_CODING)
            status = offer_item(writer, &item, is_news, is_reported, index, err);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

enum mim_status
mim_plugin_writer_metadata(struct mim_plugin_writer *writer, const struct mim_meta *meta, uint64_t index,
                           struct mim_error *err)
{
    return offer_items(writer, meta, true, index, err);
}

enum mim_status
mim_plugin_writer_preview(struct mim_plugin_writer *writer, const struct mim_meta *meta, struct mim_error *err)
{
    return writer->ops->flags & MIM_WRITER_MIXED ? MIM_OK : offer_items(writer, meta, false, MIM_UNKNOWN, err);
}

static enum mim_status
call_open(struct mim_plugin_writer *writer, struct mim_error *err)
{
    const struct mim_writer_ops *ops = writer->ops;
    if (!ops->open)
        return MIM_OK;
    mim_job_begin(&writer->serial, MIM_UNKNOWN, "open");
    writer->is_called = writer->serial.opens_encoder = true;
    int32_t result = ops->open(&writer->serial.abi, &writer->sequence);
    writer->serial.opens_encoder = false;
    return mim_job_end(&writer->serial, result, "open", err);
}

/* The sink has told what it found in its place. */
static enum mim_status
report_rescue(struct mim_plugin_writer *writer, struct mim_error *err)
{
    const char *rescued = mim_sink_series_rescued(writer->operation->sink);
    return *rescued ? mim_operation_notice(writer->operation, MIM_NOTICE_OTHER, MIM_UNKNOWN, rescued, err) : MIM_OK;
}

enum mim_status
mim_plugin_writer_start(struct mim_plugin_writer *writer, const struct mim_frame_info *first,
                        struct mim_rational time_base, int32_t loop, uint64_t count, struct mim_error *err)
{
    const struct mim_writer_ops *ops = writer->ops;
    writer->sequence = (struct mim_sequence){
        .struct_size = sizeof writer->sequence,
        .sure = count == MIM_UNKNOWN ? MIM_SURE_NONE : MIM_SURE_EXACT,
        .count = count,
        .loop = loop,
        .background = { 255, 255, 255, 255 },
        .first = *first,
        .source_count = (uint32_t)writer->operation->side_inputs.sources.count,
    };
    if (mim_time_base_valid(time_base)) {
        writer->sequence.time_num = (uint32_t)time_base.num;
        writer->sequence.time_den = (uint32_t)time_base.den;
    }
    enum mim_status status = mim_frame_timing_start(&writer->timing, ops, writer->operation, writer->format,
                                                     &writer->sequence, err);
    if (status != MIM_OK)
        return status;
    writer->sequence.timing |= writer->operation->side_inputs.sources.order;
    if (writer->origin.source)
        writer->sequence.source_start = writer->origin.time;

    bool seeks = ops->flags & (MIM_WRITER_SEEKS | MIM_WRITER_READS_BACK);
    mim_sink_bound(writer->operation->sink, &writer->operation->control, writer->operation->deadline_ms);
    status = mim_sink_begin(writer->operation->sink, seeks, err);
    if (status != MIM_OK)
        return status;
    writer->has_begun = true;
    status = report_rescue(writer, err);
    if (status != MIM_OK)
        return status;
    status = call_open(writer, err);
    return status == MIM_OK ? mim_frame_timing_report(&writer->timing, err) : status;
}

enum mim_status
mim_plugin_writer_accepts(struct mim_plugin_writer *writer, uint64_t index, void *packet, struct mim_frame_info *info,
                          struct mim_error *err)
{
    mim_frame_timing_check_origin(&writer->timing, info, &writer->origin);
    enum mim_status status = mim_frame_timing_next(&writer->timing, index, info, err);
    if (status != MIM_OK)
        return status;
    struct mim_frame_info before = *info;
    memset(packet, 0, writer->ops->packet_size);
    mim_job_begin(&writer->serial, index, "accepts");
    writer->is_called = true;
    int32_t result = writer->ops->accepts ? writer->ops->accepts(&writer->serial.abi, index, packet, info) : MIM_OK;
    status = mim_job_end(&writer->serial, result, "accepts", err);
    return status == MIM_OK ? mim_frame_facts_check_accepted(writer->operation, index, &before, info, err) : status;
}

enum mim_status
mim_plugin_writer_survey(struct mim_plugin_writer *writer, uint64_t index, const struct mim_frame_info *info,
                         const struct mim_raster *raster, struct mim_error *err)
{
    mim_job_begin(&writer->serial, index, "survey");
    return mim_job_end(&writer->serial, writer->ops->survey(&writer->serial.abi, info, raster), "survey", err);
}

static enum mim_status
write_parts(struct mim_plugin_writer *writer, const struct mim_coded *coded, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (uint32_t i = 0; i < coded->part_count && status == MIM_OK; i++)
        status = mim_sink_write(writer->operation->sink, coded->parts[i].data, coded->parts[i].size, err);
    return status;
}

enum mim_status
mim_plugin_writer_put(struct mim_plugin_writer *writer, uint64_t index, void *packet, const struct mim_frame_info *info,
                      const struct mim_coded *coded, struct mim_error *err)
{
    if (!writer->ops->put)
        return write_parts(writer, coded, err);
    mim_job_begin(&writer->serial, index, "put");
    writer->serial.step = MIM_STEP_PUT;
    return mim_job_end(&writer->serial, writer->ops->put(&writer->serial.abi, packet, info, coded), "put", err);
}

enum mim_status
mim_plugin_writer_finish(struct mim_plugin_writer *writer, uint64_t count, struct mim_error *err)
{
    enum mim_status status = mim_frame_timing_end(&writer->timing, count, err);
    if (status != MIM_OK || !writer->ops->finish)
        return status;
    mim_job_begin(&writer->serial, MIM_UNKNOWN, "finish");
    return mim_job_end(&writer->serial, writer->ops->finish(&writer->serial.abi), "finish", err);
}

enum mim_status
mim_plugin_writer_encode(struct mim_plugin_writer *writer, unsigned worker, uint64_t index, void *packet,
                         const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster,
                         const struct mim_neighbours *neighbours, struct mim_coded_bytes *coded, bool *refused,
                         struct mim_error *err)
{
    struct mim_core_job *job;
    *refused = false;
    if (!writer->ops->encode)
        return MIM_OK;
    enum mim_status status = mim_workers_job(&writer->workers, worker, &job, err);
    if (status == MIM_OK) {
        mim_job_begin(job, index, "encode");
        job->step = part + MIM_STEP_ENCODE;
        coded->raster = raster;
        job->coded = coded;
        int32_t result = writer->ops->encode(&job->abi, packet, info, part, raster, neighbours);
        job->coded = NULL;
        status = mim_job_end(job, result, "encode", err);
    }
    *refused = status == MIM_LIMIT && job->refused;
    return status;
}
