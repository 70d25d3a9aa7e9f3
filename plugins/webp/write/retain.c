/* SPDX-License-Identifier: MIT */
/* Profile, Exif and XMP. Samples are always RGB, and so is a profile that fits them. */
#include "write/retain.h"

#include <stdbool.h>
#include <string.h>

#include "riff/layout.h"

enum { SPACE_AT = 16, SPACE_SIZE = 4 }; /* the colour space, in the header of a profile */

static bool
is_rgb_profile(const uint8_t *profile, uint64_t size)
{
    return size >= SPACE_AT + SPACE_SIZE && !memcmp(profile + SPACE_AT, "RGB ", SPACE_SIZE);
}

/* Where a value belongs; NULL: nowhere. */
static struct mim_bytes *
place_of(struct webp_retained *retained, const char *key, int32_t type, const void *value, uint64_t size)
{
    bool is_bytes = type == MIM_META_BYTES;

    if (!strcmp(key, "icc"))
        return is_bytes && is_rgb_profile(value, size) ? &retained->icc : NULL;
    if (!strcmp(key, "exif"))
        return is_bytes ? &retained->exif : NULL;
    if (!strcmp(key, "xmp"))
        return is_bytes || type == MIM_META_TEXT ? &retained->xmp : NULL;
    return NULL;
}

int32_t
webp_retain(struct mim_job *job, struct webp_retained *retained, const char *key, int32_t type, const void *value,
            uint64_t size)
{
    struct mim_bytes *place = place_of(retained, key, type & MIM_META_TYPE_MASK, value, size);
    if (!place || size > INT32_MAX)
        return MIM_UNSUPPORTED;
    place->size = 0;
    return mim_bytes_append(job, place, value, size);
}

uint32_t
webp_retained_flags(const struct webp_retained *retained)
{
    return (retained->icc.size ? WEBP_HAS_ICC : 0) | (retained->exif.size ? WEBP_HAS_EXIF : 0) |
           (retained->xmp.size ? WEBP_HAS_XMP : 0);
}

void
webp_retained_close(struct mim_job *job, struct webp_retained *retained)
{
    mim_bytes_clear(job, &retained->icc);
    mim_bytes_clear(job, &retained->exif);
    mim_bytes_clear(job, &retained->xmp);
}
