/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A buffered view of the source, for headers and other small pieces. Pixels are better read in one go, by read_at().
 *
 * Header-only, for plugins. One thread at a time per window.
 */
#ifndef MIM_KIT_WINDOW_H
#define MIM_KIT_WINDOW_H

#include <string.h>

#include <mim/plugin.h>

enum {
    MIM_WINDOW_SIZE = 64 * 1024,
    MIM_WINDOW_SMALL = 1024 /* read after a jump, where the rest of a window would be pixels */
};

/** Zeroed = empty. */
struct mim_window {
    uint8_t *bytes;        /**< the host's memory, MIM_WINDOW_SIZE bytes; NULL before the first read */
    uint64_t offset, size; /**< where in the source they are, and how many */
};

/** Bytes that the window holds from `offset` on. */
static inline uint64_t
mim_window_held(const struct mim_window *window, uint64_t offset)
{
    uint64_t inside = offset - window->offset;
    return offset >= window->offset && inside < window->size ? window->size - inside : 0;
}

static inline int32_t
mim_window_fill(struct mim_job *job, struct mim_window *window, uint64_t offset, uint64_t size)
{
    if (!window->bytes)
        window->bytes = (uint8_t *)job->host->resize(job, NULL, 0, MIM_WINDOW_SIZE);
    if (!window->bytes)
        return MIM_NOMEM;
    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;

    int64_t got = job->host->read_at(job, window->bytes, size, offset);
    window->offset = offset;
    window->size = got > 0 ? (uint64_t)got : 0;
    return got < 0 ? (int32_t)-got : (int32_t)MIM_OK;
}

/**
 * `size` bytes at `offset`, at most MIM_WINDOW_SIZE, that hold until the next call.
 *
 * Pieces at most MIM_WINDOW_SMALL bytes apart are read together; after a longer jump only this many are read, or `size`.
 * MIM_TRUNCATED: the source ends before, and `*bytes` holds what mim_window_held() counts. MIM_ARGUMENT: more
 * than a window was asked for. Else as read_at() and poll() fail, or MIM_NOMEM.
 */
static inline int32_t
mim_window_get(struct mim_job *job, struct mim_window *window, uint64_t offset, uint64_t size, const uint8_t **bytes)
{
    if (size > MIM_WINDOW_SIZE)
        return MIM_ARGUMENT;
    uint64_t held = mim_window_held(window, offset);
    if (!window->bytes || held < size) {
        int is_near = offset >= window->offset && offset - window->offset <= MIM_WINDOW_SMALL + window->size;
        uint64_t small = size > MIM_WINDOW_SMALL ? size : (uint64_t)MIM_WINDOW_SMALL;
        int32_t status = mim_window_fill(job, window, offset, is_near ? (uint64_t)MIM_WINDOW_SIZE : small);
        if (status != MIM_OK)
            return status;
        held = mim_window_held(window, offset);
    }
    *bytes = window->bytes + (offset - window->offset);
    return held < size ? MIM_TRUNCATED : MIM_OK;
}

/**
 * As many bytes from `offset` on as the window holds, at least one, that hold until the next call.
 *
 * MIM_TRUNCATED: the source ends there. Else as mim_window_get().
 */
static inline int32_t
mim_window_span(struct mim_job *job, struct mim_window *window, uint64_t offset, const uint8_t **bytes, uint64_t *size)
{
    if (!mim_window_held(window, offset)) {
        int32_t status = mim_window_fill(job, window, offset, MIM_WINDOW_SIZE);
        if (status != MIM_OK)
            return status;
    }
    *bytes = window->bytes + (offset - window->offset);
    *size = mim_window_held(window, offset);
    return *size ? MIM_OK : MIM_TRUNCATED;
}

/** Give the memory back; the window is empty afterwards. */
static inline void
mim_window_close(struct mim_job *job, struct mim_window *window)
{
    if (window->bytes)
        job->host->resize(job, window->bytes, MIM_WINDOW_SIZE, 0);
    memset(window, 0, sizeof *window);
}

#endif
