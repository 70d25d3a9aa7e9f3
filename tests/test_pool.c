/* SPDX-License-Identifier: MIT */
/* The pool: steps of clients on a context's threads. */
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "mock.h"
#include "pipeline/pool.h"

#define STEPS 200

struct client {
    struct mim_pool_client pool_client; /* first */
    int claimed, settled;
    bool closed;
    pthread_t claimers[STEPS];
    _Atomic int busy[64];
    int at_once, most_at_once; /* steps that run */
    int meeting;               /* steps last until so many have run at once; 0 = they do not wait */
    bool is_held;              /* steps last until this is false */
    struct client *after;      /* steps last until all of this client's are settled */
    int asked;                 /* whether it is interrupted */
    int interrupt_after;       /* so many questions; 0 = never */
};

/* Guards what steps wait for. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

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

static bool
has_to_wait(struct client *client)
{
    return client->most_at_once < client->meeting || client->is_held ||
           (client->after && client->after->settled < STEPS);
}

static void
run(struct mim_pool_client *base, unsigned worker, void *step)
{
    struct client *client = (struct client *)base;
    MUST(atomic_exchange(&client->busy[worker], 1) == 0); /* one thread is one worker */
    client->claimers[*(int *)step] = pthread_self();
    pthread_mutex_lock(&gate);
    if (++client->at_once > client->most_at_once)
        client->most_at_once = client->at_once;
    pthread_cond_broadcast(&moved);
    while (has_to_wait(client))
        pthread_cond_wait(&moved, &gate);
    client->at_once--;
    pthread_mutex_unlock(&gate);
    MUST(atomic_exchange(&client->busy[worker], 0) == 1);
}

static bool
settle(struct mim_pool_client *base, unsigned worker, void *step)
{
    (void)worker, (void)step;
    pthread_mutex_lock(&gate);
    ((struct client *)base)->settled++;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&gate);
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
new_client(void)
{
    return (struct client){ .pool_client = { .claim = claim, .run = run, .settle = settle } };
}

/* Until so many steps of the client run at once. */
static void
await_running(struct client *client, int count)
{
    pthread_mutex_lock(&gate);
    while (client->most_at_once < count)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
}

static void
let_go(struct client *client)
{
    pthread_mutex_lock(&gate);
    client->is_held = false;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&gate);
}

/* Until helpers have done all steps of an attached client. */
static void
await_settled(struct client *client)
{
    pthread_mutex_lock(&gate);
    while (client->settled < STEPS)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
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
    struct client client = new_client();
    mim_pool_start(pool);
    mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
    CHECK(client.settled == STEPS && client.asked == STEPS);
    CHECK(threads_that_worked(&client) == 1 && pthread_equal(client.claimers[0], pthread_self()));
    mim_context_destroy(context);
}

/* Two steps have to run at once, so the pool of this process has a helper. */
static void
work_with_a_helper(struct mim_context *context)
{
    struct mim_pool *pool = mim_pool_of(context, NULL);
    struct client client = new_client();
    MUST(pool);
    mim_pool_start(pool);
    client.meeting = 2;
    mim_pool_attach(pool, &client.pool_client);
    mim_pool_work(pool, &client.pool_client, all_settled, never);
    mim_pool_detach(pool, &client.pool_client);
    MUST(client.settled == STEPS && threads_that_worked(&client) == 2);
}

static int
status_of_child(pid_t child)
{
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

/* The child has none of the parent's threads, and the lock of its pool is taken. */
static void
a_forked_child_uses_and_destroys_the_context(void)
{
    for (int turn = 0; turn < 2; turn++) {
        struct mim_pool *pool;
        struct mim_context *context = context_of(2, &pool);
        work_with_a_helper(context);
        mim_pool_lock(pool);
        pid_t child = fork();
        if (child == 0) {
            alarm(60); /* rather than wait for ever */
            if (turn)
                work_with_a_helper(context);
            mim_context_destroy(context);
            _exit(0);
        }
        mim_pool_unlock(pool);
        assert_int_equal(status_of_child(child), 0);
        work_with_a_helper(context);
        mim_context_destroy(context);
    }
}

/* The first steps wait for each other, so every thread has to come. */
static void
helpers_share_the_work_of_attached_clients(void)
{
    for (unsigned threads = 2; threads <= 8; threads += 3) {
        struct mim_pool *pool;
        struct mim_context *context = context_of(threads, &pool);
        struct client client = new_client();
        client.meeting = (int)threads;
        mim_pool_start(pool);
        mim_pool_attach(pool, &client.pool_client);
        mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
        mim_pool_detach(pool, &client.pool_client);
        CHECK(client.settled == STEPS);
        CHECK(threads_that_worked(&client) == (int)threads && client.most_at_once == (int)threads);
        mim_context_destroy(context);
    }
}

/* Meanwhile they do the work of a client that is attached, so they are awake and look for more. */
static void
helpers_leave_others_alone(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(3, &pool);
    struct client client = new_client(), attached = new_client();
    client.after = &attached;
    mim_pool_start(pool);
    mim_pool_attach(pool, &attached.pool_client);
    mim_pool_work(pool, &client.pool_client, all_settled, is_interrupted);
    mim_pool_detach(pool, &attached.pool_client);
    CHECK(threads_that_worked(&client) == 1 && pthread_equal(client.claimers[0], pthread_self()));
    CHECK(client.settled == STEPS && attached.settled == STEPS);
    mim_context_destroy(context);
}

/* Three steps are running when it detaches; then helpers find another client's work, and none of this one's. */
static void
after_detaching_nothing_runs(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(4, &pool);
    for (int i = 0; i < 20; i++) {
        struct client client = new_client(), next = new_client();
        client.is_held = true;
        mim_pool_start(pool);
        mim_pool_attach(pool, &client.pool_client);
        await_running(&client, 3);
        let_go(&client);
        mim_pool_detach(pool, &client.pool_client);
        int claimed = client.claimed;
        CHECK(claimed >= 3 && !client.at_once && client.claimed == client.settled);
        mim_pool_attach(pool, &next.pool_client);
        await_settled(&next);
        mim_pool_detach(pool, &next.pool_client);
        CHECK(client.claimed == claimed);
    }
    mim_context_destroy(context);
}

static void
who_waits_helps_others(void)
{
    struct mim_pool *pool;
    struct mim_context *context = context_of(2, &pool);
    struct client idle = new_client(), busy = new_client();
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
    struct client client = new_client();
    client.closed = true;
    client.interrupt_after = 3;
    clock_hold(CLOCK_WAITS_PASS);
    uint64_t start = clock_now_ms();
    mim_pool_work(pool, &client.pool_client, never, is_interrupted);
    uint64_t took = clock_now_ms() - start;
    clock_release();
    CHECK(client.asked == 3 && clock_wait_count() == 2 && clock_longest_wait_ms() == 50 && took == 100);
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
        CASE(a_forked_child_uses_and_destroys_the_context),
        CASE(helpers_share_the_work_of_attached_clients),
        CASE(helpers_leave_others_alone),
        CASE(after_detaching_nothing_runs),
        CASE(who_waits_helps_others),
        CASE(who_waits_for_nothing_is_asked_within_50_ms),
        CASE(a_context_without_work_starts_no_thread),
    };
    return cmocka_run_group_tests_name("pool", cases, NULL, NULL);
}
