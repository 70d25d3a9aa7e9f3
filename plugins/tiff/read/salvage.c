/* SPDX-License-Identifier: MIT */
/*
 * No codec tells how far it came. But each decodes the first rows alone, if their data are there: the number of rows is found by
 * bisection. JPEG makes up what is missing, with a warning.
 */
#include "read/salvage.h"

#include <string.h>

#include "file/byte-order.h"
#include "read/strip.h"

/* The coded bytes that the source has. */
static uint64_t
load_coded(struct mim_job *job, uint64_t place, uint64_t size)
{
    struct tiff_read_worker *worker = job->worker;
    uint64_t whole = job->host->size(job), there = whole > place ? whole - place : 0;

    worker->stored_size = 0; /* it is no longer a window of the source */
    size = size < there ? size : there;
    if (!size || size > INTPTR_MAX || !mim_scratch_get(job, &worker->stored, size))
        return 0;
    int64_t got = job->host->read_at(job, worker->stored.data, size, place);
    return got > 0 ? (uint64_t)got : 0;
}

static bool
decodes_rows(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t coded, uint8_t *to, uint64_t size)
{
    struct tiff_read_worker *worker = job->worker;
    struct tiff_handle *handle = &worker->handle;

    handle->has_warned = false;
    if (job->host->poll(job) != MIM_OK || tiff_handle_refresh(handle, page) != MIM_OK)
        return false;
    return TIFFReadFromUserBuffer(handle->tiff, index, worker->stored.data, (tmsize_t)coded, to, (tmsize_t)size) == 1 &&
           !handle->has_warned;
}

uint32_t
tiff_salvage_piece(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint8_t *to, uint64_t row, uint32_t rows)
{
    struct tiff_read_worker *worker = job->worker;
    uint32_t good = 0, bad = rows + 1;
    uint64_t place, size;

    tiff_handle_forget(&worker->handle);
    tiff_strip_locate(&worker->handle, index, &place, &size);
    size = load_coded(job, place, size);
    while (size && bad - good > 1) {
        uint32_t middle = good + (bad - good) / 2;
        *(decodes_rows(job, page, index, size, to, middle * row) ? &good : &bad) = middle;
    }
    if (good && !decodes_rows(job, page, index, size, to, good * row))
        good = 0;
    memset(to + good * row, 0, (rows - good) * row);
    tiff_handle_forget(&worker->handle);
    return good;
}

bool
tiff_salvage_stored_row(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t skip, uint8_t *to,
                        uint64_t row)
{
    struct tiff_read_worker *worker = job->worker;
    uint64_t place, size;

    tiff_handle_forget(&worker->handle);
    tiff_strip_locate(&worker->handle, index, &place, &size);
    bool is_there = size >= skip + row && job->host->read_at(job, to, row, place + skip) == (int64_t)row;
    if (!is_there)
        memset(to, 0, row);
    else if (page->order.is_big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
        tiff_swap(page->bits, to, row);
    return is_there;
}
