/* SPDX-License-Identifier: MIT */
/* Writers: a sink, the plugin that was chosen for it, and the frames on their way. */
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "encode.h"
#include "error.h"
#include "frame.h"
#include "meta.h"
#include "plugin-writer.h"
#include "pool.h"
#include "raster.h"
#include "reader.h"
#include "registry.h"
#include "sink.h"
#include "work.h"

struct mim_writer {
    struct mim_work work;
    struct mim_pool *pool;
    struct mim_plugin_writer plugin;
    struct mim_encoder *encoder;
    uint64_t expected; /* frames to come, or MIM_UNKNOWN */
};

static enum mim_status
open_with(struct mim_writer *writer, const struct mim_candidate *candidate, const struct mim_write_options *options,
          struct mim_error *err)
{
    const struct mim_plugin *plugin;
    const struct mim_format_ops *ops;
    enum mim_status status = mim_registry_load(writer->work.context, candidate, &plugin, &ops, err);
    if (status != MIM_OK)
        return status;
    if (!ops->writer || !ops->writer->encode)
        return mim_fail(err, MIM_UNSUPPORTED, "the plugin %s does not write %s", plugin->name, candidate->format);

    struct mim_option_table other = { 0 };
    if (ops->reader) {
        other.rows = ops->reader->options;
        other.count = ops->reader->option_count;
    }
    writer->work.plugin = plugin->name;
    writer->plugin = (struct mim_plugin_writer){ .ops = ops->writer, .work = &writer->work, .format = candidate->format };
    status = mim_plugin_writer_create(&writer->plugin, options->options, &other, mim_pool_threads(writer->pool), err);
    if (status == MIM_OK)
        status = mim_encoder_create(&writer->encoder, &writer->plugin, writer->pool, writer->expected, err);
    if (status != MIM_OK)
        mim_plugin_writer_destroy(&writer->plugin);
    return status;
}

static enum mim_status
open_with_best_plugin(struct mim_writer *writer, const struct mim_write_options *options, struct mim_error *err)
{
    struct mim_candidates candidates = { 0 };
    enum mim_status status = mim_registry_find_writers(writer->work.context, mim_sink_name(writer->work.sink),
                                                       options->format, options->plugin, &candidates, err);
    if (status != MIM_OK)
        return status;

    status = MIM_UNSUPPORTED;
    for (size_t i = 0; i < candidates.count && (status == MIM_UNSUPPORTED || status == MIM_BROKEN_PLUGIN); i++) {
        struct mim_error error = { 0 };
        status = open_with(writer, &candidates.items[i], options, &error);
        if (status != MIM_OK)
            mim_registry_remember_failure(writer->work.context, &candidates.items[i], error.message);
        if (err && status != MIM_OK && (i == 0 || status != MIM_UNSUPPORTED))
            *err = error;
    }
    mim_candidates_clear(&candidates);
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
    enum mim_status status = mim_work_init(&writer->work, context, &options->control, MIM_DEFAULT_RESULT, err);
    if (status != MIM_OK) {
        free(writer);
        return status;
    }
    writer->work.sink = mim_sink_ref(sink);
    writer->expected = options->count ? options->count : MIM_UNKNOWN;
    writer->pool = mim_pool_of(context, err);
    status = writer->pool ? mim_sink_check(sink, err) : MIM_NOMEM;
    if (status == MIM_OK)
        status = open_with_best_plugin(writer, options, err);
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
    enum mim_status status = mim_plugin_writer_metadata(&writer->plugin, meta, MIM_UNKNOWN, err);
    return status == MIM_OK ? mim_work_deliver(&writer->work, 0, err) : status;
}

void
mim_writer_expect(struct mim_writer *writer, uint64_t count)
{
    if (writer->expected == MIM_UNKNOWN)
        writer->expected = count;
    mim_encoder_expect(writer->encoder, writer->expected);
}

bool
mim_writer_wants_count(const struct mim_writer *writer)
{
    return writer->plugin.ops->flags & MIM_WRITER_COUNTS;
}

static enum mim_status
after_add(struct mim_writer *writer, struct mim_error *err)
{
    uint64_t count = mim_encoder_count(writer->encoder);
    enum mim_status status = mim_work_deliver(&writer->work, count - 1, err);
    if (status == MIM_OK)
        status = mim_work_progress(&writer->work, count, writer->expected, mim_sink_tell(writer->work.sink), err);
    return status;
}

enum mim_status
mim_writer_take(struct mim_writer *writer, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = mim_frame_check(frame, err);
    if (status == MIM_OK && !frame->owner) {
        status = mim_writer_append(writer, frame, err);
        mim_frame_clear(frame);
        return status;
    }
    if (status == MIM_OK)
        status = mim_encoder_add(writer->encoder, frame, err);
    mim_frame_clear(frame);
    return status == MIM_OK ? after_add(writer, err) : status;
}

enum mim_status
mim_writer_lend(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = mim_frame_check(frame, err);
    if (status != MIM_OK)
        return status;
    struct mim_frame lent = *frame;
    lent.owner = NULL;
    status = mim_meta_copy(&lent.meta, frame->meta, err);
    if (status == MIM_OK)
        status = mim_encoder_add(writer->encoder, &lent, err);
    return status == MIM_OK ? after_add(writer, err) : status;
}

enum mim_status
mim_writer_append(struct mim_writer *writer, const struct mim_frame *frame, struct mim_error *err)
{
    struct mim_frame copy = { 0 };
    enum mim_status status =
        mim_raster_convert_frame(&copy, frame, &(struct mim_raster_target){ 0 }, err);
    if (status == MIM_OK)
        status = mim_writer_take(writer, &copy, err);
    mim_frame_clear(&copy);
    return status;
}

static enum mim_status
finish(struct mim_writer *writer, struct mim_error *err)
{
    if (!mim_encoder_count(writer->encoder))
        return mim_fail(err, MIM_ARGUMENT, "there are no frames to write: a sequence has at least one");
    enum mim_status status = mim_encoder_finish(writer->encoder, err);
    if (status == MIM_OK)
        status = mim_work_deliver(&writer->work, MIM_UNKNOWN, err);
    if (status == MIM_OK)
        status = mim_work_poll(&writer->work, err);
    return status == MIM_OK ? mim_sink_commit(writer->work.sink, err) : status;
}

/* Pipeline, plugin, sink: in this order, whatever has happened. */
static void
destroy(struct mim_writer *writer, bool keep)
{
    mim_encoder_destroy(writer->encoder);
    bool begun = writer->plugin.begun;
    if (writer->plugin.ops)
        mim_plugin_writer_destroy(&writer->plugin);
    if (begun && !keep)
        mim_sink_rollback(writer->work.sink);
    mim_work_clear(&writer->work);
    free(writer);
}

enum mim_status
mim_writer_finish(struct mim_writer *writer, struct mim_error *err)
{
    enum mim_status status = finish(writer, err);
    destroy(writer, status == MIM_OK);
    return status;
}

void
mim_writer_abandon(struct mim_writer *writer)
{
    if (writer)
        destroy(writer, false);
}
