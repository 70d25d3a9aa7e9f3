/* SPDX-License-Identifier: MIT */
/* What metadata says under common names has a chunk or a keyword here; docs/metadata.md has the names. */
#include "keep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libdeflate.h>

#include "emit.h"
#include "text.h"

enum { FIXED = 100000, PHYS_SIZE = 9, METRE = 1 };

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
keep_bytes(struct mim_job *job, struct pngx_bytes *bytes, int32_t type, const void *value, uint64_t size)
{
    if (type != MIM_META_BYTES || !size || size > INT32_MAX / 2)
        return MIM_UNSUPPORTED;
    bytes->size = 0;
    return pngx_bytes_add(job, bytes, value, size);
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
        void *texts = job->host->resize(job, kept->texts, kept->text_room * sizeof *kept->texts, room * sizeof *kept->texts);
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

/* UTF-8 as Latin-1, the first `room` characters. Their number, or -1 when one has no place there. */
static int64_t
to_latin1(const char *text, uint64_t size, uint8_t *out, uint64_t room)
{
    const uint8_t *in = (const uint8_t *)text;
    uint64_t count = 0;

    for (uint64_t i = 0; i < size && count < room; i++) {
        if (in[i] >= 0xc4 || (in[i] >= 0x80 && i + 1 == size))
            return -1;
        uint8_t letter = in[i] < 0x80 ? in[i] : (uint8_t)(in[i] << 6 | (in[i + 1] & 0x3f));
        if (letter >= 0x80 && letter < 0xa0) /* control codes there */
            return -1;
        i += in[i] >= 0x80;
        out[count++] = letter;
    }
    return (int64_t)count;
}

/* PNG specification (third edition), 11.3.3.2: printable, no blank at an end or beside another. */
static bool
to_keyword(const char *text, char keyword[80])
{
    uint8_t letters[81];
    int64_t count = to_latin1(text, strlen(text), letters, sizeof letters);

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
pngx_keep_text(struct mim_job *job, struct pngx_kept *kept, const char *name, int32_t rank, const char *text, uint64_t size)
{
    char keyword[80];

    if (!to_keyword(name, keyword) || size > INT32_MAX / 2 || memchr(text, 0, size))
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
    return pngx_bytes_add(job, &held->value, text, size);
}

static const struct {
    const char *key, *keyword;
    int32_t rank;
} texts[] = {
    { "title", "Title", 0 },         { "author", "Author", 0 },      { "artist", "Author", 1 },
    { "description", "Description", 0 }, { "copyright", "Copyright", 0 }, { "software", "Software", 0 },
    { "creator", "Software", 1 },    { "producer", "Software", 2 },  { "comment", "Comment", 0 },
    { "subject", "Subject", 0 },     { "keywords", "Keywords", 0 },  { "datetime", "Creation Time", 0 },
};

static int32_t
keep_named_text(struct mim_job *job, struct pngx_kept *kept, const char *key, const char *text, uint64_t size)
{
    if (!strncmp(key, "text:", 5))
        return pngx_keep_text(job, kept, key + 5, 0, text, size);
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i].key, key))
            return pngx_keep_text(job, kept, texts[i].keyword, texts[i].rank, text, size);
    return MIM_UNSUPPORTED;
}

int32_t
pngx_keep(struct mim_job *job, struct pngx_kept *kept, const char *key, int32_t type, const void *value, uint64_t size)
{
    static const struct {
        const char *key;
        int32_t (*keep)(struct mim_job *, struct pngx_kept *, int32_t type, const void *value, uint64_t size);
    } keepers[] = {
        { "resolution", keep_resolution }, { "resolution_unit", keep_unit }, { "dpi", keep_dpi },
        { "gamma", keep_gamma },           { "srgb", keep_srgb },            { "chromaticities", keep_chromaticities },
        { "icc", keep_icc },               { "exif", keep_exif },            { "modified", keep_modified },
    };

    type &= MIM_META_TYPE_MASK;
    for (unsigned i = 0; i < sizeof keepers / sizeof *keepers; i++)
        if (!strcmp(keepers[i].key, key))
            return keepers[i].keep(job, kept, type, value, size);
    if (type != MIM_META_TEXT && type != MIM_META_TIME)
        return MIM_UNSUPPORTED;
    return keep_named_text(job, kept, key, value, size);
}

/* The profile says what samples it is for. */
static int32_t
emit_profile(struct mim_job *job, struct pngx_kept *kept, uint32_t channels, bool *has_profile)
{
    static const uint8_t name[] = "ICC profile\0"; /* and method 0 */
    const struct pngx_bytes *icc = &kept->icc;
    const char *space = channels < 3 ? "GRAY" : "RGB ";

    *has_profile = false;
    if (!icc->size)
        return MIM_OK;
    if (icc->size < 20 || memcmp(icc->data + 16, space, 4) != 0)
        return job->host->notice(job, MIM_NOTICE_METADATA, "the colour profile is for other samples, and left out");
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
    uint64_t room = compressor ? libdeflate_zlib_compress_bound(compressor, icc->size) : 0;
    uint8_t *packed = room ? job->host->resize(job, NULL, 0, room) : NULL;
    int32_t status = MIM_NOMEM;
    if (packed) {
        uint64_t size = libdeflate_zlib_compress(compressor, icc->data, icc->size, packed, room);
        status = pngx_emit_chunk(job, PNGX_TYPE('i', 'C', 'C', 'P'), name, sizeof name, packed, size);
        job->host->resize(job, packed, room, 0);
        *has_profile = true;
    }
    libdeflate_free_compressor(compressor);
    return status;
}

static int32_t
emit_resolution(struct mim_job *job, const struct pngx_kept *kept)
{
    uint8_t bytes[PHYS_SIZE] = { [8] = kept->unit > 0 ? METRE : 0 };

    if (!(kept->axes[0] > 0))
        return MIM_OK;
    for (int i = 0; i < 2; i++) {
        double value = round(kept->unit > 0 ? kept->axes[i] / kept->unit : kept->axes[i]);
        if (!(value >= 1 && value <= INT32_MAX))
            return job->host->notice(job, MIM_NOTICE_METADATA, "png cannot keep such a resolution");
        pngx_put_u32(bytes + 4 * i, (uint32_t)value);
    }
    return pngx_emit_chunk(job, PNGX_TYPE('p', 'H', 'Y', 's'), NULL, 0, bytes, sizeof bytes);
}

/* Latin-1 where that will do, since every reader knows it. */
static int32_t
emit_text(struct mim_job *job, const struct pngx_kept_text *text)
{
    uint32_t head_size = (uint32_t)strlen(text->keyword) + 1;
    uint8_t head[85] = { 0 }; /* keyword; not compressed, no language, no translation */
    uint64_t size = text->value.size;

    memcpy(head, text->keyword, head_size);
    uint8_t *latin1 = job->host->resize(job, NULL, 0, size + 1);
    if (!latin1)
        return MIM_NOMEM;
    int64_t count = to_latin1((const char *)text->value.data, size, latin1, size);
    int32_t status =
        count < 0 ? pngx_emit_chunk(job, PNGX_TYPE('i', 'T', 'X', 't'), head, head_size + 4, text->value.data, size)
                  : pngx_emit_chunk(job, PNGX_TYPE('t', 'E', 'X', 't'), head, head_size, latin1, (uint64_t)count);
    job->host->resize(job, latin1, size + 1, 0);
    return status;
}

static int32_t
emit_colour(struct mim_job *job, struct pngx_kept *kept, uint32_t channels)
{
    bool has_profile;

    int32_t status = emit_profile(job, kept, channels, &has_profile);
    if (status == MIM_OK && kept->has_gamma)
        status = pngx_emit_chunk(job, PNGX_TYPE('g', 'A', 'M', 'A'), NULL, 0, kept->gamma, sizeof kept->gamma);
    if (status == MIM_OK && kept->has_chromaticities)
        status = pngx_emit_chunk(job, PNGX_TYPE('c', 'H', 'R', 'M'), NULL, 0, kept->chromaticities,
                                 sizeof kept->chromaticities);
    if (status == MIM_OK && kept->has_srgb && !has_profile) /* one of them may be there */
        status = pngx_emit_chunk(job, PNGX_TYPE('s', 'R', 'G', 'B'), NULL, 0, kept->srgb, sizeof kept->srgb);
    return status;
}

int32_t
pngx_kept_emit(struct mim_job *job, struct pngx_kept *kept, uint32_t channels)
{
    int32_t status = emit_colour(job, kept, channels);
    if (status == MIM_OK)
        status = emit_resolution(job, kept);
    if (status == MIM_OK && kept->has_time)
        status = pngx_emit_chunk(job, PNGX_TYPE('t', 'I', 'M', 'E'), NULL, 0, kept->time, sizeof kept->time);
    if (status == MIM_OK && kept->exif.size)
        status = pngx_emit_chunk(job, PNGX_TYPE('e', 'X', 'I', 'f'), NULL, 0, kept->exif.data, kept->exif.size);
    for (uint32_t i = 0; i < kept->text_count && status == MIM_OK; i++)
        status = emit_text(job, &kept->texts[i]);
    return status;
}

void
pngx_kept_close(struct mim_job *job, struct pngx_kept *kept)
{
    for (uint32_t i = 0; i < kept->text_count; i++)
        pngx_bytes_close(job, &kept->texts[i].value);
    if (kept->texts)
        job->host->resize(job, kept->texts, kept->text_room * sizeof *kept->texts, 0);
    pngx_bytes_close(job, &kept->icc);
    pngx_bytes_close(job, &kept->exif);
    *kept = (struct pngx_kept){ 0 };
}
