/* SPDX-License-Identifier: MIT */
/* Retains metadata for the chunks that store it. docs/metadata.md lists the common names. */
#include "write/retain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mim/kit/aspect.h>
#include <mim/kit/synonyms.h>
#include <mim/kit/text.h>

#include "chunk/chunk.h"
#include "chunk/text.h"

enum { FIXED = 100000 };

int32_t
pngx_retain_dpi(struct pngx_retained *retained, const double axes[2])
{
    return mim_resolution_set(&retained->resolution, "dpi", MIM_META_REALS, axes, 2 * sizeof *axes);
}

static int32_t
retain_aspect(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    return mim_aspect_get(type, value, size, &retained->aspect) ? MIM_OK : MIM_UNSUPPORTED;
}

static bool
to_fixed(double value, uint8_t *out)
{
    double fixed = round(value * FIXED);

    if (!(fixed >= 0 && fixed <= INT32_MAX))
        return false;
    mim_store_be32(out, (uint32_t)fixed);
    return true;
}

static int32_t
retain_gamma(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    if (mim_numbers_count(type, size) != 1 || !(mim_number_at(type, value, 0) * FIXED >= 1) ||
        !to_fixed(mim_number_at(type, value, 0), retained->gamma))
        return MIM_UNSUPPORTED;
    retained->has_gamma = true;
    return MIM_OK;
}

static int32_t
retain_chromaticities(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value,
                      uint64_t size)
{
    uint8_t fixed[sizeof retained->chromaticities];
    (void)job;

    if (mim_numbers_count(type, size) != 8)
        return MIM_UNSUPPORTED;
    for (uint64_t i = 0; i < 8; i++)
        if (!to_fixed(mim_number_at(type, value, i), fixed + 4 * i))
            return MIM_UNSUPPORTED;
    memcpy(retained->chromaticities, fixed, sizeof fixed);
    retained->has_chromaticities = true;
    return MIM_OK;
}

static int32_t
retain_srgb(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    static const char *const intents[] = { "perceptual", "relative", "saturation", "absolute" };
    (void)job;

    for (uint8_t i = 0; i < 4 && type == MIM_META_TEXT; i++)
        if (strlen(intents[i]) == size && !memcmp(intents[i], value, size)) {
            retained->srgb[0] = i;
            retained->has_srgb = true;
            return MIM_OK;
        }
    return MIM_UNSUPPORTED;
}

static int32_t
retain_bytes(struct mim_job *job, struct mim_bytes *bytes, int32_t type, const void *value, uint64_t size)
{
    if (type != MIM_META_BYTES || !size || size > INT32_MAX / 2)
        return MIM_UNSUPPORTED;
    bytes->size = 0;
    return mim_bytes_append(job, bytes, value, size);
}

static int32_t
retain_icc(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return retain_bytes(job, &retained->icc, type, value, size);
}

static int32_t
retain_exif(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    return retain_bytes(job, &retained->exif, type, value, size);
}

/* An iTXt chunk has UTF-8 without zeros. */
static int32_t
retain_xmp(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    if (memchr(value, 0, size) || !mim_utf8_is_valid(value, size))
        return MIM_UNSUPPORTED;
    return retain_bytes(job, &retained->xmp, type == MIM_META_TEXT ? MIM_META_BYTES : type, value, size);
}

/* tIME is universal time, so a time without a zone cannot be stored. */
static int32_t
retain_modified(struct mim_job *job, struct pngx_retained *retained, int32_t type, const void *value, uint64_t size)
{
    const char *text = value;
    struct tm parts = { 0 };
    uint64_t length = pngx_text_time(text, size);
    (void)job;

    if ((type != MIM_META_TIME && type != MIM_META_TEXT) || length < 20 || length != size)
        return MIM_UNSUPPORTED;
    char copy[32] = { 0 };
    memcpy(copy, text, length);
    parts.tm_year = atoi(copy) - 1900;
    parts.tm_mon = atoi(copy + 5) - 1;
    parts.tm_mday = atoi(copy + 8);
    parts.tm_hour = atoi(copy + 11);
    parts.tm_min = atoi(copy + 14);
    parts.tm_sec = atoi(copy + 17);
    if (copy[19] != 'Z') {
        int sign = copy[19] == '-' ? -1 : 1;
        parts.tm_hour -= sign * atoi(copy + 20);
        parts.tm_min -= sign * atoi(copy + 23);
        timegm(&parts); /* normalizes the parts */
    }
    mim_store_be16(retained->time, (uint16_t)(parts.tm_year + 1900));
    const int rest[] = { parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec };
    for (int i = 0; i < 5; i++)
        retained->time[2 + i] = (uint8_t)rest[i];
    retained->has_time = true;
    return MIM_OK;
}

static struct pngx_retained_text *
find_text(struct pngx_retained *retained, const char *keyword)
{
    for (uint32_t i = 0; i < retained->text_count; i++)
        if (!strcmp(retained->texts[i].keyword, keyword))
            return &retained->texts[i];
    return NULL;
}

static struct pngx_retained_text *
append_text(struct mim_job *job, struct pngx_retained *retained, const char *keyword)
{
    struct pngx_retained_text *texts =
        mim_array_reserve(job, retained->texts, &retained->text_capacity, retained->text_count + 1ULL, sizeof *texts);
    if (!texts)
        return NULL;
    retained->texts = texts;
    struct pngx_retained_text *text = &retained->texts[retained->text_count++];
    *text = (struct pngx_retained_text){ .rank = INT32_MAX };
    snprintf(text->keyword, sizeof text->keyword, "%s", keyword);
    return text;
}

/* PNG specification (third edition), 11.3.3.2: printable, without leading, trailing or double blanks. */
static bool
to_keyword(const char *text, char keyword[80])
{
    uint8_t letters[81];
    int64_t count = mim_utf8_to_latin1(text, strlen(text), letters, sizeof letters);

    if (count < 1 || count > 79 || letters[0] == ' ' || letters[count - 1] == ' ')
        return false;
    for (int64_t i = 0; i < count; i++)
        if (letters[i] < 32 || (letters[i] > 126 && letters[i] < 161) || (letters[i] == ' ' && letters[i + 1] == ' '))
            return false;
    memcpy(keyword, letters, (size_t)count);
    keyword[count] = '\0';
    return true;
}

int32_t
pngx_retain_text(struct mim_job *job, struct pngx_retained *retained, const char *name, int32_t rank, const char *text,
                 uint64_t size)
{
    char keyword[80];

    if (!to_keyword(name, keyword) || size > INT32_MAX / 2 || memchr(text, 0, size) || !mim_utf8_is_valid(text, size))
        return MIM_UNSUPPORTED;
    struct pngx_retained_text *entry = find_text(retained, keyword);
    if (!entry)
        entry = append_text(job, retained, keyword);
    if (!entry)
        return MIM_NOMEM;
    bool is_same = entry->value.size == size && (!size || !memcmp(entry->value.data, text, size));
    if (rank > entry->rank) /* a better key or an option has set it */
        return is_same || entry->rank < 0 ? MIM_OK : MIM_UNSUPPORTED;
    if (rank < entry->rank && entry->rank < INT32_MAX && !is_same) {
        int32_t status = mim_synonym_report_replaced(job, name);
        if (status != MIM_OK)
            return status;
    }
    entry->rank = rank;
    entry->value.size = 0;
    return mim_bytes_append(job, &entry->value, text, size);
}

/* Keys that set a keyword unless a better key does; a lower rank is better. */
static const struct {
    const char *key, *better;
    int32_t rank;
} others[] = { { "artist", "author", 1 }, { "creator", "software", 1 }, { "producer", "software", 2 } };

static int32_t
retain_named_text(struct mim_job *job, struct pngx_retained *retained, const char *key, const char *text, uint64_t size)
{
    int32_t rank = 0;

    if (!strncmp(key, "text:", 5))
        return pngx_retain_text(job, retained, key + 5, 0, text, size);
    for (unsigned i = 0; i < sizeof others / sizeof *others && !rank; i++)
        if (!strcmp(others[i].key, key)) {
            key = others[i].better;
            rank = others[i].rank;
        }
    const char *keyword = pngx_text_keyword(key);
    return keyword ? pngx_retain_text(job, retained, keyword, rank, text, size) : MIM_UNSUPPORTED;
}

int32_t
pngx_retain(struct mim_job *job, struct pngx_retained *retained, const char *key, int32_t type, const void *value,
            uint64_t size)
{
    static const struct {
        const char *key;
        int32_t (*retain)(struct mim_job *, struct pngx_retained *, int32_t type, const void *value, uint64_t size);
    } handlers[] = {
        { "sample_aspect", retain_aspect },
        { "gamma", retain_gamma },
        { "srgb", retain_srgb },
        { "chromaticities", retain_chromaticities },
        { "icc", retain_icc },
        { "exif", retain_exif },
        { "xmp", retain_xmp },
        { "modified", retain_modified },
    };

    type &= MIM_META_TYPE_MASK;
    if (mim_resolution_has(key))
        return mim_resolution_set(&retained->resolution, key, type, value, size);
    for (unsigned i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (!strcmp(handlers[i].key, key))
            return handlers[i].retain(job, retained, type, value, size);
    if (pngx_display_retain(&retained->display, key, type, value, size) == MIM_OK)
        return MIM_OK;
    if (type != MIM_META_TEXT && type != MIM_META_TIME)
        return MIM_UNSUPPORTED;
    return retain_named_text(job, retained, key, value, size);
}

void
pngx_retained_close(struct mim_job *job, struct pngx_retained *retained)
{
    for (uint32_t i = 0; i < retained->text_count; i++)
        mim_bytes_clear(job, &retained->texts[i].value);
    mim_array_free(job, retained->texts, retained->text_capacity, sizeof *retained->texts);
    mim_bytes_clear(job, &retained->icc);
    mim_bytes_clear(job, &retained->exif);
    mim_bytes_clear(job, &retained->xmp);
    *retained = (struct pngx_retained){ 0 };
}
