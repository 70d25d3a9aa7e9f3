/* SPDX-License-Identifier: MIT */
/* Writers: a sink, the plugin chosen for it, and the frames in flight. */
#include <mim/writer.h>

#include <stdlib.h>

#include "api/writer-priv.h"
#include "base/context-priv.h"
#include "base/error.h"
#include "base/string-list.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "io/path-pattern.h"
#include "io/sink-series.h"
#include "io/sink.h"
#include "pipeline/encode.h"
#include "pipeline/pool.h"
#include "plugin/operation.h"
#include "plugin/try-plugins.h"
#include "plugin/writer-calls.h"
#include "registry/manifest.h"
#include "series/series-writer.h"

struct mim_writer {
    struct mim_operation operation;
    struct mim_series_writing series; /* when the sink is a series */
    bool is_series;
    bool is_single; /* one file of a format that holds one image */
    struct mim_pool *pool;
    struct mim_plugin_writer plugin;
    struct mim_encoder *encoder;
    uint64_t expected; /* frames to come, or MIM_UNKNOWN */
};

/* Whether the manifest declares that a file of the format may hold several images. */
static bool
holds_many(const struct mim_candidate *candidate)
{
    const struct mim_manifest_format *declared = mim_manifest_format(candidate->plugin, candidate->format);
    return !declared || mim_words_find(declared->write, "multi") >= 0;
}

/* The plugin accepted the options; from now on it writes a file per frame. */
static enum mim_status
start_series(struct mim_writer *writer, const struct mim_write_options *options, const struct mim_option_table *other,
             struct mim_error *err)
{
    writer->series = (struct mim_series_writing){
        .ops = writer->plugin.ops,
        .format = writer->plugin.format,
        .options = mim_options_copy(options->options),
        .other = *other,
        .workers = mim_pool_threads(writer->pool),
    };
    if (!writer->series.options)
        return mim_fail_nomem(err, "a series");
    writer->operation.series = &writer->series;
    mim_plugin_writer_destroy(&writer->plugin);
    writer->plugin = (struct mim_plugin_writer){ .ops = &mim_series_writer_ops,
                                                 .operation = &writer->operation,
                                                 .format = writer->series.format };
    enum mim_status status = mim_plugin_writer_create(&writer->plugin, NULL, NULL, writer->series.workers, err);
    writer->plugin.keeps_bits = writer->series.ops->flags & MIM_WRITER_BITS;
    return status;
}

struct request {
    struct mim_writer *writer;
    const struct mim_write_options *options;
};

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct request *request = user;
    const struct mim_write_options *options = request->options;
    struct mim_writer *writer = request->writer;
    writer->is_single = !writer->is_series && !holds_many(attempt->candidate);
    writer->plugin = (struct mim_plugin_writer){ .ops = attempt->ops->writer,
                                                 .operation = &writer->operation,
                                                 .format = attempt->candidate->format };
    enum mim_status status = mim_plugin_writer_create(&writer->plugin, options->options, &attempt->reader_options,
                                                      mim_pool_threads(writer->pool), err);
    if (status == MIM_OK && writer->is_series)
        status = start_series(writer, options, &attempt->reader_options, err);
    if (status == MIM_OK)
        status = mim_encoder_create(&writer->encoder, &writer->plugin, writer->pool, writer->expected, err);
    if (status != MIM_OK)
        mim_plugin_writer_destroy(&writer->plugin);
    return status;
}

enum mim_status
mim_writer_open(struct mim_writer **out, struct mim_context *context, struct mim_sink *sink,
                const struct mim_write_options *given, struct mim_error *err)
{
    static const struct mim_write_options defaults = { 0 };
    const struct mim_write_options *options = given ? given : &defaults;
    if (!context || !sink)
        return mim_fail(err, MIM_ARGUMENT, "a writer needs a context and a sink");

    struct mim_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return mim_fail_nomem(err, "a writer");
    enum mim_status status = mim_operation_init(&writer->operation, context, &options->control, err);
    if (status != MIM_OK) {
        free(writer);
        return status;
    }
    writer->operation.sink = mim_sink_ref(sink);
    writer->expected = options->count ? options->count : MIM_UNKNOWN;
    writer->pool = mim_pool_of(context, err);
    writer->is_series = mim_sink_is_series(sink);
    mim_sink_series_expect(sink, writer->expected);
    status = writer->pool ? mim_sink_set_start(sink, options->start, err) : MIM_NOMEM;
    if (status == MIM_OK)
        status = mim_sink_check(sink, err);
    struct request request = { writer, options };
    const struct mim_request wanted = { .format = options->format, .plugin = options->plugin };
    if (status == MIM_OK)
        status = mim_try_plugins(&writer->operation, &wanted, open_with, &request, err);
    if (status != MIM_OK) {
        mim_writer_abandon(writer);
        return status;
    }
    *out = writer;
    return MIM_OK;
}

enum mim_status
mim_writer_open_uri(struct mim_writer **out, struct mim_context *context, const char *uri,
                    const struct mim_write_options *options, struct mim_error *err)
{
    struct mim_sink *sink;
    enum mim_status status = mim_sink_open_path(&sink, uri, options && options->keep_existing, err);
    if (status != MIM_OK)
        return status;
    mim_sink_set_sync(sink, options && options->sync);
    status = mim_writer_open(out, context, sink, options, err);
    mim_sink_close(sink);
    return status;
}

enum mim_status
mim_writer_set_metadata(struct mim_writer *writer, const struct mim_meta *meta, struct mim_error *err)
{
    if (mim_encoder_count(writer->encoder))
        return mim_fail(err, MIM_ARGUMENT, "metadata of the whole must come before the first frame");
    struct mim_error error;
    enum mim_status status = mim_encoder_status(writer->encoder, err);
    if (status != MIM_OK)
        return status;
    status = mim_plugin_writer_metadata(&writer->plugin, meta, MIM_UNKNOWN, &error);
    if (status == MIM_OK)
        status = mim_operation_deliver(&writer->operation, &(struct mim_notice_range){ 0 }, &error);
    return status == MIM_OK ? MIM_OK : mim_encoder_fail(writer->encoder, status, &error, err);
}

void
mim_writer_expect(struct mim_writer *writer, uint64_t count)
{
    if (writer->expected == MIM_UNKNOWN)
        writer->expected = count;
    mim_sink_series_expect(writer->operation.sink, writer->expected);
    mim_encoder_expect(writer->encoder, writer->expected);
}

struct mim_plugin_writer *
mim_writer_plugin(struct mim_writer *writer)
{
    return &writer->plugin;
}

int
mim_writer_wants_count(const struct mim_writer *writer)
{
    return (writer->plugin.ops->flags & MIM_WRITER_COUNTS) != 0;
}

/* Serial notices are delivered at once. Those of threads wait until the frame is finished on any number of threads,
 * so that applications always get the same order. */
static enum mim_status
deliver_notices(struct mim_writer *writer, struct mim_error *err)
{
    uint64_t count = mim_encoder_count(writer->encoder);
    const struct mim_notice_range due = { .end = count,
                                          .end_late = count > MIM_MAX_IN_FLIGHT ? count - MIM_MAX_IN_FLIGHT : 0 };
    return mim_operation_deliver(&writer->operation, &due, err);
}

/* Deliver earlier notices before a failure; with `strict` the first of them is the failure. */
static enum mim_status
deliver_before_failure(struct mim_writer *writer, enum mim_status status, struct mim_error *err)
{
    uint64_t sound = mim_encoder_sound_count(writer->encoder);
    const struct mim_notice_range due = { .end = sound, .end_late = sound };
    struct mim_error error;
    enum mim_status earlier = mim_operation_deliver(&writer->operation, &due, &error);
    if (earlier == MIM_OK)
        return status;
    if (err)
        *err = error;
    return earlier;
}

/* Any failure is final: an output with a missing frame never appears. */
static enum mim_status
fail_writer(struct mim_writer *writer, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    status = mim_encoder_fail(writer->encoder, status, error, err);
    return deliver_before_failure(writer, status, err);
}

/* Refuses a second frame where a file holds one image, already at the first when the count is known. */
static enum mim_status
check_frame_count(const struct mim_writer *writer, struct mim_error *err)
{
    char better[260];
    bool many = mim_encoder_count(writer->encoder) > 0 || (writer->expected > 1 && writer->expected != MIM_UNKNOWN);
    if (!writer->is_single || !many)
        return MIM_OK;
    mim_path_pattern_suggest(mim_sink_name(writer->operation.sink), better, sizeof better);
    return mim_fail(err, MIM_ARGUMENT,
                    "%.200s: a file of the format %s holds one image; for a file each frame write %s",
                    mim_sink_name(writer->operation.sink), writer->plugin.format, better);
}

static enum mim_status
add_frame(struct mim_writer *writer, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = mim_encoder_add(writer->encoder, frame, err);
    if (status != MIM_OK)
        return deliver_before_failure(writer, status, err);

    struct mim_error error;
    uint64_t frames = mim_encoder_count(writer->encoder);
    if (writer->operation.control.tally)
        writer->operation.control.tally->frames = frames;
    status = deliver_notices(writer, &error);
    if (status == MIM_OK)
        status = mim_operation_progress(&writer->operation, frames, writer->expected,
                                        mim_sink_bytes_taken(writer->operation.sink), &error);
    return status == MIM_OK ? MIM_OK : fail_writer(writer, status, &error, err);
}

/* Fails with the writer's earlier failure, or because of the frame itself. */
static enum mim_status
check_frame(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err)
{
    struct mim_error error;
    enum mim_status status = mim_encoder_status(writer->encoder, err);
    if (status != MIM_OK)
        return status;
    status = mim_frame_check(frame, &error);
    if (status == MIM_OK)
        status = check_frame_count(writer, &error);
    if (status == MIM_OK)
        return MIM_OK;
    error.frame = mim_encoder_count(writer->encoder);
    return fail_writer(writer, status, &error, err);
}

enum mim_status
mim_writer_take(struct mim_writer *writer, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = check_frame(writer, frame, err);
    if (status == MIM_OK)
        status = frame->owner ? add_frame(writer, frame, err) : mim_writer_append(writer, frame, err);
    mim_frame_clear(frame);
    return status;
}

enum mim_status
mim_writer_lend(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = check_frame(writer, frame, err);
    if (status != MIM_OK)
        return status;
    struct mim_frame lent = *frame;
    struct mim_error error;
    lent.owner = NULL;
    status = mim_meta_copy(&lent.meta, frame->meta, &error);
    return status == MIM_OK ? add_frame(writer, &lent, err) : fail_writer(writer, status, &error, err);
}

enum mim_status
mim_writer_append(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = check_frame(writer, frame, err);
    if (status != MIM_OK)
        return status;
    struct mim_frame copy = { 0 };
    struct mim_error error;
    status = mim_conversion_of_frame(&copy, frame, &(struct mim_conversion_target){ 0 }, &error);
    return status == MIM_OK ? add_frame(writer, &copy, err) : fail_writer(writer, status, &error, err);
}

static enum mim_status
finish_writer(struct mim_writer *writer, struct mim_error *err)
{
    enum mim_status status = mim_encoder_status(writer->encoder, err);
    if (status != MIM_OK)
        return status;
    if (!mim_encoder_count(writer->encoder))
        return mim_fail(err, MIM_ARGUMENT, "there are no frames to write: a sequence has at least one");
    status = mim_encoder_finish(writer->encoder, err);
    if (status != MIM_OK)
        return deliver_before_failure(writer, status, err);
    status = mim_operation_deliver(&writer->operation,
                                   &(struct mim_notice_range){ .end = MIM_UNKNOWN, .end_late = MIM_UNKNOWN }, err);
    if (status == MIM_OK)
        status = mim_operation_poll(&writer->operation, err);
    return status == MIM_OK ? mim_sink_commit(writer->operation.sink, err) : status;
}

/* Pipeline, plugin and sink always close in this order. */
static void
destroy_writer(struct mim_writer *writer, bool keep)
{
    mim_encoder_destroy(writer->encoder);
    bool has_begun = writer->plugin.has_begun;
    if (writer->plugin.ops)
        mim_plugin_writer_destroy(&writer->plugin);
    if (has_begun && !keep)
        mim_sink_rollback(writer->operation.sink);
    mim_operation_clear(&writer->operation);
    mim_options_destroy(writer->series.options);
    free(writer);
}

enum mim_status
mim_writer_finish(struct mim_writer *writer, struct mim_error *err)
{
    enum mim_status status = finish_writer(writer, err);
    destroy_writer(writer, status == MIM_OK);
    return status;
}

void
mim_writer_abandon(struct mim_writer *writer)
{
    if (writer)
        destroy_writer(writer, false);
}
