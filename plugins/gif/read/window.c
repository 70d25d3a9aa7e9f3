/* SPDX-License-Identifier: MIT */
/* Reads on from a position, through the kit's window. */
#include "read/window.h"

#include <string.h>

void
gif_window_close(struct mim_job *job, struct gif_window *window)
{
    mim_window_close(job, &window->window);
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
bytes_available(struct mim_job *job, struct gif_window *window, const uint8_t **bytes)
{
    uint64_t size = 0;

    if (window->status != MIM_OK)
        return 0;
    int32_t status = mim_window_span(job, &window->window, window->position, bytes, &size);
    window->has_ended = status == MIM_TRUNCATED;
    window->status = window->has_ended ? MIM_OK : status;
    return size;
}

uint64_t
gif_window_read(struct mim_job *job, struct gif_window *window, void *out, uint64_t size)
{
    uint64_t done = 0;

    while (done < size) {
        const uint8_t *bytes;
        uint64_t some = bytes_available(job, window, &bytes);
        if (!some)
            break;
        if (some > size - done)
            some = size - done;
        memcpy((uint8_t *)out + done, bytes, some);
        window->position += some;
        done += some;
    }
    return done;
}

uint8_t
gif_window_byte(const struct gif_window *window, uint64_t offset)
{
    return window->window.bytes[offset - window->window.offset];
}

bool
gif_window_skip_blocks(struct mim_job *job, struct gif_window *window)
{
    const uint8_t *bytes;

    while (bytes_available(job, window, &bytes)) {
        window->position += 1 + bytes[0];
        if (!bytes[0])
            return true;
    }
    return false;
}
