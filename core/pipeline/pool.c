/* SPDX-License-Identifier: MIT */
/* The threads of a context, and the scheduling that one thread and many have in common. */
#include "pipeline/pool.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/context-priv.h"
#include "base/error.h"

#define LOOK_UP_MS 50 /* a waiting caller asks this often whether it is interrupted */

struct helper {
    struct mim_pool *pool;
    pthread_t thread;
    unsigned worker;
};

struct mim_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct mim_pool_client *clients; /* newest first, so that a writer drains before its reader fills */
    unsigned threads;                /* including the caller's */
    unsigned started;
    bool has_tried_to_start, is_stopping;
    pid_t process;            /* whose threads these are */
    struct mim_pool *parents; /* inherited by fork(): its threads are not here, and its lock may be taken for ever */
    struct helper helpers[];
};

struct mim_pool *
mim_pool_of(struct mim_context *context, struct mim_error *err)
{
    if (context->pool && context->pool->process == getpid())
        return context->pool;

    unsigned threads = context->threads ? context->threads : 1;
    struct mim_pool *pool = calloc(1, sizeof *pool + (threads - 1) * sizeof(struct helper));
    if (!pool) {
        mim_fail_nomem(err, "a thread pool");
        return NULL;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&pool->lock, NULL);
    pool->threads = threads;
    pool->process = getpid();
    pool->parents = context->pool;
    context->pool = pool;
    return pool;
}

void
mim_pool_lock(struct mim_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
}

void
mim_pool_unlock(struct mim_pool *pool)
{
    pthread_mutex_unlock(&pool->lock);
}

void
mim_pool_wake(struct mim_pool *pool)
{
    pthread_cond_broadcast(&pool->changed);
}

unsigned
mim_pool_threads(const struct mim_pool *pool)
{
    return pool->threads;
}

static void
stop_helpers(struct mim_pool *pool)
{
    mim_pool_lock(pool);
    pool->is_stopping = true;
    pthread_cond_broadcast(&pool->changed);
    mim_pool_unlock(pool);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->helpers[i].thread, NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
}

void
mim_pool_destroy(struct mim_pool *pool)
{
    while (pool) {
        struct mim_pool *parents = pool->parents;
        if (pool->process == getpid())
            stop_helpers(pool);
        free(pool);
        pool = parents;
    }
}

union step {
    char bytes[MIM_POOL_STEP_SIZE];
    max_align_t align;
};

/* Called under the lock, which is released while the step runs. */
static bool
run_one(struct mim_pool *pool, struct mim_pool_client *client, unsigned worker)
{
    union step step;
    if (!client->claim(client, worker, &step))
        return false;

    client->running++;
    mim_pool_unlock(pool);
    client->run(client, worker, &step);
    mim_pool_lock(pool);
    bool has_news = client->settle(client, worker, &step);
    client->running--;
    /* a caller may wait for what a helper did; the caller itself wakes others only when there is work */
    if (has_news || worker)
        pthread_cond_broadcast(&pool->changed);
    return true;
}

static bool
run_any(struct mim_pool *pool, unsigned worker)
{
    for (struct mim_pool_client *client = pool->clients; client; client = client->next)
        if (run_one(pool, client, worker))
            return true; /* the list may have changed meanwhile */
    return false;
}

static void *
run_helper(void *argument)
{
    struct helper *helper = argument;
    struct mim_pool *pool = helper->pool;

    mim_pool_lock(pool);
    while (!pool->is_stopping)
        if (!run_any(pool, helper->worker))
            pthread_cond_wait(&pool->changed, &pool->lock);
    mim_pool_unlock(pool);
    return NULL;
}

/* Signals belong to the application, so pool threads block them all. */
static bool
start_helper(struct helper *helper)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&helper->thread, NULL, run_helper, helper) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void
mim_pool_start(struct mim_pool *pool)
{
    if (pool->has_tried_to_start)
        return;

    pool->has_tried_to_start = true;
    for (unsigned i = 0; i + 1 < pool->threads; i++) {
        pool->helpers[i] = (struct helper){ .pool = pool, .worker = i + 1 };
        if (!start_helper(&pool->helpers[i]))
            return; /* the caller's thread can do all the work */
        pool->started++;
    }
}

void
mim_pool_attach(struct mim_pool *pool, struct mim_pool_client *client)
{
    mim_pool_lock(pool);
    client->next = pool->clients;
    pool->clients = client;
    mim_pool_wake(pool);
    mim_pool_unlock(pool);
}

void
mim_pool_detach(struct mim_pool *pool, struct mim_pool_client *client)
{
    mim_pool_lock(pool);
    for (struct mim_pool_client **at = &pool->clients; *at; at = &(*at)->next)
        if (*at == client) {
            *at = client->next;
            break;
        }
    while (client->running)
        pthread_cond_wait(&pool->changed, &pool->lock);
    mim_pool_unlock(pool);
}

static void
wait_a_little(struct mim_pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_UP_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
}

void
mim_pool_work(struct mim_pool *pool, struct mim_pool_client *client, bool (*done)(struct mim_pool_client *),
              bool (*interrupted)(struct mim_pool_client *))
{
    mim_pool_lock(pool);
    while (!done(client) && !interrupted(client))
        if (!run_one(pool, client, 0) && !run_any(pool, 0))
            wait_a_little(pool);
    mim_pool_unlock(pool);
}

static bool
nothing_runs(struct mim_pool_client *client)
{
    return !client->running;
}

static bool
never_interrupted(struct mim_pool_client *client)
{
    (void)client;
    return false;
}

void
mim_pool_drain(struct mim_pool *pool, struct mim_pool_client *client)
{
    mim_pool_work(pool, client, nothing_runs, never_interrupted);
}
