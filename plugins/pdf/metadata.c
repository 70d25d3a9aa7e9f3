/* SPDX-License-Identifier: MIT */
/* Reports metadata of a document and its pages. */
#include "metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BYTES 4096u

static int32_t
report_text(struct mim_job *job, const char *key, int32_t type, char *text)
{
    int32_t status = text && *text ? job->host->meta(job, key, type, text, strlen(text)) : MIM_OK;
    g_free(text);
    return status;
}

/* Reports a time as ISO 8601 with its offset from UTC. */
static int32_t
report_time(struct mim_job *job, const char *key, GDateTime *time)
{
    if (!time)
        return MIM_OK;
    char text[64];
    int minutes = (int)(g_date_time_get_utc_offset(time) / G_TIME_SPAN_MINUTE), size = minutes < 0 ? -minutes : minutes;
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", g_date_time_get_year(time),
             g_date_time_get_month(time), g_date_time_get_day_of_month(time), g_date_time_get_hour(time),
             g_date_time_get_minute(time), g_date_time_get_second(time), minutes < 0 ? '-' : '+', size / 60, size % 60);
    g_date_time_unref(time);
    return job->host->meta(job, key, MIM_META_TIME, text, strlen(text));
}

/* Searches the bytes at `offset` for a word. */
static int32_t
find_word(struct mim_job *job, const char *word, uint64_t offset, bool *is_there)
{
    char bytes[LOOK_BYTES];
    int64_t got = job->host->read_at(job, bytes, sizeof bytes, offset);
    if (got > 0 && memmem(bytes, (size_t)got, word, strlen(word)))
        *is_there = true;
    return got < 0 ? (int32_t)-got : MIM_OK;
}

/* Gets the offset of the last cross-reference table or stream, with which the file ends. */
static int32_t
find_references(struct mim_job *job, uint64_t end, uint64_t *offset)
{
    static const char mark[] = "startxref";
    char bytes[LOOK_BYTES + 1];
    int64_t got = job->host->read_at(job, bytes, LOOK_BYTES, end);
    const char *last = NULL, *next = bytes;
    bytes[got > 0 ? got : 0] = '\0';
    while (got > 0 && (next = memmem(next, (size_t)(bytes + got - next), mark, sizeof mark - 1)))
        last = next += sizeof mark - 1;
    *offset = last ? strtoull(last, NULL, 10) : 0;
    return got < 0 ? (int32_t)-got : MIM_OK;
}

/*
 * Poppler does not report encryption. /Encrypt is in the trailer at the end of the file, or in the last cross-reference
 * stream.
 */
static int32_t
report_encrypted(struct mim_job *job)
{
    uint64_t size = job->host->size(job), end = size > LOOK_BYTES ? size - LOOK_BYTES : 0, references = 0;
    bool is_there = false;
    int32_t status = find_references(job, end, &references);
    if (status == MIM_OK)
        status = find_word(job, "/Encrypt", end, &is_there);
    if (status == MIM_OK)
        status = find_word(job, "/Encrypt", references, &is_there);
    int64_t value = is_there;
    return status == MIM_OK ? job->host->meta(job, "encrypted", MIM_META_INT | MIM_META_CODING, &value, sizeof value)
                            : status;
}

static int32_t
report_document(struct mim_job *job, PopplerDocument *document)
{
    static const struct {
        const char *key;
        char *(*get)(PopplerDocument *);
        int32_t type;
    } texts[] = {
        { "title", poppler_document_get_title, MIM_META_TEXT },
        { "author", poppler_document_get_author, MIM_META_TEXT },
        { "subject", poppler_document_get_subject, MIM_META_TEXT },
        { "keywords", poppler_document_get_keywords, MIM_META_TEXT },
        { "creator", poppler_document_get_creator, MIM_META_TEXT },
        { "producer", poppler_document_get_producer, MIM_META_TEXT | MIM_META_CODING },
    };
    guint major = 0, minor = 0;
    char version[32];
    int32_t status = MIM_OK;

    for (unsigned i = 0; i < sizeof texts / sizeof *texts && status == MIM_OK; i++)
        status = report_text(job, texts[i].key, texts[i].type, texts[i].get(document));
    if (status == MIM_OK)
        status = report_time(job, "datetime", poppler_document_get_creation_date_time(document));
    if (status == MIM_OK)
        status = report_time(job, "modified", poppler_document_get_modification_date_time(document));
    poppler_document_get_pdf_version(document, &major, &minor);
    snprintf(version, sizeof version, "%u.%u", major, minor);
    if (status == MIM_OK)
        status = job->host->meta(job, "pdf_version", MIM_META_TEXT | MIM_META_CODING, version, strlen(version));
    return status == MIM_OK ? report_encrypted(job) : status;
}

/* A label that is the page's number is not offered to writers, since losing it would not matter. */
static int32_t
report_label(struct mim_job *job, PopplerPage *page, uint64_t index)
{
    char number[24];
    char *label = poppler_page_get_label(page);
    snprintf(number, sizeof number, "%" PRIu64, index + 1);
    bool is_number = label && strcmp(label, number) == 0;
    return report_text(job, "page_label", MIM_META_TEXT | (is_number ? MIM_META_CODING : 0), label);
}

static int32_t
report_page(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page)
{
    double size[2] = { page->width, page->height }, resolution[2] = { page->x_scale * 72, page->y_scale * 72 };
    PopplerPage *poppler = NULL;
    int32_t status = pdf_document_page(document, page->index, &poppler);
    if (status == MIM_OK)
        status = report_label(job, poppler, page->index);
    if (status == MIM_OK)
        status = job->host->meta(job, "page_size", MIM_META_REALS | MIM_META_CODING, size, sizeof size);
    if (status == MIM_OK)
        status = job->host->meta(job, "resolution", MIM_META_REALS, resolution, sizeof resolution);
    if (status == MIM_OK)
        status = job->host->meta(job, "resolution_unit", MIM_META_TEXT, "inch", strlen("inch"));
    g_clear_object(&poppler);
    return status;
}

int32_t
pdf_metadata(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page)
{
    return page ? report_page(job, document, page) : report_document(job, document->poppler);
}
