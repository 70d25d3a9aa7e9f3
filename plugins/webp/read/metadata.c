/* SPDX-License-Identifier: MIT */
/* Chunks of metadata may follow the pixels: they are found by walking through the heads of all chunks. */
#include "read/metadata.h"

#include <stdio.h>

#include <mim/kit/array.h>

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

static int32_t
deliver_span(struct mim_job *job, int span, const struct webp_chunk *chunk)
{
    struct mim_bytes bytes = { 0 };

    if (chunk->size > job->host->limit(job, MIM_LIMIT_METADATA))
        return report_lost(job, keys[span], "exceed the limit");
    int32_t status = mim_bytes_reserve(job, &bytes, chunk->size);
    int64_t got = status == MIM_OK ? job->host->read_at(job, bytes.data, chunk->size, chunk->start) : 0;
    uint64_t skipped = span == WEBP_SPAN_EXIF && chunk->size > sizeof exif_prefix && got > 0 &&
                               !memcmp(bytes.data, exif_prefix, sizeof exif_prefix)
                           ? sizeof exif_prefix
                           : 0;
    if (got < 0)
        status = (int32_t)-got;
    else if (status == MIM_OK && (uint64_t)got < chunk->size)
        status = report_lost(job, keys[span], "end early");
    else if (status == MIM_OK)
        status = job->host->meta(job, keys[span], MIM_META_BYTES, bytes.data + skipped, chunk->size - skipped);
    mim_bytes_clear(job, &bytes);
    return status;
}

/* Walk to the end. A damaged file keeps what is found before; prepare reports the damage. */
static int32_t
find_spans(struct mim_job *job, struct webp_reader *self)
{
    struct webp_frame frame;

    if (self->is_walked || self->is_stream || !self->is_extended)
        return MIM_OK;
    int32_t status = webp_frame_find(job, self, UINT64_MAX, &frame);
    return status == MIM_END || status == MIM_TRUNCATED || status == MIM_CORRUPT ? MIM_OK : status;
}

int32_t
webp_metadata_of_file(struct mim_job *job, struct webp_reader *self)
{
    int64_t background[4];

    for (int i = 0; i < 4; i++)
        background[i] = self->background[i == 3 ? 3 : 2 - i];
    int32_t status = find_spans(job, self);
    if (status == MIM_OK && self->is_animation)
        status = job->host->meta(job, "background", MIM_META_INTS | MIM_META_CODING, background, sizeof background);
    for (int i = 0; i < WEBP_SPANS && status == MIM_OK; i++)
        if (self->spans[i].type && self->spans[i].size)
            status = deliver_span(job, i, &self->spans[i]);
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
