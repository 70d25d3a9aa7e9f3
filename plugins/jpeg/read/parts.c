/* SPDX-License-Identifier: MIT */
/* A part begins at a restart that begins a row of units, and is large compared with the rows that are decoded twice. */
#include "read/parts.h"

#include <string.h>

enum { SCAN_SIZE = 64 << 10, MIN_PIXELS = 1 << 18, ROWS_PER_CONTEXT = 32, RST0 = 0xd0 };

/* The search for the codes of parts. */
struct search {
    struct jpeg_parts *parts;
    uint32_t total;     /* restarts by the header */
    uint32_t found;     /* so far, in order */
    uint32_t next;      /* part */
    bool is_mark_begun; /* the last byte was 0xff */
    bool has_ended;     /* at another mark than the next restart */
};

static uint32_t
divide_up(uint32_t number, uint32_t divisor)
{
    return number / divisor + (number % divisor > 0);
}

static uint32_t
common_divisor(uint32_t one, uint32_t other)
{
    return other ? common_divisor(other, one % other) : one;
}

static uint32_t
larger_of(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

/* Rows of units from part to part, such that each begins at a restart. */
static uint32_t
choose_step(const struct jpeg_header *header, uint32_t columns, uint32_t rows)
{
    uint32_t between = header->restart_interval / common_divisor(header->restart_interval, columns);
    uint32_t least = larger_of(divide_up(rows, JPEG_MAX_PARTS), divide_up(MIN_PIXELS, header->width * header->unit_height));
    return divide_up(larger_of(least, header->mixes_rows ? ROWS_PER_CONTEXT : 1), between) * between;
}

static void
plan_parts(const struct jpeg_header *header, struct jpeg_parts *parts)
{
    uint32_t columns = divide_up(header->width, header->unit_width), rows = divide_up(header->height, header->unit_height);
    uint32_t step = choose_step(header, columns, rows), context = header->mixes_rows;
    for (uint32_t row = step; row + context < rows; row += step) {
        struct jpeg_part *part = &parts->parts[parts->count++];
        part->restart = row * columns / header->restart_interval;
        part->decoded = row * header->unit_height;
        part->first = (row + context) * header->unit_height;
        part->end = header->height;
        part[-1].end = part->first;
    }
}

static void
note_mark(struct search *search, uint8_t mark, uint64_t next)
{
    if (mark != RST0 + search->found % 8) {
        search->has_ended = true;
        return;
    }
    search->found++;
    if (search->next < search->parts->count && search->found == search->parts->parts[search->next].restart)
        search->parts->parts[search->next++].offset = next;
}

/* In codes, 0xff is followed by 0, or begins a mark, and may be repeated before it. */
static void
search_bytes(struct search *search, const uint8_t *bytes, uint64_t size, uint64_t offset)
{
    for (uint64_t at = 0; at < size && !search->has_ended; at++) {
        if (!search->is_mark_begun) {
            const uint8_t *found = memchr(bytes + at, 0xff, size - at);
            if (!found)
                return;
            at = (uint64_t)(found - bytes);
        } else if (bytes[at] != 0 && bytes[at] != 0xff) {
            note_mark(search, bytes[at], offset + at + 1);
        }
        search->is_mark_begun = bytes[at] == 0xff;
    }
}

static int32_t
search_codes(struct mim_job *job, struct search *search, uint64_t offset)
{
    uint8_t *bytes = job->host->resize(job, NULL, 0, SCAN_SIZE);
    int32_t status = bytes ? MIM_OK : MIM_NOMEM;
    for (int64_t got = 1; got > 0 && status == MIM_OK && !search->has_ended; offset += (uint64_t)got) {
        status = job->host->poll(job);
        got = status == MIM_OK ? job->host->read_at(job, bytes, SCAN_SIZE, offset) : 0;
        if (got < 0)
            status = (int32_t)-got;
        else
            search_bytes(search, bytes, (uint64_t)got, offset);
    }
    job->host->resize(job, bytes, SCAN_SIZE, 0);
    return status;
}

void
jpeg_parts_join(const struct jpeg_header *header, struct jpeg_parts *parts)
{
    parts->count = 1;
    parts->parts[0] = (struct jpeg_part){ .offset = header->scan_at, .end = header->height };
}

int32_t
jpeg_parts_find(struct mim_job *job, const struct jpeg_header *header, struct jpeg_parts *parts)
{
    bool is_sequential = header->frame == 0xc0 || header->frame == 0xc1, is_single = header->scan_components == header->components;
    jpeg_parts_join(header, parts);
    if (!header->restart_interval || !is_sequential || !is_single)
        return MIM_OK;
    plan_parts(header, parts);
    if (parts->count == 1)
        return MIM_OK;
    uint32_t units = divide_up(header->width, header->unit_width) * divide_up(header->height, header->unit_height);
    struct search search = { .parts = parts, .total = (units - 1) / header->restart_interval, .next = 1 };
    int32_t status = search_codes(job, &search, header->scan_at);
    if (!search.has_ended || search.found != search.total)
        jpeg_parts_join(header, parts);
    return status;
}
