/* SPDX-License-Identifier: MIT */
/* The progress of a conversion, from what its readers and its writer report. */
#ifndef MIM_CORE_API_CONVERSION_PROGRESS_H
#define MIM_CORE_API_CONVERSION_PROGRESS_H

#include <stdbool.h>

#include <mim/control.h>

struct mim_conversion_progress {
    const struct mim_control *control; /* the caller's */
    bool is_joined;                    /* from several sources, so that the total is unknown */
    struct mim_progress latest;        /* reported */
    uint64_t frames;                   /* written */
    uint64_t frames_before;            /* those of earlier sources */
};

void mim_conversion_progress_start(struct mim_conversion_progress *progress, const struct mim_control *control,
                                   bool is_joined);
/* Set the callbacks of the readers and of the writer, which pass on to the caller's. */
void mim_conversion_progress_listen(struct mim_conversion_progress *progress, struct mim_control *read,
                                    struct mim_control *write);

#endif
