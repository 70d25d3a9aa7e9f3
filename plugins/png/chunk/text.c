/* SPDX-License-Identifier: MIT */
/* Texts: tEXt is Latin-1, zTXt is compressed Latin-1, iTXt is UTF-8 with or without compression. */
#include "chunk/text.h"

#include <stdio.h>
#include <string.h>

#include <mim/kit/text.h>

#include "chunk/chunk.h"
#include "chunk/inflate.h"

#define TYPE_ZTXT PNGX_TYPE('z', 'T', 'X', 't')
#define TYPE_ITXT PNGX_TYPE('i', 'T', 'X', 't')

static const struct {
    const char *keyword, *key;
} known[] = {
    { "Title", "title" },
    { "Author", "author" },
    { "Description", "description" },
    { "Copyright", "copyright" },
    { "Software", "software" },
    { "Comment", "comment" },
    { "Creation Time", "datetime" },
    { "Subject", "subject" },
    { "Keywords", "keywords" },
};

enum { KNOWN = sizeof known / sizeof *known };

const char *
pngx_text_key(const char *keyword)
{
    for (int i = 0; i < KNOWN; i++)
        if (!strcmp(known[i].keyword, keyword))
            return known[i].key;
    return NULL;
}

const char *
pngx_text_keyword(const char *key)
{
    for (int i = 0; i < KNOWN; i++)
        if (!strcmp(known[i].key, key))
            return known[i].keyword;
    return NULL;
}

static int
two_digits(const char *text)
{
    return 10 * (text[0] - '0') + text[1] - '0';
}

/* Checks the ranges of the digits; a leap second is allowed. */
static bool
is_time(const char *text)
{
    static const struct {
        int at, min, max;
    } parts[] = { { 5, 1, 12 }, { 8, 1, 31 }, { 11, 0, 23 }, { 14, 0, 59 }, { 17, 0, 60 } };

    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        int found = two_digits(text + parts[i].at);
        if (found < parts[i].min || found > parts[i].max)
            return false;
    }
    return true;
}

uint64_t
pngx_text_time(const char *text, uint64_t size)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd", zone[] = "+dd:dd";

    for (uint64_t i = 0; i < sizeof form - 1; i++)
        if (i >= size || (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]))
            return 0;
    if (!is_time(text))
        return 0;
    uint64_t end = sizeof form - 1;
    if (end < size && text[end] == 'Z')
        return end + 1;
    for (uint64_t i = 0; i < sizeof zone - 1; i++) {
        char c = end + i < size ? text[end + i] : '\0';
        bool fits = zone[i] == 'd' ? c >= '0' && c <= '9' : i ? c == ':' : c == '+' || c == '-';
        if (!fits)
            return end;
    }
    bool is_zone = two_digits(text + end + 1) < 24 && two_digits(text + end + 4) < 60;
    return end + (is_zone ? sizeof zone - 1 : 0);
}

static struct pngx_text *
find_text(struct pngx_texts *texts, const char *keyword)
{
    for (uint32_t i = 0; i < texts->count; i++)
        if (!strcmp(texts->items[i].keyword, keyword))
            return &texts->items[i];
    return NULL;
}

static struct pngx_text *
append_text(struct mim_job *job, struct pngx_texts *texts, const char *keyword)
{
    struct pngx_text *items =
        mim_array_reserve(job, texts->items, &texts->capacity, texts->count + 1ULL, sizeof *items);
    if (!items)
        return NULL;
    texts->items = items;
    struct pngx_text *text = &texts->items[texts->count++];
    *text = (struct pngx_text){ 0 };
    snprintf(text->keyword, sizeof text->keyword, "%s", keyword);
    return text;
}

/* Skips zeros, since some programs store the one that ends a C string. */
static int32_t
add_value(struct mim_job *job, struct mim_bytes *to, const uint8_t *data, uint64_t size, bool is_latin1)
{
    int32_t status = mim_bytes_reserve(job, to, to->size + size + 1);

    if (status == MIM_OK && to->size)
        to->data[to->size++] = '\n';
    for (uint64_t i = 0; i < size && status == MIM_OK; i++) {
        uint8_t utf8[2] = { data[i] };
        uint64_t length = is_latin1 ? mim_utf8_from_latin1(data + i, 1, utf8) : 1;
        if (data[i])
            status = mim_bytes_append(job, to, utf8, length);
    }
    return status;
}

static int32_t
add_text(struct mim_job *job, struct pngx_texts *texts, const char *keyword, const uint8_t *data, uint64_t size,
         bool is_latin1)
{
    char utf8[2 * PNGX_KEYWORD_MAX + 1];

    utf8[mim_utf8_from_latin1(keyword, strlen(keyword), utf8)] = '\0';
    if (size > texts->left)
        return MIM_LIMIT;
    texts->left -= size;
    struct pngx_text *text = find_text(texts, utf8);
    if (!text)
        text = append_text(job, texts, utf8);
    return text ? add_value(job, &text->value, data, size, is_latin1) : MIM_NOMEM;
}

static int32_t
add_compressed(struct mim_job *job, struct pngx_texts *texts, const char *keyword, const uint8_t *data, uint64_t size,
               bool is_latin1)
{
    struct mim_bytes plain = { 0 };

    int32_t status = pngx_inflate(job, data, size, texts->left, &plain);
    if (status == MIM_OK)
        status = add_text(job, texts, keyword, plain.data, plain.size,
                          is_latin1 || !mim_utf8_is_valid(plain.data, plain.size));
    mim_bytes_clear(job, &plain);
    return status;
}

/* The byte after the zero-terminated string at `data`, or NULL if the zero is missing. */
static const uint8_t *
after_string(const uint8_t *data, const uint8_t *end)
{
    const uint8_t *zero = data ? memchr(data, 0, (size_t)(end - data)) : NULL;

    return zero ? zero + 1 : NULL;
}

static int32_t
add_international(struct mim_job *job, struct pngx_texts *texts, const char *keyword, const uint8_t *data,
                  const uint8_t *end)
{
    if (end - data < 2 || data[0] > 1 || (data[0] && data[1]))
        return MIM_CORRUPT;
    /* skip language and translated keyword */
    const uint8_t *value = after_string(after_string(data + 2, end), end);
    if (!value)
        return MIM_CORRUPT;
    uint64_t size = (uint64_t)(end - value);
    return data[0] ? add_compressed(job, texts, keyword, value, size, false)
                   : add_text(job, texts, keyword, value, size, !mim_utf8_is_valid(value, size));
}

int32_t
pngx_texts_add(struct mim_job *job, struct pngx_texts *texts, uint32_t type, const uint8_t *data, uint64_t size)
{
    const uint8_t *end = data + size, *value = after_string(data, end);

    if (!value || value - data < 2 || value - data > PNGX_KEYWORD_MAX + 1)
        return MIM_CORRUPT;
    const char *keyword = (const char *)data;
    if (type == TYPE_ITXT)
        return add_international(job, texts, keyword, value, end);
    if (type != TYPE_ZTXT)
        return add_text(job, texts, keyword, value, (uint64_t)(end - value), true);
    if (value == end || *value)
        return MIM_CORRUPT;
    return add_compressed(job, texts, keyword, value + 1, (uint64_t)(end - value - 1), true);
}

/* Reports a Creation Time that is not ISO 8601 as an ordinary text. */
static int32_t
report_text(struct mim_job *job, const struct pngx_text *text)
{
    const char *key = pngx_text_key(text->keyword);
    bool is_time = key && !strcmp(key, "datetime");
    char other[sizeof text->keyword + 5];

    if (is_time && pngx_text_time((const char *)text->value.data, text->value.size) == text->value.size &&
        text->value.size)
        return job->host->meta(job, key, MIM_META_TIME, text->value.data, text->value.size);
    if (!strcmp(text->keyword, PNGX_XMP_KEYWORD) && text->value.size)
        return job->host->meta(job, "xmp", MIM_META_BYTES, text->value.data, text->value.size);
    snprintf(other, sizeof other, "text:%s", text->keyword);
    return job->host->meta(job, key && !is_time ? key : other, MIM_META_TEXT,
                           text->value.size ? (const void *)text->value.data : "", text->value.size);
}

int32_t
pngx_texts_report(struct mim_job *job, const struct pngx_texts *texts)
{
    int32_t status = MIM_OK;

    for (uint32_t i = 0; i < texts->count && status == MIM_OK; i++)
        status = report_text(job, &texts->items[i]);
    return status;
}

void
pngx_texts_close(struct mim_job *job, struct pngx_texts *texts)
{
    for (uint32_t i = 0; i < texts->count; i++)
        mim_bytes_clear(job, &texts->items[i].value);
    mim_array_free(job, texts->items, texts->capacity, sizeof *texts->items);
    *texts = (struct pngx_texts){ 0 };
}
