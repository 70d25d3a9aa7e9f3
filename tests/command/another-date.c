/* SPDX-License-Identifier: MIT */
/* Preloaded: the date is 1000 days, 5 hours and 7.5 seconds later. */
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#define LATER (1000 * 86400 + 5 * 3600 + 7)
#define LATER_NS 500000000

int
clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (failed || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return failed;
    now->tv_sec += LATER + (now->tv_nsec + LATER_NS) / 1000000000;
    now->tv_nsec = (now->tv_nsec + LATER_NS) % 1000000000;
    return 0;
}

int
gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){ exact.tv_sec, exact.tv_nsec / 1000 };
    return 0;
}

time_t
time(time_t *now)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now)
        *now = exact.tv_sec;
    return exact.tv_sec;
}
