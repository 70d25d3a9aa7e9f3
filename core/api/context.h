/* SPDX-License-Identifier: MIT */
/* The context: one registry, one configuration, one pool of threads. */
#ifndef MIM_CORE_API_CONTEXT_H
#define MIM_CORE_API_CONTEXT_H

#include <stdbool.h>

#include <mim/context.h>

struct mim_config;
struct mim_pool;
struct mim_registry;

struct mim_context {
    struct mim_context_options options;
    struct mim_registry *registry; /* made on the first call that needs it */
    struct mim_config *config;     /* likewise */
    struct mim_pool *pool;         /* NULL until a second thread is wanted; see pool.h */
    unsigned threads;              /* the caller's among them */
    bool list_cut_short;           /* the list that was asked for last */
    mim_log_function log;
    void *log_user;
    enum mim_log_level log_most;
};

void mim_context_say(struct mim_context *context, enum mim_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Read on first use; NULL: no memory. */
struct mim_config *mim_context_config(struct mim_context *context);

/* The limits in force for a call: its own, the context's and mim.conf's, the tightest of what is set; defaults filled
 * in (result_bytes, frame_pixels, frames, metadata_bytes); working_bytes stays 0 when nobody set it. `result_default`
 * is the default result budget of this call. */
enum mim_status mim_context_limits(struct mim_context *context, const struct mim_limits *call, uint64_t result_default,
                                   struct mim_limits *out, struct mim_error *err);

/* Threads that affinity and cgroup allow, at least 1. */
unsigned mim_usable_threads(void);

#endif
