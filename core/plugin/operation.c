/* SPDX-License-Identifier: MIT */
/* The state that all jobs of one open file share. */
#include "plugin/operation.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mim/plugin.h>

#include "base/context-priv.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/log.h"
#include "io/sink.h"
#include "io/source.h"
#include "registry/limits.h"

struct mim_log_line {
    struct mim_log_line *next;
    int level;
    char text[];
};

uint64_t
mim_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t
mim_clock_ms(void)
{
    return (int64_t)(mim_clock_ns() / 1000000);
}

static int64_t
deadline_after(uint64_t milliseconds)
{
    int64_t now = mim_clock_ms();
    return milliseconds == MIM_NO_LIMIT || !milliseconds || milliseconds > (uint64_t)(INT64_MAX - now)
               ? INT64_MAX
               : now + (int64_t)milliseconds;
}

enum mim_status
mim_work_init(struct mim_work *work, struct mim_context *context, const struct mim_control *control,
              uint64_t result_default, struct mim_error *err)
{
    *work = (struct mim_work){ .context = context, .control = *control, .plugin = "", .host = context->host };
    enum mim_status status = mim_context_limits(context, &control->limits, result_default, &work->control.limits, err);
    if (status != MIM_OK)
        return status;

    mim_account_init(&work->account, &work->control.limits);
    work->deadline_ms = deadline_after(work->control.limits.milliseconds);
    work->host_flags = context->options.owns_process ? MIM_HOST_OWNS_PROCESS : 0;
    pthread_mutex_init(&work->lock, NULL);
    return MIM_OK;
}

void
mim_work_init_part(struct mim_work *work, struct mim_work *whole, uint64_t index)
{
    *work = (struct mim_work){
        .context = whole->context,
        .whole = whole,
        .index = index,
        .plugin = "",
        .host = whole->host,
        .control = whole->control,
        .deadline_ms = whole->deadline_ms,
        .host_flags = whole->host_flags,
    };
    mim_account_init_part(&work->account, &whole->account);
    pthread_mutex_init(&work->lock, NULL);
}

static struct mim_log_line *
take_log(struct mim_work *work)
{
    struct mim_log_line *lines = work->log_first;
    work->log_first = work->log_last = NULL;
    return lines;
}

void
mim_work_clear(struct mim_work *work)
{
    mim_notices_clear(&work->notices);
    for (struct mim_log_line *line = take_log(work), *next; line; line = next) {
        next = line->next;
        free(line);
    }
    pthread_mutex_destroy(&work->lock);
    mim_source_close(work->sides.origin);
    mim_source_close(work->source);
    mim_sink_close(work->sink);
}

enum mim_status
mim_work_poll(const struct mim_work *work, struct mim_error *err)
{
    if (mim_cancel_requested(work->control.cancel))
        return mim_fail(err, MIM_CANCELLED, "cancelled");
    if (work->deadline_ms != INT64_MAX && mim_clock_ms() >= work->deadline_ms)
        return mim_fail(err, MIM_TIMEOUT, "out of time: the limit is %.3f s",
                        (double)work->control.limits.milliseconds / 1000);
    return MIM_OK;
}

enum mim_status
mim_work_notice_at(struct mim_work *work, enum mim_notice_code code, const struct mim_notice_origin *origin,
                   const char *text, struct mim_error *err)
{
    struct mim_work *list = work->whole ? work->whole : work;
    struct mim_notice_origin place = *origin;
    if (work->quiet || list->quiet)
        return MIM_OK;
    if (work->whole)
        place.frame = place.place = work->index;
    pthread_mutex_lock(&list->lock);
    enum mim_status status = mim_notices_add(&list->notices, code, &place, work->plugin, text, err);
    pthread_mutex_unlock(&list->lock);
    return status;
}

enum mim_status
mim_work_notice(struct mim_work *work, enum mim_notice_code code, uint64_t frame, const char *text,
                struct mim_error *err)
{
    const struct mim_notice_origin origin = { .frame = frame, .place = frame == MIM_UNKNOWN ? 0 : frame };
    return mim_work_notice_at(work, code, &origin, text, err);
}

void
mim_work_forget(struct mim_work *work, uint64_t frame)
{
    pthread_mutex_lock(&work->lock);
    mim_notices_forget(&work->notices, frame);
    pthread_mutex_unlock(&work->lock);
}

void
mim_work_log(struct mim_work *work, int level, const char *text)
{
    struct mim_context *context = work->context;
    if (!context->log || level > (int)context->log_most)
        return;
    struct mim_log_line *line = malloc(sizeof *line + strlen(text) + 1);
    if (!line)
        return;

    line->next = NULL;
    line->level = level;
    strcpy(line->text, text);
    work = work->whole ? work->whole : work;
    pthread_mutex_lock(&work->lock);
    *(work->log_last ? &work->log_last->next : &work->log_first) = line;
    work->log_last = line;
    pthread_mutex_unlock(&work->lock);
}

enum mim_status
mim_work_deliver(struct mim_work *work, const struct mim_notice_range *range, struct mim_error *err)
{
    pthread_mutex_lock(&work->lock);
    struct mim_notices notices;
    mim_notices_take(&work->notices, range, &notices);
    struct mim_log_line *lines = take_log(work);
    pthread_mutex_unlock(&work->lock);

    for (struct mim_log_line *line = lines, *next; line; line = next) {
        next = line->next;
        mim_log(work->context, line->level, "%s: %s", work->plugin, line->text);
        free(line);
    }
    enum mim_status status = mim_notices_deliver(&notices, &work->control, err);
    mim_notices_clear(&notices);
    return status;
}

enum mim_status
mim_work_progress(struct mim_work *work, uint64_t done, uint64_t total, uint64_t bytes, struct mim_error *err)
{
    if (work->control.tally)
        work->control.tally->frames = done;
    if (!work->control.progress)
        return MIM_OK;
    const struct mim_progress progress = { .done = done, .total = total, .bytes = bytes };
    return work->control.progress(work->control.user, &progress) ? mim_fail(err, MIM_CANCELLED, "cancelled") : MIM_OK;
}
