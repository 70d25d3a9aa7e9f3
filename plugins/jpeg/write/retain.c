/* SPDX-License-Identifier: MIT */
/* Retains metadata until the segments are written. docs/metadata.md lists the common names. */
#include "write/retain.h"

#include <string.h>

#include <mim/kit/aspect.h>
#include <mim/kit/text.h>

#include "write/writer.h"

enum { MAX_SEGMENT = 65533, MAX_EXIF = MAX_SEGMENT - 6, MAX_XMP = MAX_SEGMENT - 29, MAX_PROFILE = 255 * (MAX_SEGMENT - 14) };
enum { MAX_DENSITY = 65535 };

typedef int32_t retain(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size);

/* JFIF has integers of 16 bits. */
static int32_t
retain_resolution(struct jpeg_retained *retained, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct mim_resolution changed = retained->resolution;
    int32_t status = mim_resolution_set(&changed, key, type, value, size);
    for (int i = 0; i < 2 && status == MIM_OK && changed.axes[0] > 0; i++)
        if (changed.axes[i] < 0.5 || changed.axes[i] >= MAX_DENSITY + 0.5)
            status = MIM_UNSUPPORTED;
    if (status == MIM_OK)
        retained->resolution = changed;
    return status;
}

static int32_t
retain_aspect(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    return mim_aspect_get(type, value, size, &retained->aspect) ? MIM_OK : MIM_UNSUPPORTED;
}

static int32_t
retain_bytes(struct mim_job *job, struct mim_bytes *bytes, const void *value, uint64_t size, uint64_t max)
{
    if (!size || size > max)
        return MIM_UNSUPPORTED;
    bytes->size = 0;
    return mim_bytes_append(job, bytes, value, size);
}

static int32_t
retain_icc(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return type == MIM_META_BYTES ? retain_bytes(job, &retained->icc, value, size, MAX_PROFILE) : MIM_UNSUPPORTED;
}

static int32_t
retain_exif(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return type == MIM_META_BYTES ? retain_bytes(job, &retained->exif, value, size, MAX_EXIF) : MIM_UNSUPPORTED;
}

static int32_t
retain_xmp(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return type == MIM_META_BYTES || type == MIM_META_TEXT ? retain_bytes(job, &retained->xmp, value, size, MAX_XMP)
                                                           : MIM_UNSUPPORTED;
}

static int32_t
retain_comment(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return type == MIM_META_TEXT ? retain_bytes(job, &retained->comment, value, size, MAX_SEGMENT) : MIM_UNSUPPORTED;
}

static const struct {
    const char *key;
    retain *retain;
} keys[] = {
    { "icc", retain_icc },
    { "exif", retain_exif },
    { "xmp", retain_xmp },
    { "comment", retain_comment },
    { "sample_aspect", retain_aspect },
};

int32_t
jpeg_retain(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct jpeg_writer *self = job->state;
    if (mim_resolution_has(key))
        return retain_resolution(&self->retained, key, type & MIM_META_TYPE_MASK, value, size);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i].key, key))
            return keys[i].retain(job, &self->retained, type & MIM_META_TYPE_MASK, value, size);
    return MIM_UNSUPPORTED;
}

void
jpeg_retained_clear(struct mim_job *job, struct jpeg_retained *retained)
{
    struct mim_bytes *all[] = { &retained->icc, &retained->exif, &retained->xmp, &retained->comment };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mim_bytes_clear(job, all[i]);
}
