/* SPDX-License-Identifier: MIT */
/* A table without locks, which a signal handler can read at any time. */
#include "base/running-calls.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <mim/control.h>

#define MAX_CALLS 128

struct mim_running_call {
    _Alignas(64) _Atomic(const char *) plugin; /* NULL: free */
    _Atomic(const char *) op;                  /* NULL for a moment, and during an inner call */
    const char *own_op;
    struct mim_running_call *outer;            /* of the same thread: a series calls the plugin of its file */
};

static struct mim_running_call calls[MAX_CALLS];
static atomic_uint threads;

/* initial-exec, because any other access may allocate in a signal handler */
static _Thread_local struct mim_running_call *innermost __attribute__((tls_model("initial-exec")));
static _Thread_local unsigned home __attribute__((tls_model("initial-exec"))); /* where this thread looks first, + 1 */

struct mim_running_call *
mim_running_enter(const char *plugin, const char *op)
{
    if (!home)
        home = 1 + atomic_fetch_add(&threads, 4) % MAX_CALLS;
    for (unsigned i = 0; i < MAX_CALLS; i++) {
        struct mim_running_call *call = &calls[(home - 1 + i) % MAX_CALLS];
        const char *none = NULL;
        if (!atomic_compare_exchange_strong(&call->plugin, &none, plugin))
            continue;
        call->outer = innermost;
        call->own_op = op;
        if (call->outer)
            atomic_store_explicit(&call->outer->op, NULL, memory_order_relaxed);
        innermost = call;
        atomic_store_explicit(&call->op, op, memory_order_release);
        return call;
    }
    return NULL;
}

void
mim_running_leave(struct mim_running_call *call)
{
    if (!call)
        return;
    innermost = call->outer;
    if (innermost)
        atomic_store_explicit(&innermost->op, innermost->own_op, memory_order_relaxed);
    atomic_store_explicit(&call->op, NULL, memory_order_relaxed);
    atomic_store_explicit(&call->plugin, NULL, memory_order_release);
}

struct writing {
    char *text;
    size_t size, used;
};

static void
append_text(struct writing *writing, const char *text)
{
    size_t length = strlen(text), left = writing->size - writing->used - 1;
    length = length < left ? length : left;
    memcpy(writing->text + writing->used, text, length);
    writing->used += length;
    writing->text[writing->used] = '\0';
}

static void
append_call(struct writing *writing, const struct mim_running_call *call)
{
    const char *plugin = atomic_load(&call->plugin), *op = atomic_load(&call->op);
    if (!plugin || !op)
        return;
    append_text(writing, writing->used ? "; in plugin " : "in plugin ");
    append_text(writing, plugin);
    append_text(writing, ", ");
    append_text(writing, op);
}

static bool
is_repeated(const struct mim_running_call *call)
{
    for (const struct mim_running_call *before = calls; before < call; before++)
        if (atomic_load(&before->op) == atomic_load(&call->op) && atomic_load(&before->plugin) == atomic_load(&call->plugin))
            return true;
    return false;
}

size_t
mim_running_plugins(char *text, size_t size, int own_thread)
{
    struct writing writing = { text, size, 0 };
    if (!size)
        return 0;
    *text = '\0';
    if (own_thread && innermost)
        append_call(&writing, innermost);
    for (unsigned i = 0; !own_thread && i < MAX_CALLS; i++)
        if (!is_repeated(&calls[i]))
            append_call(&writing, &calls[i]);
    return writing.used;
}
