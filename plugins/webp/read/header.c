/* SPDX-License-Identifier: MIT */
/* RIFF, VP8X and ANIM. */
#include "read/header.h"

#include <mim/kit/array.h>

static const uint32_t span_types[WEBP_SPANS] = { WEBP_ICCP, WEBP_EXIF, WEBP_XMP };

static int32_t
fail_short(struct mim_job *job, int32_t status, uint64_t offset)
{
    return status == MIM_TRUNCATED ? job->host->fail(job, status, offset, "the file ends inside its header") : status;
}

static int32_t
read_riff(struct mim_job *job, struct webp_reader *self)
{
    const uint8_t *bytes;

    int32_t status = mim_window_get(job, &self->window, 0, WEBP_RIFF_HEAD, &bytes);
    if (status != MIM_OK)
        return fail_short(job, status, 0);
    if (mim_load_le32(bytes) != WEBP_RIFF || mim_load_le32(bytes + 8) != WEBP_WEBP)
        return job->host->fail(job, MIM_CORRUPT, 0, "the file does not begin with RIFF and WEBP");
    self->end = WEBP_CHUNK_HEAD + (uint64_t)mim_load_le32(bytes + 4);
    if (self->end < WEBP_RIFF_HEAD + WEBP_CHUNK_HEAD)
        return job->host->fail(job, MIM_CORRUPT, 4, "RIFF has %llu bytes, expected at least %d",
                               (unsigned long long)self->end - WEBP_CHUNK_HEAD, WEBP_RIFF_HEAD);
    return MIM_OK;
}

/* The contents of a chunk with fields of a fixed size. */
static int32_t
read_fields(struct mim_job *job, struct webp_reader *self, const struct webp_chunk *chunk, uint64_t size, const uint8_t **bytes)
{
    if (chunk->size < size)
        return job->host->fail(job, MIM_CORRUPT, chunk->start, "the chunk at byte %llu has %llu bytes, expected %llu",
                               (unsigned long long)webp_chunk_head(chunk), (unsigned long long)chunk->size,
                               (unsigned long long)size);
    return fail_short(job, mim_window_get(job, &self->window, chunk->start, size, bytes), chunk->start);
}

static int32_t
read_vp8x(struct mim_job *job, struct webp_reader *self, const struct webp_chunk *chunk)
{
    const uint8_t *bytes;

    int32_t status = read_fields(job, self, chunk, WEBP_VP8X_SIZE, &bytes);
    if (status != MIM_OK)
        return status;
    self->is_extended = true;
    self->is_animation = bytes[0] & WEBP_HAS_ANIMATION;
    self->width = webp_load24(bytes + 4) + 1;
    self->height = webp_load24(bytes + 7) + 1;
    return MIM_OK;
}

/* The chunk stands between VP8X and the first frame. */
static int32_t
read_anim(struct mim_job *job, struct webp_reader *self, uint64_t *at)
{
    struct webp_chunk chunk = { 0 };
    const uint8_t *bytes;
    int32_t status;

    while ((status = webp_header_next(job, self, at, &chunk)) == MIM_OK && chunk.type != WEBP_ANIM && chunk.type != WEBP_ANMF)
        ;
    if (status == MIM_END || (status == MIM_OK && chunk.type != WEBP_ANIM))
        return job->host->fail(job, MIM_CORRUPT, *at, "an animation without ANIM before its first frame");
    if (status == MIM_OK)
        status = read_fields(job, self, &chunk, WEBP_ANIM_SIZE, &bytes);
    if (status != MIM_OK)
        return fail_short(job, status, *at);
    for (int i = 0; i < 4; i++)
        self->background[i] = bytes[i];
    self->loop = mim_load_le16(bytes + 4);
    return MIM_OK;
}

int32_t
webp_header_read(struct mim_job *job, struct webp_reader *self)
{
    struct webp_chunk chunk;
    uint64_t at = WEBP_RIFF_HEAD;

    self->loop = -1;
    int32_t status = read_riff(job, self);
    if (status == MIM_OK)
        status = fail_short(job, webp_chunk_find(job, &self->window, at, self->end, &chunk), at);
    if (status == MIM_OK && chunk.type == WEBP_VP8X) {
        at = webp_chunk_next(&chunk);
        status = read_vp8x(job, self, &chunk);
    }
    if (status == MIM_OK && self->is_animation)
        status = read_anim(job, self, &at);
    return status == MIM_OK ? webp_header_mark(job, self, (struct webp_mark){ at, 0, true }) : status;
}

int32_t
webp_header_next(struct mim_job *job, struct webp_reader *self, uint64_t *at, struct webp_chunk *chunk)
{
    int32_t status = webp_chunk_find(job, &self->window, *at, self->end, chunk);
    if (status != MIM_OK)
        return status;
    for (int i = 0; i < WEBP_SPANS; i++)
        if (chunk->type == span_types[i] && self->is_extended && !self->spans[i].type)
            self->spans[i] = *chunk;
    *at = webp_chunk_next(chunk);
    return MIM_OK;
}

int32_t
webp_header_mark(struct mim_job *job, struct webp_reader *self, struct webp_mark mark)
{
    struct webp_mark *marks =
        mim_array_reserve(job, self->marks, &self->mark_capacity, self->mark_count + 1, sizeof *marks);
    if (!marks)
        return MIM_NOMEM;
    self->marks = marks;
    marks[self->mark_count++] = mark;
    return MIM_OK;
}

void
webp_header_close(struct mim_job *job, struct webp_reader *self)
{
    mim_array_free(job, self->marks, self->mark_capacity, sizeof *self->marks);
    mim_window_close(job, &self->window);
}
