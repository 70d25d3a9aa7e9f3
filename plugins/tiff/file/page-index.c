/* SPDX-License-Identifier: MIT */
/* The page chain: an own index of directory offsets, since libtiff walks from the start for each page. */
#include "file/page-index.h"

#include "file/directory.h"

#define POLL_EVERY 1024u

int32_t
tiff_pages_open(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window)
{
    const uint8_t *head = NULL;
    int32_t status = tiff_window_get(window, job, 0, 8, &head);
    if (status != MIM_OK)
        return job->host->fail(job, status, 0, "no TIFF header fits in this file");

    pages->order.is_big_endian = head[0] == 'M';
    uint64_t version = tiff_number(pages->order, head + 2, 2);
    pages->order.is_big_tiff = version == 43;
    pages->next = tiff_number(pages->order, head + 4, 4);
    if (head[0] != head[1] || (head[0] != 'I' && head[0] != 'M') || (version != 42 && version != 43))
        return job->host->fail(job, MIM_CORRUPT, 0, "this is no TIFF header");

    if (pages->order.is_big_tiff) {
        status = tiff_window_get(window, job, 0, 16, &head);
        if (status != MIM_OK)
            return job->host->fail(job, status, 0, "no BigTIFF header fits in this file");
        if (tiff_number(pages->order, head + 4, 2) != 8 || tiff_number(pages->order, head + 6, 2) != 0)
            return job->host->fail(job, MIM_CORRUPT, 4, "BigTIFF with offsets of %u bytes, expected 8",
                                   (unsigned)tiff_number(pages->order, head + 4, 2));
        pages->next = tiff_number(pages->order, head + 8, 8);
    }
    if (pages->next == 0)
        return job->host->fail(job, MIM_CORRUPT, 4, "the header points to no page");
    return MIM_OK;
}

/* Format errors stay; what a later try may mend (memory, the disk) does not. */
static int32_t
broken(struct tiff_pages *pages, int32_t status, uint64_t offset, const char *why)
{
    pages->broken_at = offset;
    pages->broken_why = why;
    if (status == MIM_CORRUPT || status == MIM_TRUNCATED || status == MIM_LIMIT)
        pages->broken = status;
    return status;
}

/* Growing offsets are new by themselves; the set is only filled when a chain goes back. */
static int32_t
check_is_new(struct tiff_pages *pages, struct mim_job *job, uint64_t offset, bool *is_new)
{
    *is_new = true;
    if (offset > pages->highest && pages->set.count == 0)
        return MIM_OK;

    int32_t status = MIM_OK;
    bool was_new;
    for (uint64_t i = pages->set.count; i < pages->count && status == MIM_OK; i++)
        status = tiff_set_add(&pages->set, job, pages->offsets[i], &was_new);
    return status == MIM_OK ? tiff_set_add(&pages->set, job, offset, is_new) : status;
}

static int32_t
make_room(struct tiff_pages *pages, struct mim_job *job)
{
    if (pages->count < pages->room)
        return MIM_OK;
    uint64_t room = pages->room ? pages->room * 2 : 256;
    uint64_t *larger = job->host->resize(job, pages->offsets, pages->room * sizeof *larger, room * sizeof *larger);
    if (!larger)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the places of %llu pages",
                               (unsigned long long)room);
    pages->offsets = larger;
    pages->room = room;
    return MIM_OK;
}

/* Where the directory's entries end and the pointer to the next directory lies. */
static int32_t
find_end(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window, uint64_t *end)
{
    unsigned head = pages->order.is_big_tiff ? 8 : 2, entry = pages->order.is_big_tiff ? 20 : 12;
    const uint8_t *bytes = NULL;
    int32_t status = tiff_window_get(window, job, pages->next, head, &bytes);
    if (status != MIM_OK)
        return broken(pages, status, pages->next, "a page's directory lies beyond the end of the file");

    uint64_t count = tiff_number(pages->order, bytes, head);
    if (count == 0 || count > TIFF_MOST_ENTRIES)
        return broken(pages, MIM_CORRUPT, pages->next, "a page's directory has no sensible number of tags");

    *end = pages->next + head + count * entry;
    status = tiff_window_get(window, job, *end - 1, 1, &bytes);
    return status == MIM_OK ? status : broken(pages, status, pages->next, "the file ends inside a page's directory");
}

/* What may fail comes first: a step that failed has changed nothing and can be tried again. */
static int32_t
step(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window)
{
    uint64_t offset = pages->next, end = 0;
    if (pages->count >= job->host->limit(job, MIM_LIMIT_FRAMES))
        return broken(pages, MIM_LIMIT, offset, "more pages than the limit of frames allows");
    int32_t status = find_end(pages, job, window, &end);
    if (status != MIM_OK)
        return status;

    unsigned pointer = pages->order.is_big_tiff ? 8 : 4;
    const uint8_t *bytes = NULL;
    int32_t tail = tiff_window_get(window, job, end, pointer, &bytes);
    if (tail != MIM_OK && tail != MIM_TRUNCATED)
        return tail;
    uint64_t next = tail == MIM_OK ? tiff_number(pages->order, bytes, pointer) : 0;

    bool is_new = false;
    status = make_room(pages, job);
    if (status == MIM_OK)
        status = check_is_new(pages, job, offset, &is_new);
    if (status != MIM_OK)
        return status;
    if (!is_new)
        return broken(pages, MIM_CORRUPT, offset, "the chain of pages comes back to an earlier page");

    pages->offsets[pages->count++] = offset;
    pages->next = next;
    if (offset > pages->highest)
        pages->highest = offset;
    if (tail == MIM_TRUNCATED) /* this page is whole; whether others follow, nobody knows */
        broken(pages, tail, end, "the file ends before the pointer to the next page");
    return MIM_OK;
}

int32_t
tiff_pages_reach(struct tiff_pages *pages, struct mim_job *job, struct tiff_window *window, uint64_t index)
{
    while (pages->count <= index) {
        int32_t status = pages->broken;
        if (status == MIM_OK && pages->next == 0)
            return MIM_END;
        if (status == MIM_OK)
            status = step(pages, job, window);
        if (status != MIM_OK)
            return job->host->fail(job, status, pages->broken_at, "%s",
                                   pages->broken_why ? pages->broken_why : "the chain of pages cannot be read");
        if (pages->count % POLL_EVERY == 0 && (status = job->host->poll(job)) != MIM_OK)
            return status;
    }
    return MIM_OK;
}

void
tiff_pages_close(struct tiff_pages *pages, struct mim_job *job)
{
    job->host->resize(job, pages->offsets, pages->room * sizeof *pages->offsets, 0);
    tiff_set_close(&pages->set, job);
    *pages = (struct tiff_pages){ 0 };
}
