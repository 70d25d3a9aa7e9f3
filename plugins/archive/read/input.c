/* SPDX-License-Identifier: MIT */
/* libarchive's callbacks on the host's read_at. */
#include "read/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static la_ssize_t
fail_read(struct archive *archive, int number)
{
    archive_set_error(archive, number, "reading failed"); /* the host has the reason */
    return -1;
}

la_ssize_t
arc_input_read(struct archive *archive, void *user, const void **block)
{
    struct arc_input *input = user;
    const struct mim_host *host = input->job->host;
    *block = input->bytes;
    if (host->poll(input->job) != MIM_OK)
        return fail_read(archive, ECANCELED);
    if (input->tail && input->position >= input->tail_start) {
        uint64_t done = input->position - input->tail_start,
                 left = input->tail_size > done ? input->tail_size - done : 0;
        *block = input->tail + input->tail_size - left;
        input->position += left;
        return (la_ssize_t)left;
    }
    uint64_t size = input->block;
    if (input->tail && size > input->tail_start - input->position)
        size = input->tail_start - input->position;
    int64_t got = host->read_at(input->job, input->bytes, size, input->start + input->position);
    if (got < 0)
        return fail_read(archive, EIO);
    input->position += (uint64_t)got;
    input->block = 4 * input->block < ARC_BLOCK ? 4 * input->block : ARC_BLOCK;
    return (la_ssize_t)got;
}

/* Passes over bytes that are there; at a cut libarchive reads on, and finds it. */
static la_int64_t
skip_bytes(struct archive *archive, void *user, la_int64_t count)
{
    struct arc_input *input = user;
    uint8_t last;
    (void)archive;
    if (count <= 0 || input->tail ||
        input->job->host->read_at(input->job, &last, 1, input->start + input->position + (uint64_t)count - 1) != 1)
        return 0;
    input->position += (uint64_t)count;
    input->block = ARC_SMALL_BLOCK;
    return count;
}

static la_int64_t
seek_input(struct archive *archive, void *user, la_int64_t offset, int whence)
{
    struct arc_input *input = user;
    uint64_t size = input->tail ? input->tail_start + input->tail_size : input->job->host->size(input->job);
    int64_t from = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? input->position : size);
    if (size == MIM_UNKNOWN)
        return fail_read(archive, EIO);
    if (__builtin_add_overflow(from, offset, &offset) || offset < 0)
        return ARCHIVE_FATAL;
    input->position = (uint64_t)offset;
    input->block = ARC_SMALL_BLOCK;
    return offset;
}

int
arc_input_begin(struct arc_input *input, struct archive *archive)
{
    struct mim_job *job = input->job;
    if (!input->bytes)
        input->bytes = job->host->resize(job, NULL, 0, ARC_BLOCK);
    if (!input->bytes) {
        archive_set_error(archive, ENOMEM, "no memory for a buffer");
        return ARCHIVE_FATAL;
    }
    input->position = 0;
    input->block = ARC_SMALL_BLOCK;
    return ARCHIVE_OK;
}

int
arc_input_open(struct arc_input *input, struct archive *archive, bool seeks)
{
    int code = arc_input_begin(input, archive);
    if (code != ARCHIVE_OK)
        return code;
    archive_read_set_callback_data(archive, input);
    archive_read_set_read_callback(archive, arc_input_read);
    if (seeks)
        archive_read_set_seek_callback(archive, seek_input);
    else
        archive_read_set_skip_callback(archive, skip_bytes);
    return archive_read_open1(archive);
}

void
arc_input_close(struct arc_input *input)
{
    if (input->bytes)
        input->job->host->resize(input->job, input->bytes, ARC_BLOCK, 0);
    input->bytes = NULL;
}
