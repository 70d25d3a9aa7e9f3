/* SPDX-License-Identifier: MIT */
/* Ogg: the last page of a stream has a flag. Pages of other streams may be missing. RFC 3533 section 6. */
#include "read/ogg-pages.h"

#include <stdbool.h>
#include <string.h>

#include <mim/kit/bytes.h>

enum { OGG_HEAD = 27, OGG_PAGE = OGG_HEAD + 255 + 255 * 255, OGG_FIRST = 2, OGG_LAST = 4, OGG_FLAGS = 7 };

/* A page of which `capacity` bytes are there. */
struct ogg_page {
    uint64_t offset, size; /* larger than what is there if the page is incomplete */
    uint32_t stream;
    uint8_t flags;
};

static bool
parse_page(const uint8_t *bytes, uint64_t capacity, struct ogg_page *page)
{
    if (capacity < OGG_HEAD || memcmp(bytes, "OggS", 5) != 0 || bytes[5] > OGG_FLAGS)
        return false;
    uint64_t count = bytes[OGG_HEAD - 1];
    page->flags = bytes[5];
    page->stream = mim_load_le32(bytes + 14);
    page->size = OGG_HEAD + count;
    for (uint64_t i = 0; i < count && OGG_HEAD + i < capacity; i++)
        page->size += bytes[OGG_HEAD + i];
    return true;
}

/* FFmpeg numbers the streams in the order of their first pages, with which the file begins. */
static bool
find_ogg_stream(struct mim_job *job, int number, uint32_t *stream)
{
    uint8_t head[OGG_HEAD + 255];
    struct ogg_page page;
    uint64_t at = 0;
    for (int i = 0; i <= number; i++, at += page.size) {
        int64_t got = job->host->read_at(job, head, sizeof head, at);
        if (got < 0 || !parse_page(head, (uint64_t)got, &page) || !(page.flags & OGG_FIRST))
            return false;
        *stream = page.stream;
    }
    return true;
}

/* Searches backwards for the last page, of one stream or, if that is NULL, of any. */
static bool
find_last_page(struct mim_job *job, uint64_t size, const uint32_t *stream, uint8_t *window, struct ogg_page *page)
{
    enum { MAX_WINDOWS = 256 };
    uint64_t end = size;
    for (unsigned i = 0; i < MAX_WINDOWS && end >= OGG_HEAD && job->host->poll(job) == MIM_OK; i++) {
        uint64_t start = end > OGG_PAGE ? end - OGG_PAGE : 0, count = end - start;
        if (job->host->read_at(job, window, count, start) != (int64_t)count)
            return false;
        for (uint64_t at = count - OGG_HEAD + 1; at-- > 0;)
            if (parse_page(window + at, count - at, page) && (!stream || page->stream == *stream)) {
                page->offset = start + at;
                return true;
            }
        end = start ? start + OGG_HEAD + 254 : 0; /* a page whose list of sizes the window cut is seen again */
    }
    return false;
}

/* Sound that is missing is reported, because the pictures do not show it. */
static void
report_other_end(struct mim_job *job, const struct ogg_page *own, const struct ogg_page *last, uint64_t size)
{
    if (last->offset > own->offset && last->offset + last->size > size)
        job->host->notice(job, MIM_NOTICE_DAMAGED, "the file ends inside a page of another stream: sound may be missing");
}

/* Without a page of the stream near the end, as in chains of files, the last page of any stream decides. */
uint64_t
video_end_of_pages(AVStream *stream, struct mim_job *job, uint64_t size)
{
    uint8_t *window = job->host->resize(job, NULL, 0, OGG_PAGE);
    struct ogg_page own, last;
    uint32_t serial;

    if (!window)
        return 0;
    bool is_found = find_last_page(job, size, NULL, window, &last);
    if (!is_found || !stream || !find_ogg_stream(job, stream->id, &serial) ||
        !find_last_page(job, size, &serial, window, &own))
        own = last;
    job->host->resize(job, window, OGG_PAGE, 0);
    if (!is_found)
        return 0;
    if (!(own.flags & OGG_LAST))
        return size + 1;
    report_other_end(job, &own, &last, size);
    return own.offset + own.size;
}
