/* SPDX-License-Identifier: MIT */
/* Colour profiles, from a file or from metadata, and whether they match the page. */
#include "write/profile.h"

#include <string.h>

#include <tiff.h>

#include "write/state.h"

#define HEADER_BYTES 128u /* of a profile */

static bool
is_profile(const uint8_t *data, uint64_t size)
{
    return size >= HEADER_BYTES && memcmp(data + 36, "acsp", 4) == 0;
}

static int32_t
read_file(struct mim_job *job, const char *path, int32_t side, uint64_t size)
{
    struct tiff_writer *self = job->state;
    int32_t status = tiff_tag_list_set(&self->option_tags, job, TIFFTAG_ICCPROFILE, TIFF_UNDEFINED, size, NULL);
    if (status != MIM_OK)
        return status;
    uint8_t *data = tiff_tag_data(tiff_tag_list_find(&self->option_tags, TIFFTAG_ICCPROFILE));
    int64_t got = job->host->side_read(job, side, data, size, 0);
    if (got < 0)
        return job->host->fail(job, (int32_t)-got, MIM_UNKNOWN, "icc=%s: cannot read the file", path);
    if ((uint64_t)got < size || !is_profile(data, size))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "icc=%s: not an ICC profile", path);
    return MIM_OK;
}

int32_t
tiff_profile_from_option(struct mim_job *job)
{
    const struct tiff_writer *self = job->state;
    if (!self->icc || strcmp(self->icc, "none") == 0)
        return MIM_OK;
    int32_t side = job->host->open_side(job, "icc", self->icc);
    if (side <= 0)
        return -side;

    uint64_t size = job->host->side_size(job, side), limit = job->host->limit(job, MIM_LIMIT_METADATA);
    if (size < HEADER_BYTES || size == MIM_UNKNOWN)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "icc=%s: not an ICC profile", self->icc);
    if (size > limit || size > UINT32_MAX)
        return job->host->fail(job, MIM_LIMIT, MIM_UNKNOWN,
                               "icc=%s: %llu bytes exceed the limit metadata=%llu", self->icc,
                               (unsigned long long)size, (unsigned long long)limit);
    return read_file(job, self->icc, side, size);
}

/* Bytes 16 to 19 name the colour space. Data that are not a profile are kept. */
static bool
is_for(const struct tiff_tag *profile, const struct tiff_layout *layout)
{
    const uint8_t *data = tiff_tag_data((struct tiff_tag *)profile);
    bool is_colour = layout->photometric == PHOTOMETRIC_RGB || layout->photometric == PHOTOMETRIC_YCBCR;
    return !is_profile(data, profile->size) || memcmp(data + 16, is_colour ? "RGB " : "GRAY", 4) == 0;
}

int32_t
tiff_profile_check(struct mim_job *job, const struct tiff_layout *layout)
{
    struct tiff_writer *self = job->state;
    const struct tiff_tag *profile = tiff_tag_list_find(&self->page, TIFFTAG_ICCPROFILE);
    bool is_refused = self->icc && strcmp(self->icc, "none") == 0;
    if (!profile || (!is_refused && is_for(profile, layout)))
        return MIM_OK;
    if (self->icc && !is_refused)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "icc=%s: the profile is not for the colours of the page",
                               self->icc);
    tiff_tag_list_remove(&self->page, job, TIFFTAG_ICCPROFILE);
    return is_refused ? MIM_OK
                      : job->host->notice(job, MIM_NOTICE_METADATA,
                                          "the colour profile does not match the page and is dropped");
}
