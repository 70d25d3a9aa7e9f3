/* SPDX-License-Identifier: MIT */
/* The number of threads that may run at once, by affinity, cgroup quota and batch allotment. */
#include "base/cpus.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned
count_affinity(void)
{
    /* retry with a larger set when the machine has more processors than it holds */
    for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)processors);
        size_t size = CPU_ALLOC_SIZE((size_t)processors);
        if (!set)
            break;
        int count = sched_getaffinity(0, size, set) ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (count > 0)
            return (unsigned)count;
    }
    return 1;
}

static unsigned
quotient_up(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return UINT_MAX;
    long long whole = quota / period + (quota % period != 0);
    return whole < UINT_MAX ? (unsigned)whole : UINT_MAX;
}

static unsigned
smaller_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool
read_line(char *into, int size, const char *directory, const char *name)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    bool read = file && fgets(into, size, file);
    if (file)
        fclose(file);
    return read;
}

/* Version 2: "max 100000" or "150000 100000". Version 1: two files, where a quota of -1 means none. */
static unsigned
quota_of(const char *directory)
{
    char line[64], period_line[64];
    long long quota = 0, period = 0;
    if (read_line(line, sizeof line, directory, "cpu.max"))
        return sscanf(line, "%lld %lld", &quota, &period) == 2 ? quotient_up(quota, period) : UINT_MAX;
    if (!read_line(line, sizeof line, directory, "cpu.cfs_quota_us") ||
        !read_line(period_line, sizeof period_line, directory, "cpu.cfs_period_us"))
        return UINT_MAX;
    return quotient_up(atoll(line), atoll(period_line));
}

/* A group's quota bounds its children, so the lowest up to the root applies. */
static unsigned
lowest_quota(const char *root, char *group)
{
    unsigned least = UINT_MAX;
    for (;;) {
        char directory[PATH_MAX];
        snprintf(directory, sizeof directory, "%s%s", root, group);
        least = smaller_of(least, quota_of(directory));
        char *slash = strrchr(group, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

/* Lines are "ID:CONTROLLERS:/GROUP", without controllers in version 2. */
unsigned
mim_cpus_cgroup(const char *list, const char *mount)
{
    unsigned least = UINT_MAX;
    char line[PATH_MAX], root[PATH_MAX];
    FILE *file = fopen(list, "re");
    while (file && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        controllers++;
        bool unified = !*controllers;
        if (!unified && strcmp(controllers, "cpu") && strcmp(controllers, "cpu,cpuacct"))
            continue;
        snprintf(root, sizeof root, "%.3000s%s%s", mount, unified ? "" : "/", controllers);
        least = smaller_of(least, lowest_quota(root, group));
    }
    if (file)
        fclose(file);
    return least;
}

static unsigned
slurm_allotment(void)
{
    const char *text = getenv("SLURM_CPUS_PER_TASK");
    long count = text ? strtol(text, NULL, 10) : 0;
    return count > 0 && count < INT_MAX ? (unsigned)count : UINT_MAX;
}

unsigned
mim_usable_threads(void)
{
    unsigned least = smaller_of(count_affinity(), slurm_allotment());
    return smaller_of(least, mim_cpus_cgroup("/proc/self/cgroup", "/sys/fs/cgroup"));
}
