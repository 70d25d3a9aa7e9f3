/* SPDX-License-Identifier: MIT */
/* The reader's operations. Pages are frames. */
#include "reader.h"

#include "error-log.h"
#include "metadata.h"
#include "offers.h"
#include "reader-state.h"

#define AT(field) .offset = offsetof(struct pdf_reader, choices.field)

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_REAL, .name = "dpi", .unit = "1/in", .initial = 150, .min = 1, .max = 20000,
      AT(dpi), .help = "pixels per inch" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_SIZE, .name = "size", .unit = "px", AT(size),
      .help = "size of every page, instead of dpi" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_COLOUR, .name = "background", .initial_text = "white", AT(background),
      .help = "colour of the paper" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_CHOICE, .name = "box", .choices = "crop|media", AT(box),
      .help = "the box of the page that is shown" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = "antialias", .initial = 1, AT(is_antialiased),
      .help = "smooth edges" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = "gray", AT(is_gray), .help = "gray frames" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "password", .flags = MIM_OPTION_SECRET, AT(password),
      .help = "password of an encrypted document" },
};

static int32_t
use_document(struct mim_job *job, struct pdf_document *document)
{
    const struct pdf_reader *self = job->state;
    return pdf_document_use(document, job, &self->choices);
}

static int32_t
reader_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct pdf_reader *self = job->state;
    pdf_error_log_begin(job);
    int32_t status = use_document(job, &self->document);
    if (status != MIM_OK)
        return status;

    int count = poppler_document_get_n_pages(self->document.poppler);
    status = pdf_document_check(&self->document);
    if (status == MIM_OK && count < 1)
        status =
            job->host->fail(job, MIM_CORRUPT, MIM_UNKNOWN, "the document has no pages, or more than it has objects");
    if (status != MIM_OK)
        return status;
    sequence->loop = -1;
    sequence->count = (uint64_t)count;
    sequence->sure = MIM_SURE_EXACT;
    status = pdf_document_check_end(job);
    return status == MIM_OK ? pdf_error_log_end(job) : status;
}

/* Poppler shows a patched UserUnit as a negative duration of the page; a page without one has a duration of -1. The others
 * are of invalid units, or of object streams that could not be searched. */
static int32_t
read_unit(struct mim_job *job, PopplerPage *poppler, double *unit)
{
    const struct pdf_reader *self = job->state;
    double duration = poppler_page_get_duration(poppler);
    *unit = duration < 0 ? -duration : 1;
    if (duration < 0 || self->document.patches.is_partial)
        return MIM_OK;
    return job->host->notice(job, MIM_NOTICE_OTHER, "UserUnit is ignored: it must be a number greater than 0");
}

static int32_t
reader_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct pdf_reader *self = job->state;
    struct pdf_page *page = packet;
    PopplerPage *poppler = NULL;

    pdf_error_log_begin(job);
    int32_t status = use_document(job, &self->document);
    if (status != MIM_OK)
        return status;
    if (index >= (uint64_t)poppler_document_get_n_pages(self->document.poppler))
        return MIM_END;
    status = pdf_document_page(&self->document, index, &poppler);
    if (status != MIM_OK)
        return status;
    page->index = index;
    poppler_page_get_size(poppler, &page->width, &page->height);
    status = read_unit(job, poppler, &page->unit);
    g_object_unref(poppler);
    if (status == MIM_OK)
        status = pdf_document_check(&self->document);
    if (status != MIM_OK)
        return status;

    info->sample = MIM_SAMPLE_U8;
    info->channels = self->choices.background[3] < 255 ? 4 : self->choices.is_gray ? 1 : 3;
    info->flags = MIM_FRAME_KEY;
    status = pdf_page_measure(page, job, &self->choices, info);
    if (status != MIM_OK)
        return status;
    info->work_size = pdf_render_size(&self->choices, info);
    return pdf_error_log_end(job);
}

static int32_t
reader_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
              struct mim_raster *raster)
{
    const struct pdf_reader *self = job->state;
    struct pdf_reading_worker *worker = job->worker;
    const struct pdf_page *page = packet;
    PopplerPage *poppler = NULL;
    (void)info, (void)part;

    pdf_error_log_begin(job);
    int32_t status = use_document(job, &worker->document);
    if (status == MIM_OK)
        status = pdf_document_page(&worker->document, page->index, &poppler);
    if (status == MIM_OK)
        status = pdf_render(&(struct pdf_rendering){ .source = &worker->document.source,
                                                     .memory = &worker->memory,
                                                     .choices = &self->choices,
                                                     .page = poppler,
                                                     .facts = page },
                            raster);
    if (status == MIM_OK)
        status = pdf_document_check(&worker->document);
    g_clear_object(&poppler);
    if (status != MIM_OK) {
        pdf_document_close(&worker->document, job); /* failed reads may have left wrong data in it */
        return status;
    }
    return pdf_error_log_end(job);
}

static int32_t
reader_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    struct pdf_reader *self = job->state;
    struct pdf_reading_worker *worker = job->worker;
    struct pdf_document *document = worker ? &worker->document : &self->document;
    (void)info;

    pdf_error_log_begin(job);
    int32_t status = use_document(job, document);
    if (status == MIM_OK)
        status = pdf_metadata(job, document, packet);
    if (status == MIM_OK)
        status = pdf_document_check(document);
    return status == MIM_OK ? pdf_error_log_end(job) : status;
}

static void
reader_worker_close(struct mim_job *job)
{
    struct pdf_reading_worker *worker = job->worker;
    pdf_document_close(&worker->document, job);
    pdf_memory_close(&worker->memory);
}

static void
reader_close(struct mim_job *job)
{
    struct pdf_reader *self = job->state;
    pdf_document_close(&self->document, job);
}

static int32_t
reader_offers(struct mim_job *job)
{
    struct pdf_reader *self = job->state;
    pdf_error_log_begin(job);
    int32_t status = use_document(job, &self->document);
    if (status == MIM_OK)
        status = pdf_offers_state(job, self->document.poppler);
    if (status == MIM_OK)
        status = pdf_document_check(&self->document);
    return status == MIM_OK ? pdf_error_log_end(job) : status;
}

const struct mim_reader_ops pdf_reader_ops = {
    .struct_size = sizeof pdf_reader_ops,
    .flags = MIM_READER_ANY_ORDER,
    .state_size = sizeof(struct pdf_reader),
    .packet_size = sizeof(struct pdf_page),
    .worker_size = sizeof(struct pdf_reading_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = reader_open,
    .prepare = reader_prepare,
    .pixels = reader_pixels,
    .metadata = reader_metadata,
    .worker_close = reader_worker_close,
    .close = reader_close,
    .offers = reader_offers,
};
