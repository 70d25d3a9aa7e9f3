/* SPDX-License-Identifier: MIT */
/* Runs a program N times in sequence, and prints "wall-ns cpu-ns peak-KiB exit-status" with the average times of a run.
 *    measure N STDOUT PROGRAM [ARGUMENT...]
 * This is a small process, because the parent's memory counts in the child's peak, and its fork in the child's time. */
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct total {
    uint64_t wall_ns, cpu_ns;
    long peak_kib;
    int status;
};

static uint64_t
now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t
used_ns(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

static int
run_once(const char *output, char **command, struct total *total)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    uint64_t start = now_ns();
    int failed = posix_spawnp(&child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed || wait4(child, &status, 0, &usage) != child)
        return -1;

    total->wall_ns += now_ns() - start;
    total->cpu_ns += used_ns(usage.ru_utime) + used_ns(usage.ru_stime);
    if (usage.ru_maxrss > total->peak_kib)
        total->peak_kib = usage.ru_maxrss;
    total->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 0;
}

int
main(int argc, char **argv)
{
    unsigned runs = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    struct total total = { 0 };

    if (runs == 0) {
        fprintf(stderr, "usage: %s N STDOUT PROGRAM [ARGUMENT...]\n", argv[0]);
        return 2;
    }
    for (unsigned i = 0; i < runs; i++) {
        if (run_once(argv[2], argv + 3, &total) != 0) {
            perror(argv[3]);
            return 1;
        }
    }
    printf("%" PRIu64 " %" PRIu64 " %ld %d\n", total.wall_ns / runs, total.cpu_ns / runs, total.peak_kib, total.status);
    return 0;
}
