/* SPDX-License-Identifier: MIT */
/* Reads neighbouring chunks together, but only the heads of chunks that are far apart. */
#include "chunk/window.h"

enum { WINDOW_SIZE = 64 * 1024 };

static int32_t
fill_window(struct mim_job *job, struct pngx_window *window, uint64_t offset, uint64_t size)
{
    if (!window->bytes)
        window->bytes = job->host->resize(job, NULL, 0, WINDOW_SIZE);
    if (!window->bytes)
        return MIM_NOMEM;
    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;

    int64_t got = job->host->read_at(job, window->bytes, size, offset);
    window->offset = offset;
    window->size = got > 0 ? (uint64_t)got : 0;
    return got < 0 ? (int32_t)-got : MIM_OK;
}

static uint64_t
bytes_available(const struct pngx_window *window, uint64_t offset)
{
    uint64_t inside = offset - window->offset;

    return offset >= window->offset && inside < window->size ? window->size - inside : 0;
}

/* After a jump beyond the window, the bytes after the requested head are pixels that need not be read. */
static uint64_t
read_size(const struct pngx_window *window, uint64_t offset)
{
    uint64_t end = window->offset + window->size;
    int is_near = offset >= window->offset && offset - window->offset <= WINDOW_SIZE + (end - window->offset);

    return is_near ? WINDOW_SIZE : PNGX_WINDOW_GET_MAX;
}

int32_t
pngx_window_get(struct mim_job *job, struct pngx_window *window, uint64_t offset, uint64_t size, const uint8_t **bytes)
{
    if (bytes_available(window, offset) < size) {
        int32_t status = fill_window(job, window, offset, read_size(window, offset));
        if (status != MIM_OK)
            return status;
    }
    *bytes = window->bytes + (offset - window->offset);
    return bytes_available(window, offset) < size ? MIM_TRUNCATED : MIM_OK;
}

int32_t
pngx_window_span(struct mim_job *job, struct pngx_window *window, uint64_t offset, const uint8_t **bytes,
                 uint64_t *size)
{
    if (!bytes_available(window, offset)) {
        int32_t status = fill_window(job, window, offset, WINDOW_SIZE);
        if (status != MIM_OK)
            return status;
    }
    *bytes = window->bytes + (offset - window->offset);
    *size = bytes_available(window, offset);
    return *size ? MIM_OK : MIM_TRUNCATED;
}

void
pngx_window_close(struct mim_job *job, struct pngx_window *window)
{
    if (window->bytes)
        job->host->resize(job, window->bytes, WINDOW_SIZE, 0);
    *window = (struct pngx_window){ 0 };
}
