/* SPDX-License-Identifier: MIT */
/* A minimal host for testing the plugin without libmim. */
#ifndef VIDEO_TESTS_HOST_H
#define VIDEO_TESTS_HOST_H

#include <stdbool.h>
#include <stdlib.h>

#include <mim/plugin.h>

#include "check.h"

struct host {
    struct mim_job job;
    const uint8_t *source;
    uint64_t size;
    uint64_t fail_allocation, fail_read, fail_poll; /* fail from the n-th call on; 0: never */
    uint64_t allocations, reads, polls;
    uint64_t max_pixels; /* 0: no limit */
    int64_t allocated, reserved;
    uint64_t notices;
    int32_t status;
    char message[300];
};

/* Prepare for ops on `state` and reset all counters. */
void host_init(struct host *host, const uint8_t *source, uint64_t size, void *state);

#endif
