/* SPDX-License-Identifier: MIT */
/* Where containers say that they end. */
#include "cut.h"

#include <string.h>

static uint64_t
big_endian(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;
    while (count--)
        value = value << 8 | *bytes++;
    return value;
}

/* ISO media: boxes follow each other to the end. 0: not said. */
static uint64_t
end_of_boxes(struct mim_job *job, uint64_t size)
{
    enum { MOST_BOXES = 1 << 20, POLL_EVERY = 1024 };
    uint8_t head[16];
    uint64_t at = 0;

    for (unsigned i = 0; i < MOST_BOXES && at < size; i++) {
        if (i % POLL_EVERY == 0 && job->host->poll(job) != MIM_OK)
            return 0;
        int64_t got = job->host->read_at(job, head, sizeof head, at);
        if (got < 8)
            return got < 0 ? 0 : size + 1;
        uint64_t length = big_endian(head, 4);
        if (length == 1)
            length = got == 16 ? big_endian(head + 8, 8) : 0;
        if (length < 8)
            return 0;
        if (__builtin_add_overflow(at, length, &at))
            return 0;
    }
    return at;
}

/* A number of Matroska's: its length is in its leading zeros. UINT64_MAX: unknown. */
static uint64_t
ebml_number(const uint8_t *bytes, uint64_t room, unsigned *length)
{
    *length = room && bytes[0] ? (unsigned)__builtin_clz(bytes[0]) - 23 : 9;
    if (*length > 8 || *length > room)
        return UINT64_MAX;
    uint64_t mask = (UINT64_C(1) << (7 * *length)) - 1;
    uint64_t value = big_endian(bytes, *length) & mask;
    return value == mask ? UINT64_MAX : value;
}

/* Matroska: the EBML header, then one segment that says its length, unless it was streamed. */
static uint64_t
end_of_segment(struct mim_job *job)
{
    static const uint8_t segment[4] = { 0x18, 0x53, 0x80, 0x67 };
    uint8_t head[16];
    unsigned length;

    if (job->host->read_at(job, head, sizeof head, 0) != sizeof head)
        return 0;
    uint64_t header = ebml_number(head + 4, 8, &length);
    if (header > 1 << 20)
        return 0;
    uint64_t at = 4 + length + header;
    if (job->host->read_at(job, head, 12, at) != 12 || memcmp(head, segment, sizeof segment) != 0)
        return 0;
    uint64_t size = ebml_number(head + 4, 8, &length);
    return size > INT64_MAX ? 0 : at + 4 + length + size;
}

/* AVI: the first RIFF chunk; those of OpenDML that may follow are not said there. */
static uint64_t
end_of_riff(struct mim_job *job)
{
    uint8_t head[8];
    if (job->host->read_at(job, head, sizeof head, 0) != sizeof head)
        return 0;
    uint32_t size = (uint32_t)head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 24;
    return size && size != UINT32_MAX ? UINT64_C(8) + size : 0;
}

static uint64_t
end_of_samples(AVStream *stream)
{
    uint64_t end = 0;
    int count = avformat_index_get_entries_count(stream);
    for (int i = 0; i < count; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (entry->pos >= 0 && entry->size > 0 && (uint64_t)entry->pos + (uint64_t)entry->size > end)
            end = (uint64_t)entry->pos + (uint64_t)entry->size;
    }
    return end;
}

bool
video_is_cut(AVFormatContext *format, AVStream *stream, struct mim_job *job)
{
    const char *name = format->iformat->name;
    uint64_t size = job->host->size(job), end = 0;

    if (size == MIM_UNKNOWN)
        return false;
    if (!strncmp(name, "mov,", 4)) {
        uint64_t samples = end_of_samples(stream);
        end = end_of_boxes(job, size);
        end = samples > end ? samples : end;
    } else if (!strncmp(name, "matroska", 8)) {
        end = end_of_segment(job);
    } else if (!strcmp(name, "avi")) {
        end = end_of_riff(job);
    }
    return end > size;
}
