/* SPDX-License-Identifier: MIT */
/* A series as a plugin would read it: files are opened in order and decoded on any thread. */
#include "series/series-reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "container/container-path.h"
#include "frame/meta.h"
#include "io/path-pattern.h"
#include "io/source.h"
#include "options/options.h"
#include "registry/choice.h"
#include "series/series-file.h"

struct packet {
    struct mim_series_file *file;
};

static struct mim_series_reading *
reading_of(struct mim_job *job)
{
    const struct mim_core_job *core = job->core;
    return core->operation->series;
}

void
mim_series_name_error(const struct mim_series_reading *reading, struct mim_error *err)
{
    bool of_the_job = err && (err->status == MIM_CANCELLED || err->status == MIM_TIMEOUT || err->status == MIM_NOMEM);
    if (!err || of_the_job || err->frame >= reading->series.count)
        return;
    const char *file = reading->series.entries[err->frame].file;
    char message[sizeof err->message];
    if (strstr(err->message, file))
        return;
    snprintf(message, sizeof message, "%.200s: %.390s", file, err->message);
    memcpy(err->message, message, sizeof message);
}

/* Damage of an archive after its last member is a frame, which fails. */
static const struct mim_error *
damage_after(const struct mim_series_reading *reading)
{
    const struct mim_error *failure = reading->container ? &mim_container_index(reading->container)->failure : NULL;
    return failure && failure->status != MIM_OK ? failure : NULL;
}

static enum mim_status
open_source(const struct mim_series *series, struct mim_container *container, uint64_t index, struct mim_source **out,
            struct mim_error *err)
{
    if (container)
        return mim_container_open_member(container, series->entries[index].member, false, out, err);
    char *path = mim_series_path(series, index);
    enum mim_status status = path ? mim_source_open_file_path(out, path, err) : mim_fail_nomem(err, "a file name");
    free(path);
    return status;
}

static enum mim_status
open_file(struct mim_series_reading *reading, uint64_t index, struct mim_series_file **out, struct mim_error *err)
{
    const struct mim_request wanted = { reading->format, reading->plugin, reading->formats, reading->plugins };
    struct mim_series_request request = { .wanted = &wanted, .options = reading->options };
    enum mim_status status = open_source(&reading->series, reading->container, index, &request.source, err);
    if (status == MIM_OK)
        status = mim_series_file_open(out, reading->operation, index, &request, err);
    if (status != MIM_OK)
        err->frame = index;
    return status;
}

static bool
belongs_to_series(void *context, const char *file)
{
    return mim_registry_knows_name(context, file, false); /* an archive is no image */
}

/* The whole of an archive, or the part that a path names. */
static enum mim_status
list_members(struct mim_series *series, struct mim_container **container, struct mim_operation *operation,
             const struct mim_series_rules *rules, struct mim_error *err)
{
    char *path = NULL;
    const char *name = mim_source_name(operation->source), *inside = "";
    enum mim_status status = MIM_OK;
    if (!*container)
        status = mim_container_open_path(container, &inside, operation, name, err);
    else if (asprintf(&path, "%s/", mim_container_name(*container)) < 0)
        status = mim_fail_nomem(err, "a file name");
    if (status == MIM_OK)
        status = mim_series_list_members(series, mim_container_index(*container), path ? path : name, inside, rules, err);
    for (uint64_t i = 0; i < series->count; i++)
        mim_container_want(*container, series->entries[i].member);
    free(path);
    return status;
}

static enum mim_status
list_files(struct mim_series *series, struct mim_container **container, struct mim_operation *operation,
           struct mim_error *err)
{
    const char *name = mim_source_name(operation->source);
    struct mim_query query = { .name = name };
    *series = (struct mim_series){ 0 };
    enum mim_status status = mim_registry_query(operation->context, &query, err); /* makes belongs_to_series()'s catalog */
    if (status != MIM_OK)
        return status;
    const struct mim_series_rules rules = { .max_files = operation->control.limits.frames,
                                            .belongs = belongs_to_series,
                                            .user = operation->context };
    if (*container || mim_path_archive(name))
        return list_members(series, container, operation, &rules, err);
    return mim_series_list(series, name, &rules, err);
}

static enum mim_status
report_files(struct mim_series_reading *reading, const char *text, struct mim_error *err)
{
    return *text ? mim_operation_notice(reading->operation, MIM_NOTICE_FRAMES, MIM_UNKNOWN, text, err) : MIM_OK;
}

/* Whether the failure concerns this file only, so that the next may succeed. */
static bool
is_that_files_own(enum mim_status status)
{
    return status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_IO || status == MIM_UNKNOWN_FORMAT ||
           status == MIM_UNSUPPORTED || status == MIM_LIMIT;
}

/* The first file that opens gives the series its format and plugin; without any, the first file's error is returned. */
static enum mim_status
open_first(struct mim_series_reading *reading, struct mim_error *err)
{
    enum mim_status first = MIM_OK;
    for (uint64_t i = 0; i < reading->series.count; i++) {
        struct mim_error error = { 0 };
        struct mim_series_file *file;
        enum mim_status status = mim_operation_poll(reading->operation, &error);
        if (status == MIM_OK) {
            reading->operation->is_quiet = i > 0; /* its notices come when its frame is read */
            status = open_file(reading, i, &file, &error);
            reading->operation->is_quiet = false;
        }
        if (status == MIM_OK) {
            reading->first_plugin = file->plugin;
            reading->first_format = file->reader.format;
            mim_offers_move(&reading->offers, &file->reader.offers);
            if (i == 0)
                reading->first = file;
            else
                mim_series_file_close(file);
            return MIM_OK;
        }
        mim_series_name_error(reading, &error);
        if (err && (first == MIM_OK || !is_that_files_own(status)))
            *err = error;
        first = first == MIM_OK || !is_that_files_own(status) ? status : first;
        if (!is_that_files_own(status))
            break;
    }
    return first;
}

static bool
copy_text(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return *to || !text;
}

enum mim_status
mim_series_reading_create(struct mim_series_reading **out, struct mim_operation *operation,
                          struct mim_container *container, const struct mim_open_options *options, struct mim_error *err)
{
    struct mim_series_reading *reading = calloc(1, sizeof *reading);
    if (!reading) {
        mim_container_close(container);
        return mim_fail_nomem(err, "a series");
    }
    reading->operation = operation;
    reading->container = container;
    reading->options = mim_options_copy(options->options);
    bool copied = copy_text(&reading->format, options->format) && copy_text(&reading->plugin, options->plugin) &&
                  copy_text(&reading->formats, options->formats) && copy_text(&reading->plugins, options->plugins);

    enum mim_status status = copied && reading->options ? MIM_OK : mim_fail_nomem(err, "a series");
    if (status == MIM_OK)
        status = list_files(&reading->series, &reading->container, operation, err);
    if (status == MIM_OK)
        status = report_files(reading, reading->series.missing, err);
    if (status == MIM_OK)
        status = report_files(reading, reading->series.left_out, err);
    if (status == MIM_OK)
        status = report_files(reading, reading->series.replaced, err);
    if (status == MIM_OK && damage_after(reading))
        status = report_files(reading, damage_after(reading)->message, err);
    if (status == MIM_OK)
        status = open_first(reading, err);
    if (status != MIM_OK) {
        mim_series_reading_destroy(reading);
        return status;
    }
    *out = reading;
    return MIM_OK;
}

void
mim_series_reading_destroy(struct mim_series_reading *reading)
{
    if (!reading)
        return;
    mim_series_file_close(reading->first);
    mim_offers_clear(&reading->offers);
    mim_series_clear(&reading->series);
    mim_container_close(reading->container);
    mim_options_destroy(reading->options);
    free(reading->format);
    free(reading->plugin);
    free(reading->formats);
    free(reading->plugins);
    free(reading);
}

enum mim_status
mim_series_first_source(struct mim_source **out, struct mim_operation *operation, struct mim_error *err)
{
    struct mim_series series;
    struct mim_container *container = NULL;
    enum mim_status status = list_files(&series, &container, operation, err);
    if (status == MIM_OK)
        status = open_source(&series, container, 0, out, err);
    mim_series_clear(&series);
    mim_container_close(container);
    return status;
}

static int32_t
series_open(struct mim_job *job, struct mim_sequence *sequence)
{
    const struct mim_series_reading *reading = reading_of(job);
    sequence->count = reading->series.count + (damage_after(reading) != NULL);
    sequence->sure = MIM_SURE_EXACT;
    return MIM_OK;
}

static int32_t
series_offers(struct mim_job *job)
{
    const struct mim_offers *offers = &reading_of(job)->offers;
    int32_t status = MIM_OK;
    for (size_t i = 0; i < offers->count && status == MIM_OK; i++)
        status = job->host->offer(job, &offers->items[i]);
    return status;
}

static int32_t
series_prepare(struct mim_job *job, uint64_t index, void *in, struct mim_frame_info *info)
{
    struct mim_series_reading *reading = reading_of(job);
    struct packet *packet = in;
    struct mim_error error = { 0 };
    enum mim_status status = MIM_OK;
    const struct mim_error *damage = index == reading->series.count ? damage_after(reading) : NULL;
    if (damage)
        return mim_job_adopt(job, damage->status, false, damage);
    if (index >= reading->series.count)
        return MIM_END;

    if (!index && reading->first) {
        packet->file = reading->first;
        reading->first = NULL;
    } else {
        status = open_file(reading, index, &packet->file, &error);
    }
    if (status == MIM_OK)
        mim_series_file_info(packet->file, info);
    return mim_job_adopt(job, status, status == MIM_LIMIT && error.needed, &error);
}

static int32_t
series_pixels(struct mim_job *job, const void *in, const struct mim_frame_info *info, uint32_t part,
              struct mim_raster *raster)
{
    const struct packet *packet = in;
    struct mim_core_job *core = job->core;
    struct mim_error error = { 0 };
    bool refused = false;
    (void)info;
    enum mim_status status = mim_series_file_pixels(packet->file, core->worker, part, raster, &refused, &error);
    if (status == MIM_OK)
        core->lost = error;
    return mim_job_adopt(job, status, refused, &error);
}

static int32_t
series_metadata(struct mim_job *job, const void *in, const struct mim_frame_info *info)
{
    const struct packet *packet = in;
    const struct mim_core_job *core = job->core;
    struct mim_error error = { 0 };
    bool refused = false;
    (void)info;
    if (!packet)
        return MIM_OK;
    const char *file = mim_path_file(mim_source_name(packet->file->operation.source));
    enum mim_status status = mim_series_file_metadata(packet->file, core->worker, core->meta, &refused, &error);
    if (status == MIM_OK) /* names that are not UTF-8 are left out */
        mim_meta_set(core->meta, "file", MIM_META_TEXT | MIM_META_CODING, file, strlen(file), NULL);
    return mim_job_adopt(job, status, refused, &error);
}

static void
series_release(struct mim_job *job, void *in)
{
    struct packet *packet = in;
    (void)job;
    mim_series_file_close(packet->file);
    packet->file = NULL;
}

struct mim_source *
mim_series_source(const void *in)
{
    const struct packet *packet = in;
    return packet->file->operation.source;
}

const struct mim_reader_ops mim_series_reader_ops = {
    .struct_size = sizeof mim_series_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = 1,
    .packet_size = sizeof(struct packet),
    .open = series_open,
    .prepare = series_prepare,
    .pixels = series_pixels,
    .metadata = series_metadata,
    .release = series_release,
    .offers = series_offers,
};
