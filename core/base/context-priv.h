/* SPDX-License-Identifier: MIT */
/* The context as rooms below its owner see it: each part is made, changed and freed by one room, named here. */
#ifndef MIM_CORE_BASE_CONTEXT_PRIV_H
#define MIM_CORE_BASE_CONTEXT_PRIV_H

#include <stdbool.h>

#include <mim/context.h>

struct mim_config;
struct mim_host;
struct mim_pool;
struct mim_registry;

struct mim_context {
    struct mim_context_options options;
    const struct mim_host *host;   /* what plugins are given */
    struct mim_registry *registry; /* registry/registry.c, made on the first call that needs it */
    struct mim_config *config;     /* registry/config.c, likewise */
    struct mim_pool *pool;         /* pipeline/pool.c; NULL until a second thread is wanted */
    unsigned threads;              /* the caller's among them */
    bool is_list_cut;              /* registry/listing.c: memory ran out in the list asked for last */
    mim_log_function log;          /* base/log.c, and the next two */
    void *log_user;
    enum mim_log_level log_level;
};

#endif
