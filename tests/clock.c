/* SPDX-License-Identifier: MIT */
/* A clock that is moved by hand. */
#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define MOST_WAITERS 16

struct waiter {
    pthread_cond_t *condition; /* NULL: free */
    uint64_t until_ns;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool held;
    enum clock_waits waits;
    uint64_t now_ns, longest_ns;
    unsigned wait_count;
    struct waiter waiters[MOST_WAITERS];
} state;

int __real_clock_gettime(clockid_t id, struct timespec *time);
int __wrap_clock_gettime(clockid_t id, struct timespec *time);
int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until);

static uint64_t
nanoseconds(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

int
__wrap_clock_gettime(clockid_t id, struct timespec *time)
{
    pthread_mutex_lock(&lock);
    bool held = state.held;
    *time = (struct timespec){ (time_t)(state.now_ns / 1000000000u), (long)(state.now_ns % 1000000000u) };
    pthread_mutex_unlock(&lock);
    return held ? 0 : __real_clock_gettime(id, time);
}

/* Count the wait; NULL when the clock does not make it last. */
static struct waiter *
start_wait(pthread_cond_t *condition, uint64_t until_ns)
{
    struct waiter *waiter = NULL;
    pthread_mutex_lock(&lock);
    uint64_t length = until_ns > state.now_ns ? until_ns - state.now_ns : 0;
    state.wait_count++;
    if (length > state.longest_ns)
        state.longest_ns = length;
    if (state.waits == CLOCK_WAITS_PASS)
        state.now_ns += length;
    for (int i = 0; i < MOST_WAITERS && state.now_ns < until_ns && !waiter; i++)
        if (!state.waiters[i].condition)
            waiter = &state.waiters[i];
    if (waiter)
        *waiter = (struct waiter){ condition, until_ns };
    pthread_mutex_unlock(&lock);
    return waiter;
}

/* Is it over? */
static bool
end_wait(struct waiter *waiter)
{
    pthread_mutex_lock(&lock);
    bool over = state.now_ns >= waiter->until_ns;
    waiter->condition = NULL;
    pthread_mutex_unlock(&lock);
    return over;
}

/* A wake-up between start_wait() and the wait is lost; whoever moves the clock wakes again. */
int
__wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
    if (!clock_is_held())
        return __real_pthread_cond_timedwait(condition, mutex, until);

    struct waiter *waiter = start_wait(condition, nanoseconds(until));
    if (!waiter)
        return ETIMEDOUT;
    pthread_cond_wait(condition, mutex);
    return end_wait(waiter) ? ETIMEDOUT : 0;
}

void
clock_hold(enum clock_waits waits)
{
    struct timespec now;
    __real_clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&lock);
    state.held = true;
    state.waits = waits;
    state.now_ns = nanoseconds(&now) / 1000000 * 1000000;
    state.longest_ns = state.wait_count = 0;
    pthread_mutex_unlock(&lock);
}

void
clock_release(void)
{
    pthread_mutex_lock(&lock);
    state.held = false;
    pthread_mutex_unlock(&lock);
}

bool
clock_is_held(void)
{
    pthread_mutex_lock(&lock);
    bool held = state.held;
    pthread_mutex_unlock(&lock);
    return held;
}

void
clock_advance_ms(uint64_t ms)
{
    pthread_mutex_lock(&lock);
    state.now_ns += ms * 1000000;
    for (int i = 0; i < MOST_WAITERS; i++)
        if (state.waiters[i].condition && state.waiters[i].until_ns <= state.now_ns)
            pthread_cond_broadcast(state.waiters[i].condition);
    pthread_mutex_unlock(&lock);
}

uint64_t
clock_now_ms(void)
{
    struct timespec now;
    __wrap_clock_gettime(CLOCK_MONOTONIC, &now);
    return nanoseconds(&now) / 1000000;
}

unsigned
clock_wait_count(void)
{
    pthread_mutex_lock(&lock);
    unsigned count = state.wait_count;
    pthread_mutex_unlock(&lock);
    return count;
}

uint64_t
clock_longest_wait_ms(void)
{
    pthread_mutex_lock(&lock);
    uint64_t longest = state.longest_ns / 1000000;
    pthread_mutex_unlock(&lock);
    return longest;
}
