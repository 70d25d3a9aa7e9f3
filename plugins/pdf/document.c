/* SPDX-License-Identifier: MIT */
/*
 * Opens a poppler document for each thread: poppler locks documents, so two threads in one would wait for each other.
 */
#include "document.h"

#include <inttypes.h>
#include <string.h>

#define TAIL_BYTES 2048

/* A complete file has %%EOF in its last bytes. */
static int32_t
find_end_mark(struct mim_job *job, uint64_t size, bool *is_whole)
{
    char tail[TAIL_BYTES];
    uint64_t start = size > sizeof tail ? size - sizeof tail : 0;
    int64_t got = job->host->read_at(job, tail, sizeof tail, start);
    *is_whole = got > 0 && memmem(tail, (size_t)got, "%%EOF", 5);
    return got < 0 ? (int32_t)-got : MIM_OK;
}

int32_t
pdf_document_check_end(struct mim_job *job)
{
    bool is_whole = false;
    int32_t status = find_end_mark(job, job->host->size(job), &is_whole);
    if (status != MIM_OK || is_whole)
        return status;
    return job->host->notice(job, MIM_NOTICE_DAMAGED, "the file has no %%EOF at its end: poppler repaired it");
}

/* Translates errors of poppler. */
static int32_t
fail_to_open(struct mim_job *job, const GError *error, const char *password)
{
    const struct mim_host *host = job->host;
    bool is_whole = true;
    if (!g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)) {
        int32_t status = find_end_mark(job, host->size(job), &is_whole);
        return status != MIM_OK ? status
                                : host->fail(job, is_whole ? MIM_CORRUPT : MIM_TRUNCATED, MIM_UNKNOWN,
                                             "poppler cannot open the document%s: %s",
                                             is_whole ? "" : ", which is truncated", error->message);
    }
    if (password)
        return host->fail(job, MIM_OPTION, MIM_UNKNOWN, "the password does not open the encrypted document");
    return host->fail(job, MIM_OPTION, MIM_UNKNOWN, "the document is encrypted: it needs the option password");
}

static int32_t
open_document(struct pdf_document *document, struct mim_job *job, const struct pdf_choices *choices)
{
    GError *error = NULL;
    document->source = (struct pdf_source){ .job = job, .size = job->host->size(job), .patches = &document->patches };
    document->patches.hides_boxes = choices->box == PDF_BOX_MEDIA;
    if (document->source.size == MIM_UNKNOWN)
        return job->host->fail(job, MIM_IO, MIM_UNKNOWN, "the source cannot be read to its end");

    if (!document->source.size) /* poppler takes no such stream */
        return job->host->fail(job, MIM_TRUNCATED, 0, "the file is empty");

    GInputStream *stream = pdf_stream_create(&document->source);
    document->poppler =
        poppler_document_new_from_stream(stream, (goffset)document->source.size, choices->password, NULL, &error);
    g_object_unref(stream);

    int32_t status = document->source.status;
    if (status == MIM_OK && !document->poppler)
        status = fail_to_open(job, error, choices->password);
    g_clear_error(&error);
    if (status != MIM_OK)
        pdf_document_close(document, job);
    return status;
}

int32_t
pdf_document_use(struct pdf_document *document, struct mim_job *job, const struct pdf_choices *choices)
{
    document->source.job = job;
    document->source.status = MIM_OK;
    return document->poppler ? MIM_OK : open_document(document, job, choices);
}

int32_t
pdf_document_check(const struct pdf_document *document)
{
    return document->source.status;
}

int32_t
pdf_document_page(struct pdf_document *document, uint64_t index, PopplerPage **page)
{
    struct mim_job *job = document->source.job;
    *page = poppler_document_get_page(document->poppler, (int)index);
    if (document->source.status != MIM_OK)
        return document->source.status;
    if (!*page)
        return job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "page %" PRIu64 " is missing in the page tree",
                               index + 1);
    return MIM_OK;
}

void
pdf_document_close(struct pdf_document *document, struct mim_job *job)
{
    g_clear_object(&document->poppler);
    pdf_patches_close(&document->patches, job);
}
