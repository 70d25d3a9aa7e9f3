/* SPDX-License-Identifier: MIT */
/* Delivers the segments as metadata. What is damaged is left out with a notice, since the picture is not. */
#include "read/metadata.h"

#include <string.h>

#include <mim/kit/aspect.h>
#include <mim/kit/bytes.h>
#include <mim/kit/orientation.h>
#include <mim/kit/text.h>

#include "read/reader.h"

enum { ICC_HEAD = 2, MAX_CHUNKS = 255, JFIF_SIZE = 7 };

static int32_t
report_ignored(struct mim_job *job, const char *why)
{
    return job->host->notice(job, MIM_NOTICE_METADATA, why);
}

/* JFIF 1.02: version, unit, then the densities, of columns and rows as stored. */
static int32_t
report_density(struct mim_job *job, struct mim_bytes *bytes)
{
    static const char *const units[] = { "none", "inch", "cm" };
    if (bytes->size < JFIF_SIZE || bytes->data[2] > 2)
        return MIM_OK;
    const char *unit = units[bytes->data[2]];
    bool is_transposed = mim_orientation_get(((const struct jpeg_reader *)job->state)->header.orientation).is_transposed;
    uint16_t x = mim_load_be16(bytes->data + (is_transposed ? 5 : 3)), y = mim_load_be16(bytes->data + (is_transposed ? 3 : 5));
    struct mim_rational axes[2] = { { x, 1 }, { y, 1 } };
    if (!x || !y || (bytes->data[2] == 0 && x == y))
        return MIM_OK;
    int32_t status = job->host->meta(job, "resolution", MIM_META_RATIONALS, axes, sizeof axes);
    if (status == MIM_OK)
        status = job->host->meta(job, "resolution_unit", MIM_META_TEXT, unit, strlen(unit));
    return status == MIM_OK ? mim_aspect_deliver(job, y, x) : status;
}

static int32_t
report_exif(struct mim_job *job, struct mim_bytes *bytes)
{
    const struct jpeg_reader *self = job->state;
    if (self->orients)
        mim_exif_set_upright(bytes->data, bytes->size); /* it is applied */
    return job->host->meta(job, "exif", MIM_META_BYTES, bytes->data, bytes->size);
}

static int32_t
report_xmp(struct mim_job *job, struct mim_bytes *bytes)
{
    return job->host->meta(job, "xmp", MIM_META_BYTES, bytes->data, bytes->size);
}

/* Its encoding is not stated. */
static int32_t
report_comment(struct mim_job *job, struct mim_bytes *bytes)
{
    while (bytes->size && bytes->data[bytes->size - 1] == 0)
        bytes->size--;
    if (!bytes->size)
        return MIM_OK;
    if (mim_utf8_is_valid(bytes->data, bytes->size))
        return job->host->meta(job, "comment", MIM_META_TEXT, bytes->data, bytes->size);
    uint64_t capacity = bytes->size * 2;
    char *text = job->host->resize(job, NULL, 0, capacity);
    if (!text)
        return MIM_NOMEM;
    uint64_t size = mim_utf8_from_latin1(bytes->data, bytes->size, text);
    int32_t status = job->host->meta(job, "comment", MIM_META_TEXT, text, size);
    job->host->resize(job, text, capacity, 0);
    return status;
}

static const struct {
    uint8_t content;
    int32_t (*report)(struct mim_job *job, struct mim_bytes *bytes);
} reports[] = { { JPEG_JFIF, report_density }, { JPEG_EXIF, report_exif }, { JPEG_XMP, report_xmp }, { JPEG_COMMENT, report_comment } };

/* The first segment of a kind counts. */
static int32_t
report_first(struct mim_job *job, struct mim_bytes *bytes, uint8_t content,
             int32_t (*report)(struct mim_job *job, struct mim_bytes *bytes))
{
    const struct jpeg_header *header = &((const struct jpeg_reader *)job->state)->header;
    for (uint64_t i = 0; i < header->count; i++) {
        if (header->segments[i].content != content)
            continue;
        int32_t status = jpeg_segment_load(job, &header->segments[i], bytes);
        return status == MIM_OK ? report(job, bytes) : status;
    }
    return MIM_OK;
}

/* Fills the segments with the parts of a profile, index + 1, by their number from 1. */
static int32_t
find_chunks(struct mim_job *job, uint64_t places[MAX_CHUNKS + 1], uint8_t *total)
{
    const struct jpeg_header *header = &((const struct jpeg_reader *)job->state)->header;
    for (uint64_t i = 0; i < header->count; i++) {
        uint8_t head[ICC_HEAD];
        if (header->segments[i].content != JPEG_ICC || header->segments[i].size <= ICC_HEAD)
            continue;
        int64_t got = job->host->read_at(job, head, sizeof head, header->segments[i].offset);
        if (got < 0)
            return (int32_t)-got;
        if (got == ICC_HEAD && !places[head[0]]) {
            places[head[0]] = i + 1;
            *total = head[1];
        }
    }
    return MIM_OK;
}

static int32_t
join_chunks(struct mim_job *job, const uint64_t *places, uint8_t total, struct mim_bytes *bytes, struct mim_bytes *profile)
{
    const struct jpeg_header *header = &((const struct jpeg_reader *)job->state)->header;
    int32_t status = MIM_OK;
    for (unsigned number = 1; number <= total && status == MIM_OK; number++) {
        if (!places[number])
            return report_ignored(job, "the colour profile is ignored: a part is missing");
        status = jpeg_segment_load(job, &header->segments[places[number] - 1], bytes);
        if (status == MIM_OK && bytes->size > ICC_HEAD)
            status = mim_bytes_append(job, profile, bytes->data + ICC_HEAD, bytes->size - ICC_HEAD);
    }
    return status == MIM_OK && profile->size ? job->host->meta(job, "icc", MIM_META_BYTES, profile->data, profile->size) : status;
}

static int32_t
report_profile(struct mim_job *job, struct mim_bytes *bytes)
{
    struct mim_bytes profile = { 0 };
    uint64_t places[MAX_CHUNKS + 1] = { 0 };
    uint8_t total = 0;
    int32_t status = find_chunks(job, places, &total);
    if (status == MIM_OK)
        status = join_chunks(job, places, total, bytes, &profile);
    mim_bytes_clear(job, &profile);
    return status;
}

static int32_t
report_coding(struct mim_job *job, const struct jpeg_header *header)
{
    const int64_t is_progressive = (header->frame & 3) == 2, orientation = header->orientation;
    int32_t status = job->host->meta(job, "progressive", MIM_META_INT | MIM_META_CODING, &is_progressive, sizeof is_progressive);
    if (status == MIM_OK && orientation != 1)
        status = job->host->meta(job, "orientation", MIM_META_INT | MIM_META_CODING, &orientation, sizeof orientation);
    return status;
}

int32_t
jpeg_deliver_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    const struct jpeg_reader *self = job->state;
    struct mim_bytes bytes = { 0 };
    (void)packet;
    if (info)
        return MIM_OK;
    int32_t status = report_coding(job, &self->header);
    for (size_t i = 0; i < sizeof reports / sizeof *reports && status == MIM_OK; i++)
        status = report_first(job, &bytes, reports[i].content, reports[i].report);
    if (status == MIM_OK)
        status = report_profile(job, &bytes);
    mim_bytes_clear(job, &bytes);
    return status;
}
