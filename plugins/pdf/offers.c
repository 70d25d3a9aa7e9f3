/* SPDX-License-Identifier: MIT */
/* Embedded files, the outline and XMP, which are no part of rendered pages. */
#include "offers.h"

#include <stdbool.h>
#include <stdio.h>

static int32_t
offer_property(struct mim_job *job, const char *text)
{
    const struct mim_offer offer = { .struct_size = sizeof offer, .kind = MIM_OFFER_PROPERTY, .text = text };
    return job->host->offer(job, &offer);
}

static void
free_attachment(gpointer attachment)
{
    g_object_unref(attachment);
}

static int32_t
offer_attachments(struct mim_job *job, PopplerDocument *document)
{
    char text[40];
    GList *attachments = poppler_document_get_attachments(document);
    unsigned count = g_list_length(attachments);
    g_list_free_full(attachments, free_attachment);
    snprintf(text, sizeof text, "embedded files (%u)", count);
    return count ? offer_property(job, text) : MIM_OK;
}

static int32_t
offer_outline(struct mim_job *job, PopplerDocument *document)
{
    PopplerIndexIter *outline = poppler_index_iter_new(document);
    if (!outline)
        return MIM_OK;
    poppler_index_iter_free(outline);
    return offer_property(job, "the outline");
}

static int32_t
offer_xmp(struct mim_job *job, PopplerDocument *document)
{
    char *xmp = poppler_document_get_metadata(document);
    bool is_there = xmp && *xmp;
    g_free(xmp);
    return is_there ? offer_property(job, "the XMP metadata") : MIM_OK;
}

int32_t
pdf_offers_state(struct mim_job *job, PopplerDocument *document)
{
    int32_t (*const kinds[])(struct mim_job *, PopplerDocument *) = { offer_attachments, offer_outline, offer_xmp };
    int32_t status = MIM_OK;
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds && status == MIM_OK; i++)
        status = kinds[i](job, document);
    return status;
}
