/* SPDX-License-Identifier: MIT */
/* The kit's window, which reports missing memory. */
#include "file/window.h"

int32_t
tiff_window_get(struct mim_job *job, struct mim_window *window, uint64_t offset, uint64_t size, const uint8_t **bytes)
{
    int32_t status = mim_window_get(job, window, offset, size, bytes);
    if (status == MIM_NOMEM)
        return job->host->fail(job, status, MIM_UNKNOWN, "no memory to read directories");
    return status;
}
