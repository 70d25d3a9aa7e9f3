/* SPDX-License-Identifier: MIT */
/* A buffered view of the source, so that many small directories need few reads. */
#include "file/window.h"

#include <string.h>

#define WINDOW_SIZE 65536u
#define SMALL_READ 1024u /* enough for a directory; the bytes beyond are mostly pixels */

/* Read a full window where directories follow each other closely, and little where pixels separate them. */
static uint64_t
bytes_to_read(const struct tiff_window *window, uint64_t offset, uint64_t size)
{
    uint64_t end = window->offset + window->size;
    if (window->size && offset >= window->offset && offset - window->offset < WINDOW_SIZE && offset <= end + SMALL_READ)
        return WINDOW_SIZE;
    return size > SMALL_READ ? size : SMALL_READ;
}

int32_t
tiff_window_get(struct tiff_window *window, struct mim_job *job, uint64_t offset, uint64_t size, const uint8_t **bytes)
{
    if (size > WINDOW_SIZE || offset > UINT64_MAX - WINDOW_SIZE)
        return MIM_TRUNCATED;
    if (!window->data) {
        window->data = job->host->resize(job, NULL, 0, WINDOW_SIZE);
        if (!window->data)
            return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to read directories");
        window->capacity = WINDOW_SIZE;
    }

    if (offset < window->offset || offset + size > window->offset + window->size) {
        int64_t got = job->host->read_at(job, window->data, bytes_to_read(window, offset, size), offset);
        window->offset = offset;
        window->size = got > 0 ? (uint64_t)got : 0;
        if (got < 0)
            return (int32_t)-got;
    }
    if (offset + size > window->offset + window->size)
        return MIM_TRUNCATED;
    *bytes = window->data + (offset - window->offset);
    return MIM_OK;
}

void
tiff_window_close(struct tiff_window *window, struct mim_job *job)
{
    job->host->resize(job, window->data, window->capacity, 0);
    *window = (struct tiff_window){ 0 };
}
