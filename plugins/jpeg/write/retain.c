/* SPDX-License-Identifier: MIT */
/* Retains metadata until the segments are written. docs/metadata.md lists the common names. */
#include "write/retain.h"

#include <string.h>

#include <mim/kit/aspect.h>
#include <mim/kit/text.h>

#include "shared/numbers.h"
#include "write/writer.h"

enum { MAX_SEGMENT = 65533, MAX_EXIF = MAX_SEGMENT - 6, MAX_XMP = MAX_SEGMENT - 29, MAX_PROFILE = 255 * (MAX_SEGMENT - 14) };
enum { MAX_DENSITY = 65535 };

typedef int32_t retain(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size);

static int32_t
retain_axes(struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    uint64_t count = shared_numbers_count(type, size);
    double axes[2];
    if (count != 1 && count != 2)
        return MIM_UNSUPPORTED;
    for (uint64_t i = 0; i < 2; i++) {
        axes[i] = shared_number_at(type, value, count == 2 ? i : 0);
        if (!(axes[i] >= 0.5 && axes[i] < MAX_DENSITY + 0.5))
            return MIM_UNSUPPORTED;
    }
    memcpy(retained->axes, axes, sizeof axes);
    return MIM_OK;
}

static int32_t
retain_resolution(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    if (!retained->has_unit)
        retained->unit = 1;
    return retain_axes(retained, type, value, size);
}

static int32_t
retain_dpi(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    retained->unit = 1;
    retained->has_unit = true;
    return retain_axes(retained, type, value, size);
}

static int32_t
retain_unit(struct mim_job *job, struct jpeg_retained *retained, int32_t type, const void *value, uint64_t size)
{
    static const char *const units[] = { "none", "inch", "cm" };
    (void)job;
    for (int32_t i = 0; i < 3 && type == MIM_META_TEXT; i++)
        if (strlen(units[i]) == size && !memcmp(units[i], value, size)) {
            retained->unit = i;
            retained->has_unit = true;
            return MIM_OK;
        }
    return MIM_UNSUPPORTED;
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
    { "resolution", retain_resolution },
    { "resolution_unit", retain_unit },
    { "dpi", retain_dpi },
    { "sample_aspect", retain_aspect },
};

int32_t
jpeg_retain(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct jpeg_writer *self = job->state;
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
