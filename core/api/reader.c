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
        &reader->operation, reader->delivered - reader->delivered_before + mim_decoder_retained(reader->decoder),
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

static enum mim_status
open_series(struct mim_reader *reader, struct mim_container *container, const struct mim_open_options *options,
            struct mim_error *err)
{
    reader->operation.plugin = ""; /* each file has its own */
    enum mim_status status = mim_series_reading_create(&reader->series, &reader->operation, container, options, err);
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

/* An archive is a series of its members, which go by their own formats. */
static enum mim_status
open_archive(struct mim_reader *reader, const struct mim_attempt *attempt, const struct mim_open_options *options,
             struct mim_error *err)
{
    struct mim_open_options members = *options;
    struct mim_container *container;
    members.format = members.plugin = NULL;
    enum mim_status status =
        mim_container_open(&container, &reader->operation, reader->operation.source, attempt, err);
    return status == MIM_OK ? open_series(reader, container, &members, err) : status;
}

struct request {
    struct mim_reader *reader;
    const struct mim_open_options *options;
};

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct request *request = user;
    if (attempt->container)
        return open_archive(request->reader, attempt, request->options, err);
    request->reader->plugin = attempt->plugin;
    request->reader->format = attempt->candidate->format;
    struct mim_decoder_setup setup = {
        .ops = attempt->ops->reader,
        .other = &attempt->writer_options,
        .options = request->options->options,
        .format = attempt->candidate->format,
        .has_rival = attempt->has_rival,
    };
    return open_decoder(request->reader, &setup, err);
}

static enum mim_status
open_source(struct mim_reader *reader, const struct mim_open_options *options, struct mim_error *err)
{
    struct request request = { reader, options };
    if (mim_source_is_series(reader->operation.source))
        return open_series(reader, NULL, options, err);
    const struct mim_request wanted = { options->format, options->plugin, options->formats, options->plugins };
    return mim_try_plugins(&reader->operation, &wanted, open_with, &request, err);
}

enum mim_status
mim_reader_deliver(struct mim_reader *reader, uint64_t frame, struct mim_error *err)
{
    uint64_t end = frame == MIM_UNKNOWN ? frame : frame + 1;
    const struct mim_notice_range due = { .first = frame, .end = end, .end_late = end };
    return mim_operation_deliver(&reader->operation, &due, err);
}

/* Notices of the step that found the end. */
static enum mim_status
deliver_rest(struct mim_reader *reader, struct mim_error *err)
{
    const struct mim_notice_range all = { .end = MIM_UNKNOWN, .end_late = MIM_UNKNOWN };
    return mim_operation_deliver(&reader->operation, &all, err);
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
    reader->operation.allowed.formats = options->formats;
    reader->operation.allowed.plugins = options->plugins;
    struct mim_source *own = mim_source_ref(source);
    status = mim_operation_resolve(&reader->operation, &own, err);
    mim_operation_take_source(&reader->operation, own);
    reader->target = (struct mim_conversion_target){ .sample = options->sample,
                                                     .channels = options->channels,
                                                     .mean = options->mean,
                                                     .expands_bits = !options->packed_bits };
    reader->wants_metadata = !options->no_metadata;
    reader->operation.in_place = options->in_place;
    reader->operation.keeps_damaged = options->partial;
    if (status == MIM_OK && !(reader->pool = mim_pool_of(context, err)))
        status = MIM_NOMEM;
    if (status == MIM_OK)
        status = open_source(reader, options, err);
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
    if (status == MIM_END) {
        enum mim_status late = deliver_rest(reader, err);
        return late == MIM_OK ? MIM_END : late;
    }
    if (status != MIM_OK)
        return mim_reader_name_file(reader, status, err);
    reader->in_a_row++;
    reader->position = frame->index + 1;
    return report_delivery(reader, frame, err);
}

/* A reader that steps back goes on to do so: frames that are decoded on the way to `i` are retained. */
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
    if (mim_reader_is_past_end(reader, i))
        return mim_reader_fail_no_frame(reader, i, err);

    if (!steps_on(reader, i) && reader->position == i + 2)
        set_run(reader, i, -1, i + 1);
    else if (!steps_on(reader, i))
        set_run(reader, i, 1, 1);
    reader->in_a_row = 0;
    status = mim_decoder_next(reader->decoder, false, frame, err);
    if (status != MIM_OK)
        return status == MIM_END ? mim_reader_fail_no_frame(reader, i, err) : mim_reader_name_file(reader, status, err);
    reader->position = i + 1;
    return report_delivery(reader, frame, err);
}

enum mim_status
mim_reader_seek(struct mim_reader *reader, uint64_t i, struct mim_error *err)
{
    if (mim_reader_is_past_end(reader, i) && i != mim_reader_count(reader, NULL))
        return mim_reader_fail_no_frame(reader, i, err);
    reader->position = i;
    reader->in_a_row = 0;
    reader->is_selecting = reader->is_stepping = false;
    return MIM_OK;
}

enum mim_status
mim_reader_damage(const struct mim_reader *reader, struct mim_error *err)
{
    return mim_reader_name_file(reader, mim_decoder_damage(reader->decoder, err), err);
}

void
mim_reader_make_square(struct mim_reader *reader)
{
    if (!(reader->operation.host_flags & MIM_HOST_SQUARE))
        mim_decoder_drop_ahead(reader->decoder);
    reader->operation.host_flags |= MIM_HOST_SQUARE;
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
