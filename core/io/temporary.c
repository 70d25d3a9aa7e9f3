/* SPDX-License-Identifier: MIT */
/* A fixed list without locks: a signal handler reads it while other threads are anywhere in their work. */
#include "io/temporary.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <mim/sink.h>

#define LIST_SIZE 256

/* UNUSED -> OWNED, while its owner fills it in -> LISTED -> UNUSED, or REMOVED for ever */
enum temporary_state { UNUSED, OWNED, LISTED, REMOVED };

struct mim_temporary {
    atomic_int state;
    int directory;
    char name[NAME_MAX + 1];
};

static struct mim_temporary list[LIST_SIZE];

static int
change_state(struct mim_temporary *temporary, int from, int to)
{
    return atomic_compare_exchange_strong(&temporary->state, &from, to);
}

struct mim_temporary *
mim_temporary_add(int directory, const char *name)
{
    for (size_t i = 0; i < LIST_SIZE; i++) {
        if (!change_state(&list[i], UNUSED, OWNED))
            continue;
        list[i].directory = directory;
        snprintf(list[i].name, sizeof list[i].name, "%s", name);
        atomic_store(&list[i].state, LISTED);
        return &list[i];
    }
    return NULL;
}

void
mim_temporary_drop(struct mim_temporary *temporary)
{
    while (temporary && !change_state(temporary, LISTED, UNUSED))
        pause(); /* the process is ending; the descriptor must stay open until then */
}

void
mim_sink_abandon_all(void)
{
    int number = errno;
    for (size_t i = 0; i < LIST_SIZE; i++)
        if (change_state(&list[i], LISTED, REMOVED))
            unlinkat(list[i].directory, list[i].name, 0);
    errno = number;
}
