/* SPDX-License-Identifier: MIT */
/* What metadata says under common names has a chunk or a keyword here; docs/metadata.md has the names. */
#include "write/retain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chunk/chunk.h"
#include "chunk/text.h"

enum { FIXED = 100000 };

static const double inch = 0.0254, centimetre = 0.01;

static double
number_at(int32_t type, const void *value, uint64_t index)
{
    struct mim_rational ratio;
    int64_t whole;
    double real;

    switch (type) {
    case MIM_META_RATIONAL:
    case MIM_META_RATIONALS:
        memcpy(&ratio, (const char *)value + index * sizeof ratio, sizeof ratio);
        return ratio.den ? (double)ratio.num / (double)ratio.den : 0;
    case MIM_META_INT:
    case MIM_META_INTS:
        memcpy(&whole, (const char *)value + index * sizeof whole, sizeof whole);
        return (double)whole;
    }
    memcpy(&real, (const char *)value + index * sizeof real, sizeof real);
    return real;
}

/* How many numbers a value holds; 0: it is none. */
static uint64_t
number_count(int32_t type, uint64_t size)
{
    if (type == MIM_META_RATIONAL || type == MIM_META_RATIONALS)
        return size / sizeof(struct mim_rational);
    return type >= MIM_META_INT && type <= MIM_META_REALS ? size / 8 : 0;
}

static int32_t
keep_axes(struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    uint64_t count = number_count(type, size);
    double axes[2];

    if (count != 1 && count != 2)
        return MIM_UNSUPPORTED;
    for (uint64_t i = 0; i < 2; i++) {
        axes[i] = number_at(type, value, count == 2 ? i : 0);
        if (!(axes[i] > 0 && axes[i] <= INT32_MAX))
            return MIM_UNSUPPORTED;
    }
    memcpy(kept->axes, axes, sizeof axes);
    return MIM_OK;
}

static int32_t
keep_resolution(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    if (!kept->has_unit)
        kept->unit = inch;
    return keep_axes(kept, type, value, size);
}

static int32_t
keep_unit(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    static const struct {
        const char *name;
        const double *metres;
    } units[] = { { "inch", &inch }, { "cm", &centimetre }, { "none", NULL } };
    (void)job;

    for (unsigned i = 0; i < sizeof units / sizeof *units && type == MIM_META_TEXT; i++)
        if (strlen(units[i].name) == size && !memcmp(units[i].name, value, size)) {
            kept->unit = units[i].metres ? *units[i].metres : 0;
            kept->has_unit = true;
            return MIM_OK;
        }
    return MIM_UNSUPPORTED;
}

static int32_t
keep_dpi(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    int32_t status = keep_axes(kept, type, value, size);
    (void)job;

    if (status != MIM_OK)
        return status;
    kept->unit = inch;
    kept->has_unit = true;
    return MIM_OK;
}

int32_t
pngx_keep_dpi(struct pngx_kept *kept, const double axes[2])
{
    return keep_dpi(NULL, kept, MIM_META_REALS, axes, 2 * sizeof *axes);
}

static bool
to_fixed(double value, uint8_t *out)
{
    double fixed = round(value * FIXED);

    if (!(fixed >= 0 && fixed <= INT32_MAX))
        return false;
    pngx_put_u32(out, (uint32_t)fixed);
    return true;
}

static int32_t
keep_gamma(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    (void)job;
    if (number_count(type, size) != 1 || !(number_at(type, value, 0) * FIXED >= 1) ||
        !to_fixed(number_at(type, value, 0), kept->gamma))
        return MIM_UNSUPPORTED;
    kept->has_gamma = true;
    return MIM_OK;
}

static int32_t
keep_chromaticities(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    uint8_t fixed[sizeof kept->chromaticities];
    (void)job;

    if (number_count(type, size) != 8)
        return MIM_UNSUPPORTED;
    for (uint64_t i = 0; i < 8; i++)
        if (!to_fixed(number_at(type, value, i), fixed + 4 * i))
            return MIM_UNSUPPORTED;
    memcpy(kept->chromaticities, fixed, sizeof fixed);
    kept->has_chromaticities = true;
    return MIM_OK;
}

static int32_t
keep_srgb(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    static const char *const intents[] = { "perceptual", "relative", "saturation", "absolute" };
    (void)job;

    for (uint8_t i = 0; i < 4 && type == MIM_META_TEXT; i++)
        if (strlen(intents[i]) == size && !memcmp(intents[i], value, size)) {
            kept->srgb[0] = i;
            kept->has_srgb = true;
            return MIM_OK;
        }
    return MIM_UNSUPPORTED;
}

static int32_t
keep_bytes(struct mim_job *job, struct shared_bytes *bytes, int32_t type, const void *value, uint64_t size)
{
    if (type != MIM_META_BYTES || !size || size > INT32_MAX / 2)
        return MIM_UNSUPPORTED;
    bytes->size = 0;
    return shared_bytes_add(job, bytes, value, size);
}

static int32_t
keep_icc(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    return keep_bytes(job, &kept->icc, type, value, size);
}

static int32_t
keep_exif(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
{
    return keep_bytes(job, &kept->exif, type, value, size);
}

/* tIME is universal time: a text without its zone does not say it. */
static int32_t
keep_modified(struct mim_job *job, struct pngx_kept *kept, int32_t type, const void *value, uint64_t size)
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
        timegm(&parts); /* makes the parts what they should be */
    }
    pngx_put_u16(kept->time, (uint32_t)(parts.tm_year + 1900));
    const int rest[] = { parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec };
    for (int i = 0; i < 5; i++)
        kept->time[2 + i] = (uint8_t)rest[i];
    kept->has_time = true;
    return MIM_OK;
}

static struct pngx_kept_text *
find_text(struct pngx_kept *kept, const char *keyword)
{
    for (uint32_t i = 0; i < kept->text_count; i++)
        if (!strcmp(kept->texts[i].keyword, keyword))
            return &kept->texts[i];
    return NULL;
}

static struct pngx_kept_text *
append_text(struct mim_job *job, struct pngx_kept *kept, const char *keyword)
{
    if (kept->text_count == kept->text_room) {
        uint32_t room = kept->text_room ? 2 * kept->text_room : 8;
        void *texts =
            job->host->resize(job, kept->texts, kept->text_room * sizeof *kept->texts, room * sizeof *kept->texts);
        if (!texts)
            return NULL;
        kept->texts = texts;
        kept->text_room = room;
    }
    struct pngx_kept_text *text = &kept->texts[kept->text_count++];
    *text = (struct pngx_kept_text){ .rank = INT32_MAX };
    snprintf(text->keyword, sizeof text->keyword, "%s", keyword);
    return text;
}

/* PNG specification (third edition), 11.3.3.2: printable, no blank at an end or beside another. */
static bool
to_keyword(const char *text, char keyword[80])
{
    uint8_t letters[81];
    int64_t count = pngx_text_to_latin1(text, strlen(text), letters, sizeof letters);

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
pngx_keep_text(struct mim_job *job, struct pngx_kept *kept, const char *name, int32_t rank, const char *text,
               uint64_t size)
{
    char keyword[80];

    if (!to_keyword(name, keyword) || size > INT32_MAX / 2 || memchr(text, 0, size) ||
        !pngx_text_is_utf8((const uint8_t *)text, size))
        return MIM_UNSUPPORTED;
    struct pngx_kept_text *held = find_text(kept, keyword);
    if (!held)
        held = append_text(job, kept, keyword);
    if (!held)
        return MIM_NOMEM;
    if (rank > held->rank)
        return MIM_OK; /* its own word has been said */
    held->rank = rank;
    held->value.size = 0;
    return shared_bytes_add(job, &held->value, text, size);
}

/* Words for what has one of its own. */
static const struct {
    const char *key, *better;
    int32_t rank;
} others[] = { { "artist", "author", 1 }, { "creator", "software", 1 }, { "producer", "software", 2 } };

static int32_t
keep_named_text(struct mim_job *job, struct pngx_kept *kept, const char *key, const char *text, uint64_t size)
{
    int32_t rank = 0;

    if (!strncmp(key, "text:", 5))
        return pngx_keep_text(job, kept, key + 5, 0, text, size);
    for (unsigned i = 0; i < sizeof others / sizeof *others && !rank; i++)
        if (!strcmp(others[i].key, key)) {
            key = others[i].better;
            rank = others[i].rank;
        }
    const char *keyword = pngx_text_keyword(key);
    return keyword ? pngx_keep_text(job, kept, keyword, rank, text, size) : MIM_UNSUPPORTED;
}

int32_t
pngx_keep(struct mim_job *job, struct pngx_kept *kept, const char *key, int32_t type, const void *value, uint64_t size)
{
    static const struct {
        const char *key;
        int32_t (*keep)(struct mim_job *, struct pngx_kept *, int32_t type, const void *value, uint64_t size);
    } keepers[] = {
        { "resolution", keep_resolution },
        { "resolution_unit", keep_unit },
        { "dpi", keep_dpi },
        { "gamma", keep_gamma },
        { "srgb", keep_srgb },
        { "chromaticities", keep_chromaticities },
        { "icc", keep_icc },
        { "exif", keep_exif },
        { "modified", keep_modified },
    };

    type &= MIM_META_TYPE_MASK;
    for (unsigned i = 0; i < sizeof keepers / sizeof *keepers; i++)
        if (!strcmp(keepers[i].key, key))
            return keepers[i].keep(job, kept, type, value, size);
    if (type != MIM_META_TEXT && type != MIM_META_TIME)
        return MIM_UNSUPPORTED;
    return keep_named_text(job, kept, key, value, size);
}

void
pngx_kept_close(struct mim_job *job, struct pngx_kept *kept)
{
    for (uint32_t i = 0; i < kept->text_count; i++)
        shared_bytes_close(job, &kept->texts[i].value);
    if (kept->texts)
        job->host->resize(job, kept->texts, kept->text_room * sizeof *kept->texts, 0);
    shared_bytes_close(job, &kept->icc);
    shared_bytes_close(job, &kept->exif);
    *kept = (struct pngx_kept){ 0 };
}
