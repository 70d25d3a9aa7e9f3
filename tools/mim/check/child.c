/* SPDX-License-Identifier: MIT */
/* A child process runs one test; it reports through memory that it shares with its parent. */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../signals.h"

/* Sanitizers reserve more address space than any limit allows. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

enum { MAX_SPACE = 1 << 30, MAX_FILE = 1 << 30 };

/* By the clock, a test may take this many times as long as it computes, since other programs run beside it. */
enum { WALL_SECONDS = 10 };

/* The page that parent and child share. */
static struct check_outcome *shared;

static void
say(char *text, size_t size, const char *format, va_list arguments)
{
    vsnprintf(text, size, format, arguments);
}

_Noreturn void
trial_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(shared->message, sizeof shared->message, format, arguments);
    va_end(arguments);
    _exit(CHECK_FAILED);
}

_Noreturn void
trial_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(shared->message, sizeof shared->message, format, arguments);
    va_end(arguments);
    _exit(CHECK_SKIPPED);
}

void
trial_at(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(shared->at, sizeof shared->at, format, arguments);
    va_end(arguments);
}

void
trial_remark(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(shared->message, sizeof shared->message, format, arguments);
    va_end(arguments);
}

size_t
trial_printed(void)
{
    struct stat facts;
    fflush(stdout);
    return fstat(STDOUT_FILENO, &facts) < 0 ? 0 : (size_t)facts.st_size;
}

static void
set_limit(int resource, rlim_t value)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0 || limit.rlim_cur <= value)
        return;
    limit.rlim_cur = value;
    setrlimit(resource, &limit);
}

static _Noreturn void
run_trial(const struct check_trial *trial, int output)
{
    setpgid(0, 0);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_CPU, trial->subject->seconds);
    set_limit(RLIMIT_FSIZE, MAX_FILE);
#ifndef SANITIZED
    set_limit(RLIMIT_AS, (rlim_t)4 * MAX_SPACE);
#endif
    trial->test->run(trial);
    _exit(CHECK_PASSED);
}

static uint64_t
milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits until the child closes its end of the pipe. Returns false if it does not in time. */
static bool
wait_for_end(int pipe, unsigned seconds)
{
    uint64_t end = milliseconds_now() + (uint64_t)seconds * 1000;
    for (uint64_t now; (now = milliseconds_now()) < end && !signals_interrupted();) {
        struct pollfd ready = { .fd = pipe, .events = POLLIN };
        int count = poll(&ready, 1, (int)(end - now));
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static void
take_output(struct check_outcome *outcome, int output)
{
    ssize_t size = pread(output, outcome->output, sizeof outcome->output - 1, 0);
    outcome->output[size > 0 ? size : 0] = '\0';
}

static void
take_result(struct check_outcome *outcome, const struct check_trial *trial, bool ended, int state)
{
    *outcome = *shared;
    outcome->result = CHECK_FAILED;
    if (!ended)
        snprintf(outcome->message, sizeof outcome->message, "it does not end within %u s", trial->subject->seconds * WALL_SECONDS);
    else if (WIFSIGNALED(state) && WTERMSIG(state) == SIGXCPU)
        snprintf(outcome->message, sizeof outcome->message, "it computes for more than %u s", trial->subject->seconds);
    else if (WIFSIGNALED(state))
        snprintf(outcome->message, sizeof outcome->message, "the process died by signal %d (%s)", WTERMSIG(state),
                 strsignal(WTERMSIG(state)));
    else if (WEXITSTATUS(state) > CHECK_SKIPPED || (WEXITSTATUS(state) == CHECK_FAILED && !*shared->message))
        snprintf(outcome->message, sizeof outcome->message, "the process ended with status %d", WEXITSTATUS(state));
    else {
        outcome->result = (enum check_result)WEXITSTATUS(state);
        *outcome->at = '\0';
    }
}

static void
fail_start(struct check_outcome *outcome)
{
    outcome->result = CHECK_FAILED;
    snprintf(outcome->message, sizeof outcome->message, "no process for the test: %m");
}

void
child_run(const struct check_trial *trial, struct check_outcome *outcome)
{
    int ends[2] = { -1, -1 }, output = memfd_create("output", MFD_CLOEXEC), state = 0;
    *outcome = (struct check_outcome){ 0 };
    if (!shared)
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    pid_t child = shared == MAP_FAILED || output < 0 || pipe(ends) < 0 ? -1 : (*shared = *outcome, fork());
    if (!child) {
        close(ends[0]);
        run_trial(trial, output);
    }
    if (child < 0) {
        fail_start(outcome);
    } else {
        close(ends[1]);
        ends[1] = -1;
        setpgid(child, child);
        bool ended = wait_for_end(ends[0], trial->subject->seconds * WALL_SECONDS);
        kill(-child, SIGKILL); /* a child that has ended is not reaped yet, so its number is its own */
        waitpid(child, &state, 0);
        take_result(outcome, trial, ended, state);
        take_output(outcome, output);
    }
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    if (output >= 0)
        close(output);
}
