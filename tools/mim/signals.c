/* SPDX-License-Identifier: MIT */
/* Turns signals into cancelled jobs. */
#include "signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

static struct mim_cancel *cancel;
static atomic_bool interrupted; /* lock-free: set by a signal handler, read by any thread */

static void
on_signal(int number)
{
    if (number != SIGALRM)
        interrupted = true;
    mim_cancel_request(cancel);
}

/* Without SA_RESTART, so that a signal interrupts a read that waits for a pipe. */
static void
catch_signal(int number)
{
    struct sigaction old, action = { .sa_handler = on_signal };
    if (!sigaction(number, NULL, &old) && old.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

bool
signals_catch(void)
{
    cancel = mim_cancel_create();
    if (!cancel)
        return false;

    static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        catch_signal(caught[i]);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return true;
}

/* Ignores signals from here on, because the handler must not use the destroyed switch. */
void
signals_release(void)
{
    static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        signal(caught[i], SIG_IGN);
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
    return interrupted;
}

void
signals_deadline(unsigned milliseconds)
{
    struct itimerval timer = { .it_value = { milliseconds / 1000, milliseconds % 1000 * 1000 } };
    setitimer(ITIMER_REAL, &timer, NULL);
    if (milliseconds)
        return;

    mim_cancel_reset(cancel);
    if (interrupted) /* the reset must not lose a signal */
        mim_cancel_request(cancel);
}
