/* SPDX-License-Identifier: MIT */
/*
 * Makes a BigTIFF of the classic file so far. Samples and values stay where they are: new directories, which follow
 * them, refer to them. The longer header takes the place of the first old directory.
 */
#include "write/promote.h"

#include <string.h>

#include "file/known-tags.h"
#include "write/emit.h"

enum { CLASSIC_ENTRY = 12, BIG_ENTRY = 20, MAX_OTHER_BYTES = 1024 };

static int32_t
read_back(struct mim_job *job, void *to, uint64_t size, uint64_t offset)
{
    int64_t got = job->host->read_back(job, to, size, offset);
    if (got < 0)
        return (int32_t)-got;
    return (uint64_t)got == size ? MIM_OK : job->host->fail(job, MIM_IO, MIM_UNKNOWN, "cannot read a directory back");
}

/* Entries hold values of up to 8 bytes instead of 4. */
static int32_t
widen_entry(struct mim_job *job, const uint8_t *from, uint8_t *to)
{
    uint16_t type;
    uint32_t count, place;
    memcpy(&type, from + 2, 2);
    memcpy(&count, from + 4, 4);
    memcpy(&place, from + 8, 4);
    uint64_t big_count = count, big_place = place, size = big_count * tiff_type_size(type);

    memset(to, 0, BIG_ENTRY);
    memcpy(to, from, 4);
    memcpy(to + 4, &big_count, 8);
    if (size > 4 && size <= 8)
        return read_back(job, to + 12, size, place);
    if (size <= 4)
        memcpy(to + 12, from + 8, 4);
    else
        memcpy(to + 12, &big_place, 8);
    return MIM_OK;
}

/* Emit the directory at `*offset` again, and move on to the next. */
static int32_t
copy_directory(struct mim_job *job, uint64_t *offset)
{
    static const uint8_t zeros[8];
    struct tiff_writer *self = job->state;
    uint16_t count = 0;
    int32_t status = read_back(job, &count, sizeof count, *offset);
    uint64_t big_count = count, old_size = big_count * CLASSIC_ENTRY + 4, size = 8 + big_count * BIG_ENTRY + 8;
    uint8_t *old = status == MIM_OK ? mim_scratch_get(job, &self->bytes, old_size + size) : NULL;
    if (status == MIM_OK && !old)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a page's directory");
    if (status == MIM_OK)
        status = read_back(job, old, old_size, *offset + sizeof count);
    if (status != MIM_OK)
        return status;

    uint8_t *big = old + old_size;
    memcpy(big, &big_count, 8);
    for (uint64_t i = 0; i < big_count && status == MIM_OK; i++)
        status = widen_entry(job, old + i * CLASSIC_ENTRY, big + 8 + i * BIG_ENTRY);
    uint32_t next;
    memcpy(&next, old + old_size - 4, 4);
    *offset = next;
    uint64_t end = job->host->tell(job), start = tiff_emit_aligned(end), big_next = tiff_emit_aligned(start + size);
    memcpy(big + size - 8, &big_next, 8);
    self->pointer = start + size - 8;
    if (status == MIM_OK && start > end)
        status = job->host->emit(job, zeros, start - end);
    return status == MIM_OK ? job->host->emit(job, big, size) : status;
}

static int32_t
promote_file(struct mim_job *job)
{
    struct tiff_writer *self = job->state;
    uint8_t head[TIFF_BIG_HEADER_SIZE];
    uint64_t offset = tiff_first_directory(false), first = tiff_emit_aligned(job->host->tell(job));
    int32_t status = MIM_OK;
    for (uint64_t page = 0; page < self->pages && status == MIM_OK; page++) {
        status = copy_directory(job, &offset);
        if (status == MIM_OK)
            status = job->host->poll(job);
    }
    self->is_big = true;
    tiff_fill_header(true, self->pages ? first : tiff_first_directory(true), head);
    return status == MIM_OK ? job->host->patch(job, head, sizeof head, 0) : status;
}

int32_t
tiff_promote_for_page(struct mim_job *job, const struct tiff_layout *layout, const struct mim_coded *coded)
{
    struct tiff_writer *self = job->state;
    /* lists of offsets and sizes of parts, and three with a value for each channel */
    uint64_t lists = 8 * (uint64_t)coded->part_count + 6 * (uint64_t)layout->channels + MAX_OTHER_BYTES;
    uint64_t end = job->host->tell(job) + tiff_emitted_directory_size(self) + lists;
    bool fits = end <= self->ceiling && coded->size <= self->ceiling - end;
    return self->is_big || self->imagej || self->big != TIFF_BIG_AUTO || fits ? MIM_OK : promote_file(job);
}
