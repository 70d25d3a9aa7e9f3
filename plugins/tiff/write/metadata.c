/* SPDX-License-Identifier: MIT */
/* Converts options and metadata to tags. Options apply to every page and override metadata; metadata of the file go
 * to the first page, and to all pages if they describe pictures. */
#include "write/metadata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tiff.h>

#include <mim/kit/aspect.h>
#include <mim/kit/resolution.h>
#include <mim/kit/synonyms.h>

#include "file/known-tags.h"
#include "write/profile.h"
#include "write/raw-tags.h"
#include "write/state.h"

struct ratio {
    uint32_t num, den;
};

/* The nearest fraction, by continued fractions: 300 is 300/1, 0.1 is 1/10. */
static bool
to_ratio(double value, struct ratio *ratio)
{
    uint64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;
    double rest = value;
    if (!(value >= 0) || value > UINT32_MAX)
        return false;

    for (int i = 0; i < 40; i++) {
        uint64_t file_tags = (uint64_t)rest, p = file_tags * p1 + p0, q = file_tags * q1 + q0;
        if (p > UINT32_MAX || q > UINT32_MAX)
            break;
        p0 = p1, q0 = q1, p1 = p, q1 = q;
        double left = rest - (double)file_tags;
        if (left < 1e-9 || fabs((double)p / (double)q - value) <= value * 1e-12)
            break;
        rest = 1 / left;
        if (rest > UINT32_MAX)
            break;
    }
    *ratio = (struct ratio){ (uint32_t)p1, (uint32_t)q1 };
    return q1 != 0;
}

static int32_t
set_resolution_tags(struct tiff_tag_list *tags, struct mim_job *job, const struct ratio axes[2])
{
    int32_t status = tiff_tag_list_set(tags, job, TIFFTAG_XRESOLUTION, TIFF_RATIONAL, 1, &axes[0]);
    return status == MIM_OK ? tiff_tag_list_set(tags, job, TIFFTAG_YRESOLUTION, TIFF_RATIONAL, 1, &axes[1]) : status;
}

static int32_t
set_unit(struct tiff_tag_list *tags, struct mim_job *job, uint16_t unit)
{
    return tiff_tag_list_set(tags, job, TIFFTAG_RESOLUTIONUNIT, TIFF_SHORT, 1, &unit);
}

/* "2024-05-06T07:08:09" or "2024:05:06 07:08:09"; anything after it is ignored. */
static bool
to_datetime(const char *text, uint64_t size, char out[19])
{
    static const char form[] = "dddd:dd:dd dd:dd:dd";
    if (size < sizeof form - 1)
        return false;
    for (unsigned i = 0; i < sizeof form - 1; i++) {
        bool fits = form[i] == 'd'   ? text[i] >= '0' && text[i] <= '9'
                    : form[i] == ' ' ? text[i] == 'T' || text[i] == ' '
                                     : text[i] == ':' || (i < 10 && text[i] == '-');
        if (!fits)
            return false;
        out[i] = form[i] == 'd' ? text[i] : form[i];
    }
    return true;
}

static int32_t
set_datetime(struct tiff_tag_list *tags, struct mim_job *job, const char *text, uint64_t size)
{
    char time[19];
    if (!to_datetime(text, size, time))
        return MIM_UNSUPPORTED;
    return tiff_tag_list_set_text(tags, job, TIFFTAG_DATETIME, time, sizeof time);
}

/* Secondary keys apply only if the tag is not set yet. */
static const struct {
    const char *key;
    uint16_t tag;
    bool is_second;
} texts[] = {
    { "software", TIFFTAG_SOFTWARE, false },       { "description", TIFFTAG_IMAGEDESCRIPTION, false },
    { "artist", TIFFTAG_ARTIST, false },           { "copyright", TIFFTAG_COPYRIGHT, false },
    { "page_name", TIFFTAG_PAGENAME, false },      { "title", TIFFTAG_DOCUMENTNAME, false },
    { "datetime", TIFFTAG_DATETIME, false },       { "author", TIFFTAG_ARTIST, true },
    { "comment", TIFFTAG_IMAGEDESCRIPTION, true }, { "subject", TIFFTAG_IMAGEDESCRIPTION, true },
    { "creator", TIFFTAG_SOFTWARE, true },         { "producer", TIFFTAG_SOFTWARE, true },
    { "modified", TIFFTAG_DATETIME, true },        { "page_label", TIFFTAG_PAGENAME, true },
};

static bool
has_text(struct tiff_tag *tag, const char *text, uint64_t size)
{
    return tag->size == size + 1 && (!size || !memcmp(tiff_tag_data(tag), text, size));
}

static int32_t
set_text(struct tiff_tag_list *tags, struct mim_job *job, const char *key, const char *text, uint64_t size)
{
    uint16_t tag = 0;
    char time[19];
    bool is_second = false;
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].key, key) == 0) {
            tag = texts[i].tag;
            is_second = texts[i].is_second;
        }
    if (tag == TIFFTAG_DATETIME) {
        if (!to_datetime(text, size, time))
            return MIM_UNSUPPORTED;
        text = time;
        size = sizeof time;
    }
    struct tiff_tag *other = tag ? tiff_tag_list_find(tags, tag) : NULL;
    if (other && has_text(other, text, size))
        return MIM_OK;
    if (tag == 0 || (other && is_second))
        return MIM_UNSUPPORTED;
    int32_t status = other ? mim_synonym_report_replaced(job, key) : MIM_OK;
    return status == MIM_OK ? tiff_tag_list_set_text(tags, job, tag, text, size) : status;
}

/* A ratio of 32 bits is kept as it is. */
static bool
get_ratio(int32_t type, const void *value, uint64_t index, struct ratio *out)
{
    struct mim_rational ratio = { -1, 0 };
    if (type == MIM_META_RATIONAL || type == MIM_META_RATIONALS)
        memcpy(&ratio, (const char *)value + index * sizeof ratio, sizeof ratio);
    if (ratio.num < 0 || ratio.num > UINT32_MAX || ratio.den < 1 || ratio.den > UINT32_MAX)
        return to_ratio(mim_number_at(type, value, index), out);
    *out = (struct ratio){ (uint32_t)ratio.num, (uint32_t)ratio.den };
    return true;
}

/* One number for both axes, or one for each. */
static int32_t
set_resolution(struct tiff_tag_list *tags, struct mim_job *job, int32_t type, const void *value, uint64_t size)
{
    struct ratio axes[2];
    uint64_t count = mim_numbers_count(type, size);
    if ((count != 1 && count != 2) || !get_ratio(type, value, 0, &axes[0]) ||
        !get_ratio(type, value, count - 1, &axes[1]))
        return MIM_UNSUPPORTED;
    return set_resolution_tags(tags, job, axes);
}

/* A resolution without a unit, unless there is one. */
static int32_t
set_aspect(struct tiff_tag_list *tags, struct mim_job *job, int32_t type, const void *value, uint64_t size)
{
    struct mim_rational aspect;
    if (!mim_aspect_get(type, value, size, &aspect))
        return MIM_UNSUPPORTED;
    if (tiff_tag_list_find(tags, TIFFTAG_XRESOLUTION))
        return MIM_OK;
    const struct ratio axes[2] = { { (uint32_t)aspect.den, 1 }, { (uint32_t)aspect.num, 1 } };
    int32_t status = set_resolution_tags(tags, job, axes);
    return status == MIM_OK ? set_unit(tags, job, RESUNIT_NONE) : status;
}

static int32_t
set_page_number(struct tiff_tag_list *tags, struct mim_job *job, const void *value, uint64_t size)
{
    int64_t numbers[2] = { 0, 0 };
    if (size != 8 && size != 16)
        return MIM_UNSUPPORTED;
    memcpy(numbers, value, size);
    if (numbers[0] < 0 || numbers[0] > UINT16_MAX || numbers[1] < 0 || numbers[1] > UINT16_MAX)
        return MIM_UNSUPPORTED;
    uint16_t pair[2] = { (uint16_t)numbers[0], (uint16_t)numbers[1] };
    return tiff_tag_list_set(tags, job, TIFFTAG_PAGENUMBER, TIFF_SHORT, 2, pair);
}

int32_t
tiff_metadata_tag(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct tiff_writer *self = job->state;
    struct tiff_tag_list *tags = self->is_open ? &self->pending_tags : &self->file_tags;
    int32_t plain = type & MIM_META_TYPE_MASK;
    uint64_t limit = job->host->limit(job, MIM_LIMIT_METADATA);

    if (type & MIM_META_CODING) {
        if (strcmp(key, "compression") == 0 && plain == MIM_META_TEXT)
            self->source_codec = tiff_codec_of_bits(value, size);
        return MIM_UNSUPPORTED;
    }
    if (size > limit || (!self->is_big && self->is_open && size > UINT32_MAX))
        return MIM_UNSUPPORTED;
    if (strcmp(key, "resolution") == 0)
        return set_resolution(tags, job, plain, value, size);
    if (strcmp(key, "dpi") == 0) {
        int32_t status = set_resolution(tags, job, plain, value, size);
        return status == MIM_OK ? set_unit(tags, job, RESUNIT_INCH) : status;
    }
    if (strcmp(key, "sample_aspect") == 0)
        return set_aspect(tags, job, plain, value, size);
    if (strncmp(key, "tag:", 4) == 0)
        return tiff_raw_tag_from_metadata(tags, job, key + 4, plain, value, size);
    if (strcmp(key, "resolution_unit") == 0 && plain == MIM_META_TEXT) {
        int32_t unit = mim_resolution_unit_of(value, size);
        return unit >= 0 ? set_unit(tags, job, (uint16_t)(unit + RESUNIT_NONE)) : MIM_UNSUPPORTED;
    }
    if (strcmp(key, "page_number") == 0 && (plain == MIM_META_INTS || plain == MIM_META_INT))
        return set_page_number(tags, job, value, size);
    if (strcmp(key, "icc") == 0 && plain == MIM_META_BYTES && size)
        return tiff_tag_list_set(tags, job, TIFFTAG_ICCPROFILE, TIFF_UNDEFINED, size, value);
    if (strcmp(key, "xmp") == 0 && (plain == MIM_META_BYTES || plain == MIM_META_TEXT) && size)
        return tiff_tag_list_set(tags, job, TIFFTAG_XMLPACKET, TIFF_BYTE, size, value);
    if (plain == MIM_META_TEXT || plain == MIM_META_TIME)
        return set_text(tags, job, key, value, size);
    return MIM_UNSUPPORTED;
}

static int32_t
set_resolution_option(struct mim_job *job, uint16_t unit)
{
    struct tiff_writer *self = job->state;
    struct ratio axes[2];
    if (self->resolution.count == 0)
        return MIM_OK;
    if (self->resolution.count > 2)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "resolution takes one or two numbers, not %llu",
                               (unsigned long long)self->resolution.count);
    for (unsigned i = 0; i < 2; i++) {
        double value = self->resolution.values[i < self->resolution.count ? i : 0];
        if (!to_ratio(value, &axes[i]))
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "resolution=%g: expected 0 to 4294967295", value);
    }
    int32_t status = set_resolution_tags(&self->option_tags, job, axes);
    return status == MIM_OK ? set_unit(&self->option_tags, job, unit) : status;
}

int32_t
tiff_option_tags(struct mim_job *job)
{
    static const uint16_t units[] = { RESUNIT_INCH, RESUNIT_NONE, RESUNIT_CENTIMETER };
    struct tiff_writer *self = job->state;
    const struct {
        uint16_t tag;
        const char *text;
    } given[] = { { TIFFTAG_SOFTWARE, self->software }, { TIFFTAG_IMAGEDESCRIPTION, self->description },
                  { TIFFTAG_ARTIST, self->artist } };

    int32_t status = set_resolution_option(job, units[self->unit]);
    if (status == MIM_OK && self->unit != 0) /* not the default */
        status = set_unit(&self->option_tags, job, units[self->unit]);
    for (unsigned i = 0; i < sizeof given / sizeof *given && status == MIM_OK; i++)
        if (given[i].text)
            status =
                tiff_tag_list_set_text(&self->option_tags, job, given[i].tag, given[i].text, strlen(given[i].text));
    if (status == MIM_OK && self->datetime)
        status = set_datetime(&self->option_tags, job, self->datetime, strlen(self->datetime));
    if (status == MIM_UNSUPPORTED)
        status =
            job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "datetime=%s: expected YYYY-MM-DDTHH:MM:SS", self->datetime);
    if (status == MIM_OK)
        status = tiff_profile_from_option(job);
    return status == MIM_OK ? tiff_raw_tags_from_options(job) : status;
}
