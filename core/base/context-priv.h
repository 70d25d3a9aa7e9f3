/* SPDX-License-Identifier: MIT */
/* The context as lower rooms see it. Each part is created, changed and freed by the file named here. */
#ifndef MIM_CORE_BASE_CONTEXT_PRIV_H
#define MIM_CORE_BASE_CONTEXT_PRIV_H

#include <stdbool.h>

#include <mim/context.h>

struct mim_config;
struct mim_host;
struct mim_operation;
struct mim_pool;
struct mim_registry;
struct mim_source;

struct mim_context {
    struct mim_context_options options;
    const struct mim_host *host;   /* the host table for plugins */
    enum mim_status (*resolve)(struct mim_operation *, struct mim_source **, struct mim_error *); /* container/container-path.c */
    struct mim_registry *registry; /* registry/registry.c, created on first use */
    struct mim_config *config;     /* registry/config.c, created on first use */
    struct mim_pool *pool;         /* pipeline/pool.c; NULL until a second thread is needed */
    unsigned threads;              /* including the caller's */
    bool is_list_cut;              /* registry/listing.c: memory ran out during the latest listing */
    mim_log_function log;          /* base/log.c, like the next two */
    void *log_user;
    enum mim_log_level log_level;
};

#endif
