/* SPDX-License-Identifier: MIT */
/* What a document says of itself and of its pages. */
#include <stdio.h>
#include <string.h>

#include "pdf.h"

static int32_t
give_text(struct mim_job *job, const char *key, int32_t type, char *text)
{
    int32_t status = text && *text ? job->host->meta(job, key, type, text, strlen(text)) : MIM_OK;
    g_free(text);
    return status;
}

/* ISO 8601 with the offset from UTC. */
static int32_t
give_time(struct mim_job *job, const char *key, GDateTime *time)
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

static int32_t
give_document(struct mim_job *job, PopplerDocument *document)
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
        status = give_text(job, texts[i].key, texts[i].type, texts[i].get(document));
    if (status == MIM_OK)
        status = give_time(job, "creation_date", poppler_document_get_creation_date_time(document));
    if (status == MIM_OK)
        status = give_time(job, "modification_date", poppler_document_get_modification_date_time(document));
    poppler_document_get_pdf_version(document, &major, &minor);
    snprintf(version, sizeof version, "%u.%u", major, minor);
    if (status == MIM_OK)
        status = job->host->meta(job, "pdf_version", MIM_META_TEXT | MIM_META_CODING, version, strlen(version));
    return status;
}

static int32_t
give_page(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page)
{
    double size[2] = { page->width, page->height };
    PopplerPage *poppler = NULL;
    int32_t status = pdf_document_page(document, page->index, &poppler);
    if (status == MIM_OK)
        status = give_text(job, "page_label", MIM_META_TEXT, poppler_page_get_label(poppler));
    if (status == MIM_OK)
        status = job->host->meta(job, "page_size", MIM_META_REALS | MIM_META_CODING, size, sizeof size);
    g_clear_object(&poppler);
    return status;
}

int32_t
pdf_metadata(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page)
{
    return page ? give_page(job, document, page) : give_document(job, document->poppler);
}
