/* SPDX-License-Identifier: MIT */
/* Readers: a source, the plugin chosen for it, and the position in the sequence. */
#include "api/reader-priv.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "frame/meta.h"
#include "io/source.h"
#include "pipeline/pool.h"
#include "plugin/try-plugins.h"
#include "series/series-reader.h"

/* Frames that wait for their turn count too, so that progress is seen while a run is decoded. */
static enum mim_status
report_progress(void *user, struct mim_error *err)
{
    struct mim_reader *reader = user;
    enum mim_certainty certainty;
    uint64_t total = mim_reader_count(reader, &certainty),
             selected = reader->is_selecting ? mim_reader_selected(reader, NULL) : MIM_UNKNOWN;
    if (certainty < MIM_SURE_HEADER)
        total = MIM_UNKNOWN;
    return mim_operation_progress(
        &reader->operation, reader->delivered - reader->delivered_before + mim_decoder_kept(reader->decoder),
        selected != MIM_UNKNOWN ? selected : total, mim_source_bytes_read(reader->operation.source), err);
}

static enum mim_status
open_decoder(struct mim_reader *reader, struct mim_decoder_setup *setup, struct mim_error *err)
{
    setup->operation = &reader->operation;
    setup->pool = reader->pool;
    setup->target = reader->target;
    setup->wants_metadata = reader->wants_metadata;
    setup->advanced = report_progress;
    setup->user = reader;
    return mim_decoder_open(&reader->decoder, setup, err);
}

struct request {
    struct mim_reader *reader;
    const struct mim_open_options *options;
};

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct request *request = user;
    request->reader->plugin = attempt->plugin;
    request->reader->format = attempt->candidate->format;
    struct mim_decoder_setup setup = {
        .ops = attempt->ops->reader,
        .other = &attempt->writer_options,
        .options = request->options->options,
        .format = attempt->candidate->format,
    };
    return open_decoder(request->reader, &setup, err);
}

static enum mim_status
open_series(struct mim_reader *reader, const struct mim_open_options *options, struct mim_error *err)
{
    enum mim_status status = mim_series_reading_create(&reader->series, &reader->operation, options, err);
    if (status != MIM_OK)
        return status;
    reader->operation.series = reader->series;
    reader->plugin = reader->series->first_plugin;
    reader->format = reader->series->first_format;
    struct mim_decoder_setup setup = { .ops = &mim_series_reader_ops,
                                       .format = reader->format,
                                       .source_of = mim_series_source };
    return open_decoder(reader, &setup, err);
}

static enum mim_status
open_source(struct mim_reader *reader, const struct mim_open_options *options, struct mim_error *err)
{
    struct request request = { reader, options };
    if (mim_source_is_series(reader->operation.source))
        return open_series(reader, options, err);
    return mim_try_plugins(&reader->operation, options->format, options->plugin, open_with, &request, err);
}

enum mim_status
mim_reader_deliver(struct mim_reader *reader, uint64_t frame, struct mim_error *err)
{
    uint64_t end = frame == MIM_UNKNOWN ? frame : frame + 1;
    const struct mim_notice_range due = { .first = frame, .end = end, .end_late = end };
    return mim_operation_deliver(&reader->operation, &due, err);
}

enum mim_status
mim_reader_open(struct mim_reader **out, struct mim_context *context, struct mim_source *source,
                const struct mim_open_options *given, struct mim_error *err)
{
    static const struct mim_open_options defaults = { 0 };
    const struct mim_open_options *options = given ? given : &defaults;
    if (!context || !source)
        return mim_fail(err, MIM_ARGUMENT, "a reader needs a context and a source");

    struct mim_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return mim_fail_nomem(err, "a reader");
    enum mim_status status = mim_operation_init(&reader->operation, context, &options->control, err);
    if (status != MIM_OK) {
        free(reader);
        return status;
    }
    reader->operation.source = mim_source_ref(source);
    reader->target = (struct mim_conversion_target){ .sample = options->sample,
                                                     .channels = options->channels,
                                                     .mean = options->mean };
    reader->wants_metadata = !options->no_metadata;
    reader->operation.in_place = options->in_place;
    reader->pool = mim_pool_of(context, err);
    status = reader->pool ? open_source(reader, options, err) : MIM_NOMEM;
    if (status == MIM_OK)
        status = mim_reader_deliver(reader, MIM_UNKNOWN, err);
    if (status != MIM_OK) {
        mim_reader_close(reader);
        return status;
    }
    *out = reader;
    return MIM_OK;
}

enum mim_status
mim_reader_open_uri(struct mim_reader **out, struct mim_context *context, const char *uri,
                    const struct mim_open_options *options, struct mim_error *err)
{
    struct mim_source *source;
    enum mim_status status = mim_source_open_path(&source, uri, err);
    if (status != MIM_OK)
        return status;
    status = mim_reader_open(out, context, source, options, err);
    mim_source_close(source);
    return status;
}

uint64_t
mim_reader_count(const struct mim_reader *reader, enum mim_certainty *certainty)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    bool known = sequence->count != MIM_UNKNOWN;
    if (certainty)
        *certainty = known ? (enum mim_certainty)sequence->sure : MIM_SURE_NONE;
    return sequence->count;
}

enum mim_status
mim_reader_count_exactly(struct mim_reader *reader, uint64_t *count, struct mim_error *err)
{
    reader->in_a_row = 0;
    return mim_decoder_count(reader->decoder, count, err);
}

void
mim_reader_facts(const struct mim_reader *reader, struct mim_reader_facts *facts)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    *facts = (struct mim_reader_facts){
        .format = reader->format,
        .plugin = reader->plugin->name,
        .plugin_version = reader->plugin->version,
        .canvas_width = sequence->canvas_width,
        .canvas_height = sequence->canvas_height,
        .loop = sequence->loop,
        .time_base = { sequence->time_num, sequence->time_den },
        .files = reader->series ? sequence->count : 0,
    };
    facts->count = mim_reader_count(reader, &facts->certainty);
}

/* Prefixes the error with the file's name, and returns the status. */
static enum mim_status
name_file(const struct mim_reader *reader, enum mim_status status, struct mim_error *err)
{
    if (reader->series && status != MIM_OK && status != MIM_END)
        mim_series_name_error(reader->series, err);
    return status;
}

static enum mim_status
fail_no_frame(const struct mim_reader *reader, uint64_t i, struct mim_error *err)
{
    enum mim_certainty certainty;
    uint64_t count = mim_reader_count(reader, &certainty);
    if (certainty == MIM_SURE_EXACT)
        return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, i, count);
    return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64, i);
}

static bool
is_past_end(const struct mim_reader *reader, uint64_t i)
{
    enum mim_certainty certainty;
    return i >= mim_reader_count(reader, &certainty) && certainty == MIM_SURE_EXACT;
}

enum mim_status
mim_reader_info(struct mim_reader *reader, uint64_t i, struct mim_frame_facts *facts, struct mim_error *err)
{
    struct mim_frame_info info;
    reader->in_a_row = 0;
    enum mim_status status = is_past_end(reader, i) ? MIM_END : mim_decoder_info(reader->decoder, i, &info, err);
    if (status == MIM_END)
        return fail_no_frame(reader, i, err);
    if (status != MIM_OK)
        return name_file(reader, status, err);

    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    *facts = (struct mim_frame_facts){
        .index = i,
        .sample = (enum mim_sample)info.sample,
        .width = info.width,
        .height = info.height,
        .channels = info.channels,
        .pts = info.pts,
        .duration = info.duration,
        .time_base = { sequence->time_num, sequence->time_den },
    };
    return MIM_OK;
}

enum mim_status
mim_reader_frame_metadata(struct mim_reader *reader, uint64_t i, struct mim_meta **out, struct mim_error *err)
{
    struct mim_meta *meta = mim_meta_create();
    if (!meta)
        return mim_fail_nomem(err, "metadata");
    reader->in_a_row = 0;
    enum mim_status status =
        is_past_end(reader, i) ? MIM_END : mim_decoder_frame_metadata(reader->decoder, i, meta, err);
    status = status == MIM_END ? fail_no_frame(reader, i, err) : name_file(reader, status, err);
    if (status != MIM_OK || !mim_meta_count(meta)) {
        mim_meta_destroy(meta);
        meta = NULL;
    }
    if (status == MIM_OK)
        *out = meta;
    return status;
}

enum mim_status
mim_reader_load_metadata(struct mim_reader *reader, struct mim_error *err)
{
    if (reader->has_meta)
        return MIM_OK;
    struct mim_meta *meta = mim_meta_create();
    enum mim_status status = meta ? mim_decoder_metadata(reader->decoder, meta, err) : mim_fail_nomem(err, "metadata");
    if (status != MIM_OK) {
        mim_meta_destroy(meta);
        return status;
    }
    reader->meta = meta;
    reader->has_meta = true;
    return MIM_OK;
}

const struct mim_meta *
mim_reader_metadata(struct mim_reader *reader)
{
    mim_reader_load_metadata(reader, NULL);
    return reader->meta;
}

/* Deliver frames without a selection. */
static void
set_run(struct mim_reader *reader, uint64_t first, int64_t step, uint64_t count)
{
    reader->is_selecting = false;
    reader->is_stepping = step < 0;
    mim_decoder_select_run(reader->decoder, &(struct mim_run){ .first = first, .step = step, .count = count });
}

static enum mim_status
report_delivery(struct mim_reader *reader, const struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = mim_reader_deliver(reader, frame->index, err);
    reader->delivered++;
    if (reader->operation.control.tally)
        reader->operation.control.tally->frames = reader->delivered;
    return status == MIM_OK ? report_progress(reader, err) : status;
}

static enum mim_status
check_target(const struct mim_frame *frame, struct mim_error *err)
{
    return frame ? MIM_OK : mim_fail(err, MIM_ARGUMENT, "no frame to read into");
}

enum mim_status
mim_reader_next(struct mim_reader *reader, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = check_target(frame, err);
    if (status != MIM_OK)
        return status;
    if (!reader->in_a_row && !reader->is_selecting)
        set_run(reader, reader->position, 1, MIM_UNKNOWN);

    status = mim_decoder_next(reader->decoder, reader->is_selecting || reader->in_a_row, frame, err);
    if (status != MIM_OK)
        return name_file(reader, status, err);
    reader->in_a_row++;
    reader->position = frame->index + 1;
    return report_delivery(reader, frame, err);
}

/* A reader that steps back goes on to do so: frames that are decoded on the way to `i` are kept. */
static bool
steps_on(const struct mim_reader *reader, uint64_t i)
{
    uint64_t due;
    return reader->is_stepping && mim_decoder_due(reader->decoder, &due) && due == i;
}

enum mim_status
mim_reader_read(struct mim_reader *reader, uint64_t i, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = check_target(frame, err);
    if (status != MIM_OK)
        return status;
    if (is_past_end(reader, i))
        return fail_no_frame(reader, i, err);

    if (!steps_on(reader, i) && reader->position == i + 2)
        set_run(reader, i, -1, i + 1);
    else if (!steps_on(reader, i))
        set_run(reader, i, 1, 1);
    reader->in_a_row = 0;
    status = mim_decoder_next(reader->decoder, false, frame, err);
    if (status != MIM_OK)
        return status == MIM_END ? fail_no_frame(reader, i, err) : name_file(reader, status, err);
    reader->position = i + 1;
    return report_delivery(reader, frame, err);
}

enum mim_status
mim_reader_seek(struct mim_reader *reader, uint64_t i, struct mim_error *err)
{
    if (is_past_end(reader, i) && i != mim_reader_count(reader, NULL))
        return fail_no_frame(reader, i, err);
    reader->position = i;
    reader->in_a_row = 0;
    reader->is_selecting = reader->is_stepping = false;
    return MIM_OK;
}

void
mim_reader_close(struct mim_reader *reader)
{
    if (!reader)
        return;
    mim_decoder_close(reader->decoder);
    mim_reader_clear_selection(reader);
    mim_series_reading_destroy(reader->series);
    mim_meta_destroy(reader->meta);
    mim_operation_clear(&reader->operation);
    free(reader);
}
