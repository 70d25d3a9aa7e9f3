/* SPDX-License-Identifier: MIT */
/* Opening a writer: the plugin for a file, for the files of a series, or for an archive and its members. */
#include <stdlib.h>

#include "api/writer-priv.h"
#include "base/error.h"
#include "base/string-list.h"
#include "io/sink-series.h"
#include "io/sink.h"
#include "plugin/try-plugins.h"
#include "registry/manifest.h"

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
        .container = writer->container,
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

/* "NAME/frame_%03d.ext" where NAME is no archive. */
static enum mim_status
fail_directory(const struct mim_writer *writer, struct mim_error *err)
{
    const char *name = mim_sink_name(writer->operation.sink);
    return mim_fail(err, MIM_IO, "%.300s/%.200s: the directory %.200s does not exist", name,
                    mim_sink_inside(writer->operation.sink), name);
}

struct request {
    struct mim_writer *writer;
    const struct mim_write_options *options;
};

static enum mim_status open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err);

/* The members of an archive get the format that their names say. */
static enum mim_status
open_members(const struct request *request, struct mim_error *err)
{
    struct mim_writer *writer = request->writer;
    struct mim_choice choice = { 0 };
    char name[NAME_MAX + 1];
    enum mim_status status = mim_container_writer_name(writer->container, 0, name, err);
    if (status == MIM_OK)
        status = mim_registry_choose_writer(writer->operation.context, name, &(struct mim_request){ 0 }, &choice, err);
    if (status == MIM_OK)
        status =
            mim_try_candidates(writer->operation.context, &writer->operation, &choice, open_with, (void *)request, err);
    mim_choice_clear(&choice);
    return status;
}

static enum mim_status
open_archive(const struct request *request, const struct mim_attempt *attempt, struct mim_error *err)
{
    struct mim_writer *writer = request->writer;
    struct mim_write_options options = *request->options;
    if (writer->container)
        return mim_fail(err, MIM_UNSUPPORTED, "archives are not written into archives");
    options.options = writer->member_options = mim_options_copy(options.options);
    if (!options.options)
        return mim_fail_nomem(err, "options");
    char *extension = mim_options_take(writer->member_options, "format");
    enum mim_status status =
        mim_container_writer_create(&writer->container, &writer->operation, attempt, extension, options.start, err);
    free(extension);
    writer->is_series = true;
    return status == MIM_OK ? open_members(&(struct request){ writer, &options }, err) : status;
}

static enum mim_status
open_with(void *user, const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct request *request = user;
    const struct mim_write_options *options = request->options;
    struct mim_writer *writer = request->writer;
    if (attempt->container)
        return open_archive(request, attempt, err);
    if (mim_sink_inside(writer->operation.sink) && !writer->container)
        return fail_directory(writer, err);
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
    if (status == MIM_UNKNOWN_FORMAT && mim_sink_inside(sink) && !writer->container)
        status = fail_directory(writer, err);
    if (status != MIM_OK) {
        mim_writer_abandon(writer);
        return status;
    }
    *out = writer;
    return MIM_OK;
}
