/* SPDX-License-Identifier: MIT */
/* Retains metadata of the document, and resolutions and colour profiles of pages. Options take precedence over metadata. */
#include "info.h"

#include <string.h>

#include <glib.h>

#include <mim/kit/aspect.h>
#include <mim/kit/synonyms.h>

#include "writer-state.h"

static const struct {
    const char *key;
    int place;
    bool is_second; /* only used if a better key is absent */
} texts[] = {
    { "title", PDF_TITLE, false },       { "author", PDF_AUTHOR, false },      { "artist", PDF_AUTHOR, true },
    { "subject", PDF_SUBJECT, false },   { "description", PDF_SUBJECT, true }, { "comment", PDF_SUBJECT, true },
    { "keywords", PDF_KEYWORDS, false }, { "creator", PDF_CREATOR, false },    { "software", PDF_CREATOR, true },
    { "producer", PDF_CREATOR, true },   { "datetime", PDF_CREATED, false },   { "modified", PDF_CHANGED, false },
};

static int32_t
set_text(struct mim_job *job, struct pdf_text *text, const void *data, uint64_t size, bool is_second)
{
    char *copy = job->host->resize(job, NULL, 0, size + 1);
    if (!copy)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a text of %llu bytes",
                               (unsigned long long)size);
    memcpy(copy, data, size);
    copy[size] = '\0';
    job->host->resize(job, text->data, text->size + 1, 0);
    *text = (struct pdf_text){ .data = copy, .size = size, .is_second = is_second };
    return MIM_OK;
}

/* Texts of a page are retained only if the document has the same one, since pages store none. */
static int32_t
retain_text(struct mim_job *job, const char *key, const void *value, uint64_t size)
{
    struct pdf_writer *self = job->state;
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(key, texts[i].key) != 0)
            continue;
        struct pdf_text *text = &self->info[texts[i].place];
        bool is_same = text->data && text->size == size && memcmp(text->data, value, size) == 0;
        if (is_same)
            return MIM_OK;
        if (self->is_open || (text->data && (!text->is_second || texts[i].is_second)))
            return MIM_UNSUPPORTED;
        int32_t status = text->data ? mim_synonym_report_replaced(job, key) : MIM_OK;
        return status == MIM_OK ? set_text(job, text, value, size, texts[i].is_second) : status;
    }
    return MIM_UNSUPPORTED;
}

int32_t
pdf_retain(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct pdf_writer *self = job->state;
    struct pdf_resolution *resolution = self->is_open ? &self->pending : &self->document;
    int32_t plain = type & MIM_META_TYPE_MASK;

    if (size > job->host->limit(job, MIM_LIMIT_METADATA))
        return MIM_UNSUPPORTED;
    if (mim_resolution_has(key))
        return mim_resolution_set(&resolution->scale, key, plain, value, size);
    if (strcmp(key, "icc") == 0 && plain == MIM_META_BYTES)
        return pdf_profile_retain(job, &self->profiles,
                                  self->is_open ? &self->profiles.pending : &self->profiles.document, value, size);
    if (strcmp(key, "sample_aspect") == 0)
        return mim_aspect_get(plain, value, size, &resolution->aspect) ? MIM_OK : MIM_UNSUPPORTED;
    if (plain == MIM_META_TEXT || plain == MIM_META_TIME)
        return retain_text(job, key, value, size);
    return MIM_UNSUPPORTED;
}

int32_t
pdf_retain_options(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    const struct {
        const char *name, *text;
        int place;
    } given[] = { { "title", self->title, PDF_TITLE },
                  { "author", self->author, PDF_AUTHOR },
                  { "subject", self->subject, PDF_SUBJECT },
                  { "keywords", self->keywords, PDF_KEYWORDS } };
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < sizeof given / sizeof *given && status == MIM_OK; i++) {
        if (!given[i].text)
            continue;
        if (!g_utf8_validate(given[i].text, -1, NULL))
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "the %s is not UTF-8", given[i].name);
        status = set_text(job, &self->info[given[i].place], given[i].text, strlen(given[i].text), false);
    }
    return status;
}
