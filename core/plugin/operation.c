/* SPDX-License-Identifier: MIT */
/* State shared by all jobs of one open file. */
#include "plugin/operation.h"

#include <stdlib.h>
#include <string.h>

#include <mim/plugin.h>

#include "base/cancel.h"
#include "base/context-priv.h"
#include "base/error.h"
#include "base/log.h"
#include "io/sink.h"
#include "io/source.h"

struct mim_log_line {
    struct mim_log_line *next;
    int level;
    char text[];
};

static int64_t
deadline_after(uint64_t milliseconds)
{
    int64_t now = mim_clock_ms();
    return milliseconds == MIM_NO_LIMIT || !milliseconds || milliseconds > (uint64_t)(INT64_MAX - now)
               ? INT64_MAX
               : now + (int64_t)milliseconds;
}

enum mim_status
mim_operation_init(struct mim_operation *operation, struct mim_context *context, const struct mim_control *control,
                   struct mim_error *err)
{
    *operation = (struct mim_operation){ .context = context, .control = *control, .plugin = "", .host = context->host };
    enum mim_status status = mim_context_limits(context, &control->limits, 0, &operation->control.limits, err);
    if (status != MIM_OK)
        return status;

    mim_memory_budget_init(&operation->budget, &operation->control.limits);
    operation->deadline_ms = deadline_after(operation->control.limits.milliseconds);
    operation->host_flags = context->options.owns_process ? MIM_HOST_OWNS_PROCESS : 0;
    pthread_mutex_init(&operation->lock, NULL);
    return MIM_OK;
}

enum mim_status
mim_operation_resolve(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    return operation->context->resolve(operation, source, err);
}

void
mim_operation_take_source(struct mim_operation *operation, struct mim_source *source)
{
    operation->source = source;
    mim_source_bound(source, &operation->control, operation->deadline_ms);
}

void
mim_operation_init_part(struct mim_operation *operation, struct mim_operation *whole, uint64_t index)
{
    *operation = (struct mim_operation){
        .context = whole->context,
        .whole = whole,
        .keeps_damaged = whole->keeps_damaged,
        .index = index,
        .plugin = "",
        .host = whole->host,
        .control = whole->control,
        .deadline_ms = whole->deadline_ms,
        .host_flags = whole->host_flags,
        .allowed = whole->allowed,
    };
    mim_memory_budget_init_part(&operation->budget, &whole->budget);
    pthread_mutex_init(&operation->lock, NULL);
}

static struct mim_log_line *
take_log(struct mim_operation *operation)
{
    struct mim_log_line *lines = operation->log.first;
    operation->log.first = operation->log.last = NULL;
    return lines;
}

void
mim_operation_clear(struct mim_operation *operation)
{
    if (operation->source)
        mim_source_bound(operation->source, NULL, 0);
    mim_source_close(operation->source);
    mim_notices_clear(&operation->notices);
    for (struct mim_log_line *line = take_log(operation), *next; line; line = next) {
        next = line->next;
        free(line);
    }
    pthread_mutex_destroy(&operation->lock);
    mim_frame_sources_clear(&operation->side_inputs.sources);
    mim_sink_close(operation->sink);
}

enum mim_status
mim_operation_poll(const struct mim_operation *operation, struct mim_error *err)
{
    if (mim_cancel_requested(operation->control.cancel))
        return mim_fail(err, MIM_CANCELLED, "cancelled");
    if (operation->deadline_ms != INT64_MAX && mim_clock_ms() >= operation->deadline_ms)
        return mim_fail(err, MIM_TIMEOUT, "out of time: the job exceeds the limit seconds=%.12g",
                        (double)operation->control.limits.milliseconds / 1000);
    return MIM_OK;
}

enum mim_status
mim_operation_notice_at(struct mim_operation *operation, enum mim_notice_code code,
                        const struct mim_notice_origin *origin, const char *text, struct mim_error *err)
{
    struct mim_operation *list = operation->whole ? operation->whole : operation;
    struct mim_notice_origin place = *origin;
    if (operation->is_quiet || list->is_quiet)
        return MIM_OK;
    if (operation->whole && operation->index != MIM_UNKNOWN)
        place.frame = place.place = operation->index;
    pthread_mutex_lock(&list->lock);
    enum mim_status status = mim_notices_add(&list->notices, code, &place, operation->plugin, text, err);
    pthread_mutex_unlock(&list->lock);
    return status;
}

enum mim_status
mim_operation_notice(struct mim_operation *operation, enum mim_notice_code code, uint64_t frame, const char *text,
                     struct mim_error *err)
{
    const struct mim_notice_origin origin = { .frame = frame, .place = frame == MIM_UNKNOWN ? 0 : frame };
    return mim_operation_notice_at(operation, code, &origin, text, err);
}

void
mim_operation_forget(struct mim_operation *operation, uint64_t frame)
{
    pthread_mutex_lock(&operation->lock);
    mim_notices_forget(&operation->notices, frame);
    pthread_mutex_unlock(&operation->lock);
}

void
mim_operation_log(struct mim_operation *operation, int level, const char *text)
{
    struct mim_context *context = operation->context;
    if (!context->log || level > (int)context->log_level)
        return;
    struct mim_log_line *line = malloc(sizeof *line + strlen(text) + 1);
    if (!line)
        return;

    line->next = NULL;
    line->level = level;
    strcpy(line->text, text);
    operation = operation->whole ? operation->whole : operation;
    pthread_mutex_lock(&operation->lock);
    *(operation->log.last ? &operation->log.last->next : &operation->log.first) = line;
    operation->log.last = line;
    pthread_mutex_unlock(&operation->lock);
}

enum mim_status
mim_operation_deliver(struct mim_operation *operation, const struct mim_notice_range *range, struct mim_error *err)
{
    pthread_mutex_lock(&operation->lock);
    struct mim_notices notices;
    mim_notices_take(&operation->notices, range, &notices);
    struct mim_log_line *lines = take_log(operation);
    pthread_mutex_unlock(&operation->lock);

    for (struct mim_log_line *line = lines, *next; line; line = next) {
        next = line->next;
        mim_log(operation->context, line->level, "%s: %s", operation->plugin, line->text);
        free(line);
    }
    enum mim_status status = mim_notices_deliver(&notices, &operation->control, err);
    mim_notices_clear(&notices);
    return status;
}

enum mim_status
mim_operation_progress(struct mim_operation *operation, uint64_t done, uint64_t total, uint64_t bytes,
                       struct mim_error *err)
{
    if (!operation->control.progress)
        return MIM_OK;
    const struct mim_progress progress = { .done = done, .total = total, .bytes = bytes };
    return operation->control.progress(operation->control.user, &progress) ? mim_fail(err, MIM_CANCELLED, "cancelled")
                                                                           : MIM_OK;
}
