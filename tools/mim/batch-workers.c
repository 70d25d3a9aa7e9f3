/* SPDX-License-Identifier: MIT */
/* Several files at once: each worker is a thread with a context of its own; the thread that called hears of results. */
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

#define LOOK_UP_NS 100000000

struct worker {
    struct crew *crew;
    struct mim_context *context;
    struct notices notices;      /* of its present file */
    uint64_t frames;             /* likewise */
    struct batch_result result;
    bool delivered;              /* `result` waits to be heard */
    bool started;
    pthread_t thread;
};

struct crew {
    struct cli *cli;
    struct batch_list *list;
    bool alone;                  /* one file at a time, with the whole budget: those that did not fit beside others */
    uint64_t share;              /* of the budget for each worker; 0: the whole */
    _Atomic uint64_t frames;     /* of all files so far, for the progress line */
    uint64_t heard;              /* files */
    struct worker *workers;
    size_t worker_count;

    pthread_mutex_t lock;        /* of what follows, the workers' results, and cli->notices */
    pthread_cond_t news, taken;  /* for the listening thread; for the workers */
    size_t next;                 /* file to be begun */
    size_t busy;                 /* workers that have not left */
    bool stopped;
};

static struct batch_file *
next_file(struct crew *crew)
{
    struct batch_file *file = NULL;

    pthread_mutex_lock(&crew->lock);
    while (crew->next < crew->list->count && crew->list->files[crew->next].alone != crew->alone)
        crew->next++;
    if (crew->next < crew->list->count && !crew->stopped && !signals_interrupted())
        file = &crew->list->files[crew->next++];
    pthread_mutex_unlock(&crew->lock);
    return file;
}

static int
count_frames(void *user, const struct mim_progress *progress)
{
    struct worker *worker = user;
    atomic_fetch_add(&worker->crew->frames, progress->done - worker->frames);
    worker->frames = progress->done;
    return 0;
}

static void
note(void *user, const struct mim_notice *notice)
{
    notices_add(&((struct worker *)user)->notices, notice);
}

static void
set_control(struct worker *worker, struct mim_control *control)
{
    control->progress = control->progress ? count_frames : NULL;
    control->notice = control->notice ? note : NULL;
    control->user = worker;
    if (worker->crew->share)
        budget_limit(worker->crew->share, &control->limits);
}

/* The message becomes the whole reason, behind the input's name. */
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

/* Convert one file. false: there is nothing to be heard of it yet. */
static bool
convert_file(struct worker *worker, struct batch_file *file, struct batch_result *result)
{
    struct crew *crew = worker->crew;
    struct conversion conversion;

    conversion_prepare(&conversion, crew->cli);
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
    if (status == MIM_LIMIT && crew->share) {
        atomic_fetch_sub(&crew->frames, worker->frames);
        file->alone = true; /* how many work beside it must not decide what comes of a file */
        return false;
    }
    if (status == MIM_OK)
        return true;
    bool is_there = status == MIM_EXISTS && crew->cli->skip_existing;
    result->outcome = is_there ? BATCH_SKIPPED : BATCH_FAILED;
    result->code = conversion_code(&result->err);
    complete_reason(&conversion, &result->err);
    return true;
}

static void
deliver(struct worker *worker, const struct batch_result *result)
{
    struct crew *crew = worker->crew;

    pthread_mutex_lock(&crew->lock);
    while (worker->delivered)
        pthread_cond_wait(&crew->taken, &crew->lock);
    worker->result = *result;
    worker->delivered = true;
    crew->stopped |= result->outcome == BATCH_FAILED && !crew->cli->keep_going;
    notices_move(&crew->cli->notices, &worker->notices);
    pthread_cond_signal(&crew->news);
    pthread_mutex_unlock(&crew->lock);
}

static void *
work(void *user)
{
    struct worker *worker = user;
    struct crew *crew = worker->crew;
    struct batch_result result;

    for (struct batch_file *file; (file = next_file(crew));)
        if (convert_file(worker, file, &result))
            deliver(worker, &result);

    pthread_mutex_lock(&crew->lock);
    crew->busy--;
    pthread_cond_signal(&crew->news);
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* Signals are for the thread that listens. Fewer threads than wanted are enough; none is NOMEM. */
static enum mim_status
start_workers(struct crew *crew, struct mim_error *err)
{
    sigset_t all, before;
    size_t started = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < crew->worker_count; i++) {
        struct worker *worker = &crew->workers[i];
        pthread_mutex_lock(&crew->lock);
        worker->started = !pthread_create(&worker->thread, NULL, work, worker);
        crew->busy += worker->started;
        pthread_mutex_unlock(&crew->lock);
        started += worker->started;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started ? MIM_OK : fail(err, MIM_NOMEM, "no memory for a thread");
}

/* Wait a moment for something to happen; the lock is held. */
static void
wait_for_news(struct crew *crew)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_UP_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&crew->news, &crew->lock, &until);
    if (!crew->cli->quiet)
        progress_show_files(crew->heard, crew->list->count, atomic_load(&crew->frames));
}

/* Take one result out of its worker's hands; the lock is held. */
static bool
take_result(struct crew *crew, struct batch_result *result)
{
    for (size_t i = 0; i < crew->worker_count; i++) {
        struct worker *worker = &crew->workers[i];
        if (!worker->delivered)
            continue;
        *result = worker->result;
        worker->delivered = false;
        pthread_cond_broadcast(&crew->taken);
        return true;
    }
    return false;
}

/* Until the last worker has left and all is heard. Nobody waits for the lock while something is printed. */
static void
listen_to(struct crew *crew, batch_listener listen, void *user)
{
    struct batch_result result;

    pthread_mutex_lock(&crew->lock);
    for (;;) {
        if (take_result(crew, &result)) {
            crew->heard++;
            pthread_mutex_unlock(&crew->lock);
            listen(user, &result);
            pthread_mutex_lock(&crew->lock);
        } else if (crew->busy) {
            wait_for_news(crew);
        } else {
            break;
        }
    }
    pthread_mutex_unlock(&crew->lock);
}

static void
dismiss_workers(struct crew *crew)
{
    for (size_t i = 0; i < crew->worker_count; i++)
        if (crew->workers[i].context != crew->cli->context)
            mim_context_destroy(crew->workers[i].context);
    free(crew->workers);
    crew->workers = NULL;
    crew->worker_count = 0;
}

/* Contexts for `count` workers and their part of `threads`. The first has the command's own; there are so many others
 * as there is memory for. */
static enum mim_status
hire_workers(struct crew *crew, size_t count, size_t threads, struct mim_error *err)
{
    enum mim_status status = MIM_OK;

    crew->workers = calloc(count, sizeof(struct worker));
    if (!crew->workers)
        return fail(err, MIM_NOMEM, "no memory for %zu workers", count);
    for (size_t i = 0; status == MIM_OK && i < count; i++) {
        struct worker *worker = &crew->workers[i];
        size_t part = (threads + count - 1 - i) / count;
        worker->crew = crew;
        worker->context = i ? NULL : crew->cli->context;
        if (i)
            status = cli_context(crew->cli, &worker->context, err);
        if (status == MIM_OK)
            status = mim_context_set_threads(worker->context, part ? (unsigned)part : 1, err);
        crew->worker_count += worker->context != NULL;
    }
    return status == MIM_NOMEM && crew->worker_count ? MIM_OK : status;
}

/* One pass over the list: all that is for many workers, or all that is for one. */
static enum mim_status
pass(struct crew *crew, size_t count, size_t threads, batch_listener listen, void *user, struct mim_error *err)
{
    crew->next = 0;
    enum mim_status status = hire_workers(crew, count, threads, err);
    if (status == MIM_OK)
        status = start_workers(crew, err);
    if (status == MIM_OK)
        listen_to(crew, listen, user);
    for (size_t i = 0; i < crew->worker_count; i++)
        if (crew->workers[i].started)
            pthread_join(crew->workers[i].thread, NULL);
    dismiss_workers(crew);
    return status;
}

/* How many files at once: so many as asked for, as there are, as the budget has room for. */
static size_t
count_workers(struct crew *crew, size_t threads)
{
    size_t count = crew->cli->jobs ? crew->cli->jobs : threads;
    if (count > crew->list->count)
        count = crew->list->count;
    return budget_divide(crew->cli, count, &crew->share);
}

static bool
has_lone_files(const struct crew *crew)
{
    for (size_t i = 0; i < crew->list->count; i++)
        if (crew->list->files[i].alone)
            return !crew->stopped && !signals_interrupted();
    return false;
}

enum mim_status
crew_work(struct cli *cli, struct batch_list *list, batch_listener listen, void *user, struct mim_error *err)
{
    struct crew crew = { .cli = cli, .list = list };
    size_t threads = mim_context_threads(cli->context);
    pthread_condattr_t monotonic;

    pthread_mutex_init(&crew.lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&crew.news, &monotonic);
    pthread_cond_init(&crew.taken, NULL);
    pthread_condattr_destroy(&monotonic);

    progress_start();
    enum mim_status status = pass(&crew, count_workers(&crew, threads), threads, listen, user, err);
    if (status == MIM_OK && has_lone_files(&crew)) {
        crew.alone = true;
        crew.share = 0;
        status = pass(&crew, 1, threads, listen, user, err);
    }
    progress_clear();
    pthread_cond_destroy(&crew.taken);
    pthread_cond_destroy(&crew.news);
    pthread_mutex_destroy(&crew.lock);
    return status;
}
