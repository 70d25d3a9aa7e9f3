/* SPDX-License-Identifier: MIT */
/* Signal handlers and timers. Handlers run on any thread, at any place of a library. */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mim/sink.h>

#include "cli.h"
#include "report.h"
#include "text.h"

/* A second signal within this time is the same request: timeout(1) sends one to the process and one to its group. */
#define ECHO_MILLISECONDS 50

enum alarm { COUNT_ALARM, GRACE_ALARM, LIMIT_ALARM, ALARMS };

static struct mim_cancel *cancel;
static atomic_int received; /* the first signal; lock-free: set by a signal handler, read by any thread */
static timer_t timers[ALARMS];
static bool has_timer[ALARMS];
static char last_words[1000]; /* of LIMIT_ALARM */

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

/* Signals by which a plugin dies. */
static const struct {
    int number;
    const char *words;
} deaths[] = {
    { SIGSEGV, "mim: segmentation fault" },   { SIGBUS, "mim: bus error" },
    { SIGFPE, "mim: floating-point exception" }, { SIGILL, "mim: illegal instruction" },
    { SIGABRT, "mim: aborted" },
};
enum { DEATHS = sizeof deaths / sizeof *deaths };

/* Prints a line and the plugins that are running, also in a handler. */
static void
print_running(const char *words, bool own_thread)
{
    char line[sizeof last_words + 300], running[256];
    size_t length = strlen(words), more = mim_running_plugins(running, sizeof running, own_thread);

    memcpy(line, words, length);
    if (more) {
        memcpy(line + length, " (", 2);
        memcpy(line + length + 2, running, more);
        line[length + more + 2] = ')';
        length += more + 3;
    }
    line[length++] = '\n';
    (void)!write(STDERR_FILENO, line, length);
}

/* Without timers, where the system has no more of them, there is no deadline. */
static void
set_alarm(enum alarm alarm, uint64_t milliseconds)
{
    const struct itimerspec when = { .it_value = { (time_t)(milliseconds / 1000), (long)(milliseconds % 1000 * 1000000) } };
    if (has_timer[alarm])
        timer_settime(timers[alarm], 0, &when, NULL);
}

static bool
is_echo(void)
{
    struct itimerspec left;
    return has_timer[GRACE_ALARM] && !timer_gettime(timers[GRACE_ALARM], &left) &&
           left.it_value.tv_sec * 1000 + left.it_value.tv_nsec / 1000000 >= GRACE_MILLISECONDS - ECHO_MILLISECONDS;
}

/* In the signal's own handler, the signal is delivered on return. */
static void
end_by(int number)
{
    mim_sink_abandon_all();
    signal(number, SIG_DFL);
    kill(getpid(), number);
}

static void
on_signal(int number)
{
    int before = errno, none = 0;

    if (atomic_compare_exchange_strong(&received, &none, number)) {
        mim_cancel_request(cancel);
        set_alarm(GRACE_ALARM, GRACE_MILLISECONDS);
    } else if (!is_echo()) {
        end_by(number);
    }
    errno = before;
}

static void
on_alarm(int number, siginfo_t *info, void *context)
{
    int before = errno;

    (void)number, (void)context;
    if (info->si_value.sival_int == COUNT_ALARM)
        mim_cancel_request(cancel);
    if (info->si_value.sival_int == GRACE_ALARM) {
        print_running("mim: interrupted while a library does not return", false);
        end_by(received);
    }
    if (info->si_value.sival_int == LIMIT_ALARM) {
        mim_sink_abandon_all();
        print_running(last_words, false);
        _exit(EXIT_WORKER);
    }
    errno = before;
}

static void
on_death(int number)
{
    size_t i = 0;

    while (i < DEATHS - 1 && deaths[i].number != number)
        i++;
    print_running(deaths[i].words, true);
    mim_sink_abandon_all();
    signal(number, SIG_DFL);
    raise(number);
}

/* On a stack of its own, if that of this thread overflows. Leaves the handlers of sanitizers. */
static void
catch_deaths(void)
{
    static char stack[65536];
    struct sigaction old, action = { .sa_handler = on_death, .sa_flags = SA_ONSTACK };

    sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
    for (size_t i = 0; i < DEATHS; i++)
        if (!sigaction(deaths[i].number, NULL, &old) && old.sa_handler == SIG_DFL)
            sigaction(deaths[i].number, &action, NULL);
}

/* Without SA_RESTART, so that a signal interrupts a read that waits for a pipe. */
static void
catch_signal(int number)
{
    struct sigaction old, action = { .sa_handler = on_signal };
    if (!sigaction(number, NULL, &old) && old.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

static void
create_timers(void)
{
    struct sigaction action = { .sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };

    sigaction(SIGALRM, &action, NULL);
    for (int i = 0; i < ALARMS; i++) {
        event.sigev_value.sival_int = i;
        has_timer[i] = !timer_create(CLOCK_MONOTONIC, &event, &timers[i]);
    }
}

bool
signals_catch(void)
{
    cancel = mim_cancel_create();
    if (!cancel)
        return false;

    create_timers();
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        catch_signal(caught[i]);
    catch_deaths();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return true;
}

/* From here on a signal ends the process, because the handler must not use the destroyed switch. */
void
signals_release(void)
{
    struct sigaction now;

    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        if (!sigaction(caught[i], NULL, &now) && now.sa_handler == on_signal)
            signal(caught[i], SIG_DFL);
    signal(SIGALRM, SIG_IGN);
    for (int i = 0; i < ALARMS; i++)
        if (has_timer[i])
            timer_delete(timers[i]);
    mim_cancel_destroy(cancel);
    cancel = NULL;
}

struct mim_cancel *
signals_cancel(void)
{
    return cancel;
}

bool
signals_interrupted(void)
{
    return received != 0;
}

void
signals_end(void)
{
    if (received)
        end_by(received);
}

void
signals_deadline(unsigned milliseconds)
{
    set_alarm(COUNT_ALARM, milliseconds);
    if (milliseconds)
        return;

    mim_cancel_reset(cancel);
    if (received) /* the reset must not lose a signal */
        mim_cancel_request(cancel);
}

void
signals_watch(const char *subject, uint64_t milliseconds)
{
    set_alarm(LIMIT_ALARM, 0);
    if (!milliseconds || milliseconds > (uint64_t)INT64_MAX / 1000)
        return;

    FILE *out = fmemopen(last_words, sizeof last_words, "w");
    if (out) {
        fputs("mim: ", out);
        print_text(out, subject);
        fprintf(out, ": " STUCK_MESSAGE, (double)milliseconds / 1000);
        fclose(out);
    }
    set_alarm(LIMIT_ALARM, milliseconds + GRACE_MILLISECONDS);
}
