/* SPDX-License-Identifier: MIT */
/* Reads the source 64 KB at a time. */
#include "read/window.h"

#include <string.h>

enum { WINDOW_SIZE = 64 * 1024 };

void
gif_window_close(struct mim_job *job, struct gif_window *window)
{
    if (window->bytes)
        job->host->resize(job, window->bytes, WINDOW_SIZE, 0);
    window->bytes = NULL;
}

void
gif_window_seek(struct gif_window *window, uint64_t position)
{
    window->position = position;
    window->has_ended = false;
    window->status = MIM_OK;
}

/* Buffered bytes at the position, after reading the source if there are none. 0: see `has_ended` and `status`. */
static uint64_t
bytes_available(struct mim_job *job, struct gif_window *window)
{
    if (window->status != MIM_OK)
        return 0;
    if (window->position >= window->start && window->position - window->start < window->size)
        return window->size - (window->position - window->start);

    if (!window->bytes)
        window->bytes = job->host->resize(job, NULL, 0, WINDOW_SIZE);
    window->status = window->bytes ? job->host->poll(job) : MIM_NOMEM;
    if (window->status != MIM_OK)
        return 0;

    int64_t got = job->host->read_at(job, window->bytes, WINDOW_SIZE, window->position);
    window->start = window->position;
    window->size = got > 0 ? got : 0;
    window->status = got < 0 ? -got : MIM_OK;
    window->has_ended = got == 0;
    return window->size;
}

uint64_t
gif_window_read(struct mim_job *job, struct gif_window *window, void *out, uint64_t size)
{
    uint64_t done = 0, at = window->position - window->start;

    /* fast path: giflib reads tables three bytes at a time */
    if (window->status == MIM_OK && at < window->size && size <= window->size - at) {
        memcpy(out, window->bytes + at, size);
        window->position += size;
        return size;
    }
    while (done < size) {
        uint64_t some = bytes_available(job, window);
        if (!some)
            break;
        if (some > size - done)
            some = size - done;
        memcpy((uint8_t *)out + done, window->bytes + (window->position - window->start), some);
        window->position += some;
        done += some;
    }
    return done;
}

uint8_t
gif_window_byte(const struct gif_window *window, uint64_t offset)
{
    return window->bytes[offset - window->start];
}

bool
gif_window_skip_blocks(struct mim_job *job, struct gif_window *window)
{
    for (;;) {
        if (!bytes_available(job, window))
            return false;
        uint8_t length = window->bytes[window->position - window->start];
        window->position += 1 + length;
        if (!length)
            return true;
    }
}
