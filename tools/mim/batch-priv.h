/* SPDX-License-Identifier: MIT */
/* The threads of a batch. */
#ifndef MIM_TOOL_BATCH_PRIV_H
#define MIM_TOOL_BATCH_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "batch.h"

struct worker {
    struct workers *workers;
    struct mim_context *context;
    struct notices notices;      /* of the current file */
    uint64_t frames;             /* of the current file */
    struct batch_result result;
    bool has_result;             /* `result` is not yet reported */
    bool is_started;
    pthread_t thread;
    struct batch_file *file;     /* being converted; NULL: none */
    int64_t started_ms;          /* when, by the monotonic clock */
    atomic_bool is_abandoned;    /* stuck in a file: another worker goes on, and this one is never freed */
};

struct workers {
    struct cli *cli;
    struct batch_list *list;
    bool is_exclusive;           /* second pass: one file at a time, with the whole budget */
    bool is_divided;             /* `share` is less than the whole budget */
    struct mim_limits share;     /* limits of each worker */
    _Atomic uint64_t frames;     /* of all files so far, for the progress line */
    uint64_t reported;           /* number of files whose result was reported */
    struct worker **items;
    size_t count;
    uint64_t limit_ms;           /* of one file */

    pthread_mutex_t lock;        /* guards the fields below, the workers' results and files, and cli->notices */
    pthread_cond_t result_ready; /* wakes the reporting thread */
    pthread_cond_t result_taken; /* wakes the workers */
    size_t next;                 /* index of the next file to start */
    size_t running;              /* workers that have not finished */
    bool is_stopped;
};

/* batch-convert.c: convert one file. Return false if there is no result to report: interrupted, abandoned, or postponed
 * to the second pass. */
bool batch_convert(struct worker *worker, struct batch_file *file, struct batch_result *result);

#endif
