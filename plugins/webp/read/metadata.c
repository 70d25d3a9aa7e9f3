/* SPDX-License-Identifier: MIT */
/* Chunks of metadata may follow the pixels: they are found by walking through the heads of all chunks. */
#include "read/metadata.h"

#include <stdio.h>

#include <mim/kit/array.h>
#include <mim/kit/orientation.h>

static const char exif_prefix[6] = "Exif\0"; /* as in JPEG: some programs write it in WebP too */

static const char *const keys[WEBP_SPANS] = {
    [WEBP_SPAN_ICC] = "icc",
    [WEBP_SPAN_EXIF] = "exif",
    [WEBP_SPAN_XMP] = "xmp",
};

static int32_t
report_lost(struct mim_job *job, const char *key, const char *why)
{
    char text[100];

    snprintf(text, sizeof text, "the metadata '%s' %s, and are left out", key, why);
    return job->host->notice(job, MIM_NOTICE_METADATA, text);
}

/* Read what a chunk holds. `lack` is why that is not possible, or NULL. */
static int32_t
load_span(struct mim_job *job, const struct webp_chunk *chunk, struct mim_bytes *bytes, const char **lack)
{
    *lack = chunk->size > job->host->limit(job, MIM_LIMIT_METADATA) ? "exceed the limit" : NULL;
    if (*lack)
        return MIM_OK;
    int32_t status = mim_bytes_reserve(job, bytes, chunk->size);
    int64_t got = status == MIM_OK ? job->host->read_at(job, bytes->data, chunk->size, chunk->start) : 0;
    if (got < 0)
        return (int32_t)-got;
    bytes->size = (uint64_t)got;
    *lack = bytes->size < chunk->size ? "end early" : NULL;
    return status;
}

/* Offset of the block in a chunk of Exif. */
static uint64_t
find_exif(const struct mim_bytes *bytes)
{
    bool is_prefixed = bytes->size > sizeof exif_prefix && !memcmp(bytes->data, exif_prefix, sizeof exif_prefix);

    return is_prefixed ? sizeof exif_prefix : 0;
}

static int32_t
deliver_span(struct mim_job *job, int span, const struct webp_reader *self)
{
    struct mim_bytes bytes = { 0 };
    const char *lack;

    int32_t status = load_span(job, &self->spans[span], &bytes, &lack);
    uint64_t start = span == WEBP_SPAN_EXIF ? find_exif(&bytes) : 0;
    if (status == MIM_OK && lack)
        status = report_lost(job, keys[span], lack);
    else if (status == MIM_OK && span == WEBP_SPAN_EXIF && self->orientation)
        mim_exif_set_upright(bytes.data + start, bytes.size - start); /* it is applied */
    if (status == MIM_OK && !lack)
        status = job->host->meta(job, keys[span], MIM_META_BYTES, bytes.data + start, bytes.size - start);
    mim_bytes_clear(job, &bytes);
    return status;
}

/* Walk to the end. A damaged file keeps what is found before; prepare reports the damage. */
static int32_t
find_spans(struct mim_job *job, struct webp_reader *self)
{
    struct webp_frame frame;

    if (self->is_walked || !self->is_extended)
        return MIM_OK;
    int32_t status = webp_frame_find(job, self, UINT64_MAX, &frame);
    return status == MIM_END || status == MIM_TRUNCATED || status == MIM_CORRUPT ? MIM_OK : status;
}

int32_t
webp_metadata_orient(struct mim_job *job, struct webp_reader *self)
{
    const struct webp_chunk *chunk = &self->spans[WEBP_SPAN_EXIF];
    struct mim_bytes bytes = { 0 };
    const char *lack;

    int32_t status = find_spans(job, self);
    if (status != MIM_OK || !chunk->type || !chunk->size)
        return status;
    status = load_span(job, chunk, &bytes, &lack);
    uint64_t start = find_exif(&bytes);
    if (status == MIM_OK && !lack)
        self->orientation = (uint8_t)mim_exif_orientation(bytes.data + start, bytes.size - start);
    mim_bytes_clear(job, &bytes);
    return status;
}

static int32_t
deliver_coding(struct mim_job *job, const struct webp_reader *self)
{
    const int64_t orientation = self->orientation;
    int64_t background[4];

    for (int i = 0; i < 4; i++)
        background[i] = self->background[i == 3 ? 3 : 2 - i];
    if (self->is_animation)
        return job->host->meta(job, "background", MIM_META_INTS | MIM_META_CODING, background, sizeof background);
    return orientation > 1 ? job->host->meta(job, "orientation", MIM_META_INT | MIM_META_CODING, &orientation, sizeof orientation)
                           : MIM_OK;
}

int32_t
webp_metadata_of_file(struct mim_job *job, struct webp_reader *self)
{
    int32_t status = self->is_stream ? MIM_OK : find_spans(job, self);
    if (status == MIM_OK)
        status = deliver_coding(job, self);
    for (int i = 0; i < WEBP_SPANS && status == MIM_OK; i++)
        if (self->spans[i].type && self->spans[i].size)
            status = deliver_span(job, i, self);
    return status;
}

int32_t
webp_metadata_of_frame(struct mim_job *job, const struct webp_frame *frame)
{
    const int64_t rectangle[] = { frame->x, frame->y, frame->width, frame->height }, is_lossless = frame->is_lossless;

    int32_t status = job->host->meta(job, "rectangle", MIM_META_INTS | MIM_META_CODING, rectangle, sizeof rectangle);
    return status == MIM_OK
               ? job->host->meta(job, "lossless", MIM_META_INT | MIM_META_CODING, &is_lossless, sizeof is_lossless)
               : status;
}
