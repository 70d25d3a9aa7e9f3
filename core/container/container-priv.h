/* SPDX-License-Identifier: MIT */
/* State of an open archive. */
#ifndef MIM_CORE_CONTAINER_CONTAINER_PRIV_H
#define MIM_CORE_CONTAINER_CONTAINER_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "container/container.h"
#include "plugin/job.h"

struct mim_spool;

struct mim_container {
    struct mim_operation operation; /* a part of that which reads the archive */
    const struct mim_container_ops *ops;
    void *state;
    struct mim_core_job job;
    bool is_opened;
    atomic_uint references;
    pthread_mutex_t lock; /* guards the plugin's position and the fields below */
    struct mim_member_index index;
    uint64_t next;          /* the member that next() makes current; after seek it is not used */
    uint64_t yielded;       /* bytes out since open */
    uint64_t read_before;   /* bytes of the source, when the archive was opened */
    struct mim_spool *kept; /* members that were passed over; NULL: none */
};

/* With the lock: makes the member current. */
enum mim_status mim_container_begin(struct mim_container *container, uint64_t member, struct mim_error *err);
/* With the lock: reads on in the current member; < 0: minus the status. */
int64_t mim_container_read(struct mim_container *container, uint64_t member, void *data, uint64_t size,
                           struct mim_error *err);

#endif
