/* SPDX-License-Identifier: MIT */
/* Converts several files at once. Each worker is a thread with its own context; the calling thread reports the results.
 * */
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "batch-priv.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

#define POLL_NS 100000000

static int64_t
clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct batch_file *
next_file(struct worker *worker)
{
    struct workers *workers = worker->workers;
    struct batch_file *file = NULL;

    pthread_mutex_lock(&workers->lock);
    while (workers->next < workers->list->count && workers->list->files[workers->next].is_exclusive != workers->is_exclusive)
        workers->next++;
    if (workers->next < workers->list->count && !workers->is_stopped && !signals_interrupted())
        file = &workers->list->files[workers->next++];
    worker->file = file;
    worker->started_ms = clock_ms();
    pthread_mutex_unlock(&workers->lock);
    return file;
}

static void
deliver_result(struct worker *worker, const struct batch_result *result)
{
    struct workers *workers = worker->workers;

    pthread_mutex_lock(&workers->lock);
    while (worker->has_result)
        pthread_cond_wait(&workers->result_taken, &workers->lock);
    worker->file = NULL;
    if (worker->is_abandoned) {
        pthread_mutex_unlock(&workers->lock);
        return;
    }
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

    for (struct batch_file *file; !worker->is_abandoned && (file = next_file(worker));)
        if (batch_convert(worker, file, &result))
            deliver_result(worker, &result);

    pthread_mutex_lock(&workers->lock);
    workers->running -= !worker->is_abandoned;
    pthread_cond_signal(&workers->result_ready);
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

/* Signals go to the reporting thread. The lock is held. */
static void
start_worker(struct worker *worker)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    worker->is_started = !pthread_create(&worker->thread, NULL, run_worker, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->workers->running += worker->is_started;
}

/* Starts as many threads as possible; fails only if there is none. */
static enum mim_status
start_workers(struct workers *workers, struct mim_error *err)
{
    pthread_mutex_lock(&workers->lock);
    for (size_t i = 0; i < workers->count; i++)
        start_worker(workers->items[i]);
    bool has_started = workers->running > 0;
    pthread_mutex_unlock(&workers->lock);
    return has_started ? MIM_OK : fail(err, MIM_NOMEM, "no memory for a thread");
}

/* Creates a worker with `part` threads in a context of its own, or NULL for a new one. */
static enum mim_status
create_worker(struct workers *workers, struct worker **out, struct mim_context *context, size_t part, struct mim_error *err)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return fail(err, MIM_NOMEM, "no memory for a worker");

    *worker = (struct worker){ .workers = workers, .context = context };
    enum mim_status status = context ? MIM_OK : cli_context(workers->cli, &worker->context, err);
    if (status == MIM_OK)
        status = mim_context_set_threads(worker->context, part ? (unsigned)part : 1, err);
    if (status != MIM_OK) {
        if (!context)
            mim_context_destroy(worker->context);
        free(worker);
        return status;
    }
    *out = worker;
    return MIM_OK;
}

/* Gives up a thread that exceeds the limit by the grace time, and starts another one for the other files. If there is
 * no memory for it, the rest of the workers does them. The lock is held. */
static void
replace_worker(struct workers *workers, size_t i)
{
    struct worker *stuck = workers->items[i], *next = NULL;
    struct mim_error err;

    stuck->is_abandoned = true;
    pthread_detach(stuck->thread);
    workers->running--;
    workers->cli->is_stuck = true;
    workers->is_stopped |= !workers->cli->keep_going;
    if (create_worker(workers, &next, NULL, mim_context_threads(stuck->context), &err) == MIM_OK) {
        workers->items[i] = next;
        start_worker(next);
    } else {
        workers->items[i] = workers->items[--workers->count];
    }
}

/* Finds a file that does not end though it is out of time. The lock is held. */
static bool
take_stuck(struct workers *workers, struct batch_result *result)
{
    uint64_t limit = workers->limit_ms;
    if (!limit || limit == MIM_NO_LIMIT || signals_interrupted())
        return false;

    for (size_t i = 0; i < workers->count; i++) {
        const struct worker *worker = workers->items[i];
        if (!worker->file || (uint64_t)(clock_ms() - worker->started_ms) < limit + GRACE_MILLISECONDS)
            continue;
        *result = (struct batch_result){ .file = worker->file, .outcome = BATCH_FAILED, .code = EXIT_WORKER };
        fail(&result->err, MIM_TIMEOUT, STUCK_MESSAGE, (double)limit / 1000);
        replace_worker(workers, i);
        return true;
    }
    return false;
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
        struct worker *worker = workers->items[i];
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
        if (take_result(workers, &result) || take_stuck(workers, &result)) {
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

/* Those that are stuck are not among the items any more. */
static void
destroy_workers(struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = workers->items[i];
        if (worker->is_started)
            pthread_join(worker->thread, NULL);
        if (worker->context != workers->cli->context)
            mim_context_destroy(worker->context);
        free(worker);
    }
    free(workers->items);
    workers->items = NULL;
    workers->count = 0;
}

/* Creates `count` workers that share `threads`. The first one uses the command's own context, unless a stuck thread
 * does; running out of memory for the others only lowers their number. */
static enum mim_status
create_workers(struct workers *workers, size_t count, size_t threads, struct mim_error *err)
{
    enum mim_status status = MIM_OK;

    workers->items = calloc(count, sizeof(struct worker *));
    if (!workers->items)
        return fail(err, MIM_NOMEM, "no memory for %zu workers", count);
    for (size_t i = 0; status == MIM_OK && i < count; i++) {
        struct mim_context *context = i || workers->cli->is_stuck ? NULL : workers->cli->context;
        status = create_worker(workers, &workers->items[i], context, (threads + count - 1 - i) / count, err);
        workers->count += status == MIM_OK;
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

static void
prepare_lock(struct workers *workers)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&workers->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&workers->result_ready, &monotonic);
    pthread_cond_init(&workers->result_taken, NULL);
    pthread_condattr_destroy(&monotonic);
}

/* Stuck threads use the struct until the process ends. */
static void
release_workers(struct workers *workers)
{
    if (workers->cli->is_stuck)
        return;
    pthread_cond_destroy(&workers->result_taken);
    pthread_cond_destroy(&workers->result_ready);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

enum mim_status
workers_run(struct cli *cli, struct batch_list *list, batch_reporter report, void *user, struct mim_error *err)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (!workers)
        return fail(err, MIM_NOMEM, "no memory for a batch");

    *workers = (struct workers){ .cli = cli, .list = list, .limit_ms = cli_milliseconds(cli) };
    size_t threads = mim_context_threads(cli->context), count = count_workers(workers, threads);
    enum mim_status status = budget_divide(cli, &count, &workers->share, err);
    prepare_lock(workers);
    progress_start();
    workers->is_divided = count > 1;
    if (status == MIM_OK)
        status = run_pass(workers, count, threads, report, user, err);
    if (status == MIM_OK && has_exclusive_files(workers)) {
        workers->is_exclusive = true;
        workers->is_divided = false;
        workers->share = cli->limits;
        status = run_pass(workers, 1, threads, report, user, err);
    }
    progress_clear();
    release_workers(workers);
    return status;
}
