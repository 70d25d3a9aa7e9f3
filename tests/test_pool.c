/* SPDX-License-Identifier: MIT */
/* The pool: steps of clients on a context's threads. */
#include <stdatomic.h>
#include <unistd.h>

#include "check.h"
#include "mock.h"
#include "pool.h"

#define STEPS 200

struct client {
    struct mim_pool_client pool_client; /* first */
    int claimed, settled, sleep_us;
    bool closed;
    pthread_t claimers[STEPS];
    _Atomic int busy[64], at_once, most_at_once;
    int asked;           /* whether it is interrupted */
    int interrupt_after; /* so many questions; 0 = never */
};

static bool
claim(struct mim_pool_client *base, unsigned worker, void *step)
{
    struct client *client = (struct client *)base;
    (void)worker;
    if (client->closed || client->claimed == STEPS)
        return false;
    *(int *)step = client->claimed++;
    return true;
}

static void
run(struct mim_pool_client *base, unsigned worker, void *step)
{
    struct client *client = (struct client *)base;
    MUST(atomic_exchange(&client->busy[worker], 1) == 0); /* one thread is one worker */
    int running = atomic_fetch_add(&client->at_once, 1) + 1;
    if (running > client->most_at_once)
        client->most_at_once = running;
    client->claimers[*(int *)step] = pthread_self();
    if (client->sleep_us)
        usleep((useconds_t)client->sleep_us);
    atomic_fetch_sub(&client->at_once, 1);
    MUST(atomic_exchange(&client->busy[worker], 0) == 1);
}

static bool
settle(struct mim_pool_client *base, unsigned worker, void *step)
{
    (void)worker, (void)step;
    ((struct client *)base)->settled++;
    return true;
}

static bool
all_settled(struct mim_pool_client *base)
{
    return ((struct client *)base)->settled == STEPS;
}

static bool
never(struct mim_pool_client *base)
{
    (void)base;
    return false;
}

static bool
is_interrupted(struct mim_pool_client *base)
{
    struct client *client = (struct client *)base;
    client->asked++;
    return client->interrupt_after && client->asked >= client->interrupt_after;
}

static struct client
new_client(int sleep_us)
{
    return (struct client){ .pool_client = { .claim = claim, .run = run, .settle = settle }, .sleep_us = sleep_us };
}

static struct mim_context *
context_of(unsigned threads, struct mim_pool **pool)
{
    struct mim_context *context = NULL;
    CHECK(mim_context_create(&context, &(struct mim_context_options){ .no_system = 1, .no_config = 1 }, NULL) ==
          MIM_OK);
    CHECK(mim_context_set_threads(context, threads, NULL) == MIM_OK);
    *pool = mim_pool_of(context, NULL);
    CHECK(*pool && mim_pool_of(context, NULL) == *pool && mim_pool_threads(*pool) == threads);
    return context;
}

static int
threads_that_worked(const struct client *client)
{
    int count = 0;
    for (int i = 0; i < STEPS; i++) {
        bool seen = false;
        for (int j = 0; j < i && !seen; j++)
            seen = pthread_equal(client->claimers[i], client->claimers[j]);
        count += !seen;
    }
    return count;
}

static void
one_thread_does_all_inline(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(1, &pool);
    struct client client = new_client(0);
    mim_pool_start(pool);
    mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
    CHECK(client.settled == STEPS && client.asked == STEPS);
    CHECK(threads_that_worked(&client) == 1 && pthread_equal(client.claimers[0], pthread_self()));
    mim_context_destroy(context);
}

static void
helpers_share_the_work_of_attached_clients(void)
{
    for (unsigned threads = 2; threads <= 8; threads += 3) {
        struct mim_pool *pool;
        struct mim_context *context = context_of(threads, &pool);
        struct client client = new_client(300);
        mim_pool_start(pool);
        mim_pool_attach(pool, &client.pool_client);
        mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
        mim_pool_detach(pool, &client.pool_client);
        CHECK(client.settled == STEPS);
        CHECK(threads_that_worked(&client) >= 2 && client.most_at_once <= (int)threads);
        mim_context_destroy(context);
    }
}

static void
helpers_leave_others_alone(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(3, &pool);
    struct client client = new_client(50);
    mim_pool_start(pool);
    mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
    CHECK(threads_that_worked(&client) == 1);
    mim_context_destroy(context);
}

static void
after_detaching_nothing_runs(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(4, &pool);
    for (int i = 0; i < 20; i++) {
        struct client client = new_client(200);
        mim_pool_start(pool);
        mim_pool_attach(pool, &client.pool_client);
        usleep(1000);
        mim_pool_detach(pool, &client.pool_client);
        int claimed = client.claimed;
        CHECK(!client.at_once && client.claimed == client.settled);
        usleep(500);
        CHECK(client.claimed == claimed);
    }
    mim_context_destroy(context);
}

static void
who_waits_helps_others(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(2, &pool);
    struct client idle = new_client(0), busy = new_client(100);
    idle.closed = true;
    idle.interrupt_after = 50;
    mim_pool_attach(pool, &busy.pool_client); /* no helper was started */
    mim_pool_work(pool, &idle.pool_client, never, is_interrupted);
    CHECK(busy.settled == 49);
    mim_pool_detach(pool, &busy.pool_client);
    mim_context_destroy(context);
}

static void
who_waits_for_nothing_is_asked_within_50_ms(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(2, &pool);
    struct client client = new_client(0);
    client.closed = true;
    client.interrupt_after = 3;
    double start = mock_seconds();
    mim_pool_work(pool, &client.pool_client, never, is_interrupted);
    double took = mock_seconds() - start;
    CHECK(client.asked == 3 && took > 0.09 && took < 0.3);
    mim_context_destroy(context);
}

static void
a_context_without_work_starts_no_thread(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(64, &pool);
    mim_context_destroy(context);
    mim_pool_destroy(NULL);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(one_thread_does_all_inline),
        CASE(helpers_share_the_work_of_attached_clients),
        CASE(helpers_leave_others_alone),
        CASE(after_detaching_nothing_runs),
        CASE(who_waits_helps_others),
        CASE(who_waits_for_nothing_is_asked_within_50_ms),
        CASE(a_context_without_work_starts_no_thread),
    };
    return cmocka_run_group_tests_name("pool", cases, NULL, NULL);
}
