/* SPDX-License-Identifier: MIT */
/* A transport of a plugin at work on one URI. */
#ifndef MIM_CORE_TRANSPORT_TRANSPORT_H
#define MIM_CORE_TRANSPORT_TRANSPORT_H

#include "plugin/job.h"
#include "plugin/operation.h"
#include "transport/range-cache.h"

struct mim_transport {
    struct mim_operation operation; /* a part of the operation that reads */
    struct mim_core_job job;
    const struct mim_transport_ops *ops;
    struct mim_transport_info info;
    struct mim_range_cache cache; /* unused without MIM_TRANSPORT_RANGES */
    char *name;                   /* begins messages */
    bool is_opened;
};

struct mim_transport_target {
    const struct mim_plugin *plugin;
    const struct mim_transport_ops *ops; /* of the plugin, for the scheme */
    const char *uri, *name;              /* the name is the URI without secrets */
};

/* Opens the URI for the operation. `*is_missing`: it failed because nothing has this name. */
enum mim_status mim_transport_open(struct mim_transport **out, struct mim_operation *whole,
                                   const struct mim_transport_target *target, bool *is_missing, struct mim_error *err);
/* Reads some bytes: their number, 0 at the end, or minus the status with `err` filled. One thread at a time. `user` is the transport. */
int64_t mim_transport_read(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err);
/* NULL is welcome. */
void mim_transport_close(void *user);

#endif
