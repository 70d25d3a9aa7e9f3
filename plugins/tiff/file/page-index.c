/* SPDX-License-Identifier: MIT */
/* An index of directory offsets: libtiff walks the chain from its start for each page. */
#include "file/page-index.h"

#include <mim/kit/array.h>

#include "file/directory.h"

#define POLL_EVERY 1024u

int32_t
tiff_page_index_open(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window)
{
    const uint8_t *head = NULL;
    int32_t status = tiff_window_get(job, window, 0, 8, &head);
    if (status != MIM_OK)
        return job->host->fail(job, status, 0, "the file is too short for a TIFF header");

    pages->order.is_big_endian = head[0] == 'M';
    uint64_t version = tiff_number(pages->order, head + 2, 2);
    pages->order.is_big_tiff = version == 43;
    pages->next = tiff_number(pages->order, head + 4, 4);
    if (head[0] != head[1] || (head[0] != 'I' && head[0] != 'M') || (version != 42 && version != 43))
        return job->host->fail(job, MIM_CORRUPT, 0, "not a TIFF header");

    if (pages->order.is_big_tiff) {
        status = tiff_window_get(job, window, 0, 16, &head);
        if (status != MIM_OK)
            return job->host->fail(job, status, 0, "the file is too short for a BigTIFF header");
        if (tiff_number(pages->order, head + 4, 2) != 8 || tiff_number(pages->order, head + 6, 2) != 0)
            return job->host->fail(job, MIM_CORRUPT, 4, "BigTIFF with offsets of %u bytes, expected 8",
                                   (unsigned)tiff_number(pages->order, head + 4, 2));
        pages->next = tiff_number(pages->order, head + 8, 8);
    }
    if (pages->next == 0)
        return job->host->fail(job, MIM_CORRUPT, 4, "the header points to no page");
    return MIM_OK;
}

/* Remember format errors; after other errors, such as a failed read, the walk can be tried again. */
static int32_t
end_chain(struct tiff_page_index *pages, int32_t status, uint64_t offset, const char *why)
{
    pages->end_offset = offset;
    pages->end_reason = why;
    if (status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_LIMIT)
        pages->end_status = status;
    return status;
}

/* An offset above all others is new; the set is filled only once a chain goes backwards. */
static int32_t
check_is_new(struct tiff_page_index *pages, struct mim_job *job, uint64_t offset, bool *is_new)
{
    *is_new = true;
    if (offset > pages->highest && pages->set.count == 0)
        return MIM_OK;

    int32_t status = MIM_OK;
    bool was_new;
    for (uint64_t i = pages->set.count; i < pages->count && status == MIM_OK; i++)
        status = tiff_offset_set_add(&pages->set, job, pages->offsets[i], &was_new);
    return status == MIM_OK ? tiff_offset_set_add(&pages->set, job, offset, is_new) : status;
}

static int32_t
make_space(struct tiff_page_index *pages, struct mim_job *job)
{
    uint64_t *offsets = mim_array_reserve(job, pages->offsets, &pages->capacity, pages->count + 1, sizeof *offsets);
    if (!offsets)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for an index of %llu pages",
                               (unsigned long long)pages->count + 1);
    pages->offsets = offsets;
    return MIM_OK;
}

/* Nothing tells whether another page was there: the pages so far are all. */
static int32_t
leave_end_open(struct tiff_page_index *pages, const char *why)
{
    pages->next = 0;
    pages->open_end = why;
    return MIM_END;
}

int32_t
tiff_page_index_report_end(struct tiff_page_index *pages, struct mim_job *job)
{
    const char *why = pages->next ? NULL : pages->open_end;
    pages->open_end = why ? NULL : pages->open_end;
    return why ? job->host->notice(job, MIM_NOTICE_FRAMES, why) : MIM_OK;
}

/* The end of the directory's entries, where the offset of the next directory is stored. */
static int32_t
find_end(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window, uint64_t *end)
{
    unsigned head = pages->order.is_big_tiff ? 8 : 2, entry = pages->order.is_big_tiff ? 20 : 12;
    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(job, window, pages->next, head, &bytes);
    if (status == MIM_TRUNCATED && pages->count)
        return leave_end_open(pages, "the next page is beyond the end of the file: pages may be missing");
    if (status != MIM_OK)
        return end_chain(pages, status, pages->next, "a page's directory is beyond the end of the file");

    uint64_t count = tiff_number(pages->order, bytes, head);
    if (count == 0 || count > TIFF_MAX_ENTRIES)
        return end_chain(pages, MIM_CORRUPT, pages->next, "invalid number of tags in a page's directory");

    *end = pages->next + head + count * entry;
    status = tiff_window_get(job, window, *end - 1, 1, &bytes);
    return status == MIM_OK ? status : end_chain(pages, status, pages->next, "the file ends inside a page's directory");
}

/* Change the index only after everything that can fail, so that a failed step can be tried again. */
static int32_t
find_next(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window)
{
    uint64_t offset = pages->next, end = 0;
    if (pages->count >= job->host->limit(job, MIM_LIMIT_FRAMES))
        return end_chain(pages, MIM_LIMIT, offset, "more pages than the limit frames allows");
    int32_t status = find_end(pages, job, window, &end);
    if (status != MIM_OK)
        return status;

    unsigned pointer = pages->order.is_big_tiff ? 8 : 4;
    const uint8_t *bytes = NULL;
    int32_t tail = tiff_window_get(job, window, end, pointer, &bytes);
    if (tail != MIM_OK && tail != MIM_TRUNCATED)
        return tail;
    uint64_t next = tail == MIM_OK ? tiff_number(pages->order, bytes, pointer) : 0;

    bool is_new = false;
    status = make_space(pages, job);
    if (status == MIM_OK)
        status = check_is_new(pages, job, offset, &is_new);
    if (status != MIM_OK)
        return status;
    if (!is_new)
        return end_chain(pages, MIM_CORRUPT, offset, "the chain of pages loops back to an earlier page");

    pages->offsets[pages->count++] = offset;
    pages->next = next;
    if (offset > pages->highest)
        pages->highest = offset;
    if (tail == MIM_TRUNCATED)
        leave_end_open(pages, "the file ends without the offset of a next page: pages may be missing");
    return MIM_OK;
}

int32_t
tiff_page_index_extend(struct tiff_page_index *pages, struct mim_job *job, struct mim_window *window, uint64_t index)
{
    while (pages->count <= index) {
        int32_t status = pages->end_status;
        if (status == MIM_OK)
            status = pages->next ? find_next(pages, job, window) : MIM_END;
        if (status == MIM_END) {
            status = tiff_page_index_report_end(pages, job);
            return status == MIM_OK ? MIM_END : status;
        }
        if (status != MIM_OK)
            return job->host->fail(job, status, pages->end_offset, "%s",
                                   pages->end_reason ? pages->end_reason : "the chain of pages cannot be read");
        if (pages->count % POLL_EVERY == 0 && (status = job->host->poll(job)) != MIM_OK)
            return status;
    }
    return MIM_OK;
}

void
tiff_page_index_close(struct tiff_page_index *pages, struct mim_job *job)
{
    mim_array_free(job, pages->offsets, pages->capacity, sizeof *pages->offsets);
    tiff_offset_set_close(&pages->set, job);
    *pages = (struct tiff_page_index){ 0 };
}
