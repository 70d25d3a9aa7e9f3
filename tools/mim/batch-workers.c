/* SPDX-License-Identifier: MIT */
/* Converts several files at once. Each worker is a thread with its own context; the calling thread reports the results.
 * */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "conversion.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

#define POLL_NS 100000000

struct worker {
    struct workers *workers;
    struct mim_context *context;
    struct notices notices;      /* of the current file */
    uint64_t frames;             /* of the current file */
    struct batch_result result;
    bool has_result;             /* `result` is not yet reported */
    bool is_started;
    pthread_t thread;
};

struct workers {
    struct cli *cli;
    struct batch_list *list;
    bool is_exclusive;           /* second pass: one file at a time, with the whole budget */
    bool is_divided;             /* `share` is less than the whole budget */
    struct mim_limits share;     /* limits of each worker */
    _Atomic uint64_t frames;     /* of all files so far, for the progress line */
    uint64_t reported;           /* number of files whose result was reported */
    struct worker *items;
    size_t count;

    pthread_mutex_t lock;        /* guards the fields below, the workers' results, and cli->notices */
    pthread_cond_t result_ready; /* wakes the reporting thread */
    pthread_cond_t result_taken; /* wakes the workers */
    size_t next;                 /* index of the next file to start */
    size_t running;              /* workers that have not finished */
    bool is_stopped;
};

static struct batch_file *
next_file(struct workers *workers)
{
    struct batch_file *file = NULL;

    pthread_mutex_lock(&workers->lock);
    while (workers->next < workers->list->count && workers->list->files[workers->next].is_exclusive != workers->is_exclusive)
        workers->next++;
    if (workers->next < workers->list->count && !workers->is_stopped && !signals_interrupted())
        file = &workers->list->files[workers->next++];
    pthread_mutex_unlock(&workers->lock);
    return file;
}

static int
count_frames(void *user, const struct mim_progress *progress)
{
    struct worker *worker = user;
    atomic_fetch_add(&worker->workers->frames, progress->done - worker->frames);
    worker->frames = progress->done;
    return 0;
}

static void
collect_notice(void *user, const struct mim_notice *notice)
{
    notices_add(&((struct worker *)user)->notices, notice);
}

static void
set_control(struct worker *worker, struct mim_control *control)
{
    control->progress = control->progress ? count_frames : NULL;
    control->notice = control->notice ? collect_notice : NULL;
    control->user = worker;
    control->limits = worker->workers->share;
}

/* Makes the message a complete reason to print after the input's name. */
static void
complete_reason(const struct conversion *conversion, struct mim_error *err)
{
    char reason[2 * sizeof err->message];
    const char *input = conversion->inputs[0], *subject = conversion_subject(conversion, err);
    const char *message = err->message[0] ? err->message : mim_status_text(err->status);
    size_t length = strlen(input);

    if (!strncmp(message, input, length))
        message += !strncmp(message + length, ": ", 2)     ? length + 2
                   : !strncmp(message + length, " is ", 4) ? length + 1
                                                           : 0;
    bool of_output = err->side == MIM_SIDE_OUTPUT && subject;
    snprintf(reason, sizeof reason, "%.*s%s%s", (int)sizeof err->message, of_output ? subject : "",
             of_output ? ": " : "", message);
    snprintf(err->message, sizeof err->message, "%.*s", (int)sizeof err->message - 1, reason);
}

/* Converts one file. Returns false if there is no result to report: interrupted, or postponed to the second pass. */
static bool
convert_file(struct worker *worker, struct batch_file *file, struct batch_result *result)
{
    struct workers *workers = worker->workers;
    struct conversion conversion;

    conversion_prepare(&conversion, workers->cli);
    conversion.inputs = &file->input;
    conversion.count = 1;
    conversion.output = file->output;
    set_control(worker, &conversion.options.read.open.control);
    set_control(worker, &conversion.options.write.control);
    worker->frames = 0;
    worker->notices.count = 0;
    *result = (struct batch_result){ .file = file };

    enum mim_status status = conversion_run(&conversion, worker->context, &result->err);
    if (status != MIM_OK && signals_interrupted())
        return false;
    if (status == MIM_LIMIT && workers->is_divided) {
        atomic_fetch_sub(&workers->frames, worker->frames);
        file->is_exclusive = true; /* the result must not depend on the number of workers */
        return false;
    }
    if (status == MIM_OK)
        return true;
    bool is_there = status == MIM_EXISTS && workers->cli->skip_existing;
    result->outcome = is_there ? BATCH_SKIPPED : BATCH_FAILED;
    result->code = conversion_code(&result->err);
    complete_reason(&conversion, &result->err);
    return true;
}

static void
deliver_result(struct worker *worker, const struct batch_result *result)
{
    struct workers *workers = worker->workers;

    pthread_mutex_lock(&workers->lock);
    while (worker->has_result)
        pthread_cond_wait(&workers->result_taken, &workers->lock);
    worker->result = *result;
    worker->has_result = true;
    workers->is_stopped |= result->outcome == BATCH_FAILED && !workers->cli->keep_going;
    notices_move(&workers->cli->notices, &worker->notices);
    pthread_cond_signal(&workers->result_ready);
    pthread_mutex_unlock(&workers->lock);
}

static void *
run_worker(void *user)
{
    struct worker *worker = user;
    struct workers *workers = worker->workers;
    struct batch_result result;

    for (struct batch_file *file; (file = next_file(workers));)
        if (convert_file(worker, file, &result))
            deliver_result(worker, &result);

    pthread_mutex_lock(&workers->lock);
    workers->running--;
    pthread_cond_signal(&workers->result_ready);
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

/* Starts as many threads as possible; fails only if there is none. Signals go to the reporting thread. */
static enum mim_status
start_workers(struct workers *workers, struct mim_error *err)
{
    sigset_t all, before;
    size_t started = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->items[i];
        pthread_mutex_lock(&workers->lock);
        worker->is_started = !pthread_create(&worker->thread, NULL, run_worker, worker);
        workers->running += worker->is_started;
        pthread_mutex_unlock(&workers->lock);
        started += worker->is_started;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started ? MIM_OK : fail(err, MIM_NOMEM, "no memory for a thread");
}

/* Waits for a result or a short time, and updates the progress line. The lock is held. */
static void
wait_for_result(struct workers *workers)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += POLL_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&workers->result_ready, &workers->lock, &until);
    if (!workers->cli->quiet)
        progress_show_files(workers->reported, workers->list->count, atomic_load(&workers->frames));
}

/* Takes one result from its worker. The lock is held. */
static bool
take_result(struct workers *workers, struct batch_result *result)
{
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->items[i];
        if (!worker->has_result)
            continue;
        *result = worker->result;
        worker->has_result = false;
        pthread_cond_broadcast(&workers->result_taken);
        return true;
    }
    return false;
}

/* Reports results until the last worker has finished. Releases the lock while printing, so that workers go on. */
static void
report_results(struct workers *workers, batch_reporter report, void *user)
{
    struct batch_result result;

    pthread_mutex_lock(&workers->lock);
    for (;;) {
        if (take_result(workers, &result)) {
            workers->reported++;
            pthread_mutex_unlock(&workers->lock);
            report(user, &result);
            pthread_mutex_lock(&workers->lock);
        } else if (workers->running) {
            wait_for_result(workers);
        } else {
            break;
        }
    }
    pthread_mutex_unlock(&workers->lock);
}

static void
destroy_workers(struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->items[i].context != workers->cli->context)
            mim_context_destroy(workers->items[i].context);
    free(workers->items);
    workers->items = NULL;
    workers->count = 0;
}

/* Creates `count` workers that share `threads`. The first one uses the command's own context; running out of memory for
 * the others only lowers their number. */
static enum mim_status
create_workers(struct workers *workers, size_t count, size_t threads, struct mim_error *err)
{
    enum mim_status status = MIM_OK;

    workers->items = calloc(count, sizeof(struct worker));
    if (!workers->items)
        return fail(err, MIM_NOMEM, "no memory for %zu workers", count);
    for (size_t i = 0; status == MIM_OK && i < count; i++) {
        struct worker *worker = &workers->items[i];
        size_t part = (threads + count - 1 - i) / count;
        worker->workers = workers;
        worker->context = i ? NULL : workers->cli->context;
        if (i)
            status = cli_context(workers->cli, &worker->context, err);
        if (status == MIM_OK)
            status = mim_context_set_threads(worker->context, part ? (unsigned)part : 1, err);
        workers->count += worker->context != NULL;
    }
    return status == MIM_NOMEM && workers->count ? MIM_OK : status;
}

/* Runs one pass over the list: the files for many workers, or those that need the whole budget. */
static enum mim_status
run_pass(struct workers *workers, size_t count, size_t threads, batch_reporter report, void *user, struct mim_error *err)
{
    workers->next = 0;
    enum mim_status status = create_workers(workers, count, threads, err);
    if (status == MIM_OK)
        status = start_workers(workers, err);
    if (status == MIM_OK)
        report_results(workers, report, user);
    for (size_t i = 0; i < workers->count; i++)
        if (workers->items[i].is_started)
            pthread_join(workers->items[i].thread, NULL);
    destroy_workers(workers);
    return status;
}

/* Returns the number of files to convert at once, limited by --jobs and the number of files. */
static size_t
count_workers(const struct workers *workers, size_t threads)
{
    size_t count = workers->cli->jobs ? workers->cli->jobs : threads;
    return count < workers->list->count ? count : workers->list->count;
}

static bool
has_exclusive_files(const struct workers *workers)
{
    for (size_t i = 0; i < workers->list->count; i++)
        if (workers->list->files[i].is_exclusive)
            return !workers->is_stopped && !signals_interrupted();
    return false;
}

enum mim_status
workers_run(struct cli *cli, struct batch_list *list, batch_reporter report, void *user, struct mim_error *err)
{
    struct workers workers = { .cli = cli, .list = list };
    size_t threads = mim_context_threads(cli->context), count = count_workers(&workers, threads);
    enum mim_status status = budget_divide(cli, &count, &workers.share, err);
    if (status != MIM_OK)
        return status;
    pthread_condattr_t monotonic;

    pthread_mutex_init(&workers.lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&workers.result_ready, &monotonic);
    pthread_cond_init(&workers.result_taken, NULL);
    pthread_condattr_destroy(&monotonic);

    progress_start();
    workers.is_divided = count > 1;
    status = run_pass(&workers, count, threads, report, user, err);
    if (status == MIM_OK && has_exclusive_files(&workers)) {
        workers.is_exclusive = true;
        workers.is_divided = false;
        workers.share = cli->limits;
        status = run_pass(&workers, 1, threads, report, user, err);
    }
    progress_clear();
    pthread_cond_destroy(&workers.result_taken);
    pthread_cond_destroy(&workers.result_ready);
    pthread_mutex_destroy(&workers.lock);
    return status;
}
