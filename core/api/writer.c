/* SPDX-License-Identifier: MIT */
/* Writers: a sink, the plugin chosen for it, and the frames in flight. */
#include <stdlib.h>

#include "api/writer-priv.h"
#include "base/error.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "io/path-pattern.h"
#include "io/sink-series.h"
#include "io/sink.h"

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
    mim_container_writer_destroy(writer->container);
    if (has_begun && !keep)
        mim_sink_rollback(writer->operation.sink);
    mim_operation_clear(&writer->operation);
    mim_options_destroy(writer->series.options);
    mim_options_destroy(writer->member_options);
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
