/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The metadata `sample_aspect`: width to height of samples that are not square.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_ASPECT_H
#define MIM_KIT_ASPECT_H

#include <stdbool.h>
#include <string.h>

#include <mim/kit/ratio.h>
#include <mim/plugin.h>

/** Deliver the aspect of samples of `width` x `height`, in any unit. Nothing is delivered if a number is 0, or if the
 * samples are square to within a percent, as rounded resolutions are. Returns the status of host->meta. */
static inline int32_t
mim_aspect_deliver(struct mim_job *job, uint64_t width, uint64_t height)
{
    uint64_t divisor = mim_ratio_common_divisor(width, height), larger = width > height ? width : height;
    if (width == 0 || height == 0 || (width > height ? width - height : height - width) <= larger / 100)
        return MIM_OK;
    const struct mim_rational aspect = { (int64_t)(width / divisor), (int64_t)(height / divisor) };
    return job->host->meta(job, "sample_aspect", MIM_META_RATIONAL, &aspect, sizeof aspect);
}

/** Get the value of `sample_aspect`, of `type` without flags. Returns false if it is not a positive rational of numbers
 * below 2^31. */
static inline bool
mim_aspect_get(int32_t type, const void *value, uint64_t size, struct mim_rational *aspect)
{
    if (type != MIM_META_RATIONAL || size != sizeof *aspect)
        return false;
    memcpy(aspect, value, sizeof *aspect);
    return aspect->num > 0 && aspect->den > 0 && aspect->num <= INT32_MAX && aspect->den <= INT32_MAX;
}

#endif
