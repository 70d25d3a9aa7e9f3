/* SPDX-License-Identifier: MIT */
/* Calls the plugin's operations in the order of the core. */
#include "session.h"

#include "layout.h"

enum { FONT = 3, FIRST_MORE = 10, FIRST_PAGE = 20 };

struct objects {
    uint64_t offsets[400];
    unsigned count;
};

static void
begin_object(struct mim_test_bytes *file, struct objects *objects, unsigned number)
{
    objects->offsets[number] = file->size;
    if (number >= objects->count)
        objects->count = number + 1;
    mim_test_bytes_printf(file, "%u 0 obj\n", number);
}

static void
end_document(struct mim_test_bytes *file, const struct objects *objects)
{
    uint64_t start = file->size;
    mim_test_bytes_printf(file, "xref\n0 %u\n0000000000 65535 f \n", objects->count);
    for (unsigned i = 1; i < objects->count; i++)
        mim_test_bytes_printf(file, "%010llu %s \n", (unsigned long long)objects->offsets[i],
                     objects->offsets[i] ? "00000 n" : "65535 f");
    mim_test_bytes_printf(file, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%llu\n%%%%EOF\n", objects->count,
                 (unsigned long long)start);
}

void
make_document(struct mim_test_bytes *file, const char *const *contents, unsigned pages, const char *page_more,
              const char *const *more)
{
    struct objects objects = { 0 };
    mim_test_bytes_printf(file, "%%PDF-1.7\n");
    begin_object(file, &objects, 1);
    mim_test_bytes_printf(file, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    begin_object(file, &objects, 2);
    mim_test_bytes_printf(file, "<</Type/Pages/Count %u/Kids[", pages);
    for (unsigned i = 0; i < pages; i++)
        mim_test_bytes_printf(file, "%u 0 R ", FIRST_PAGE + 2 * i);
    mim_test_bytes_printf(file, "]>>\nendobj\n");
    begin_object(file, &objects, FONT);
    mim_test_bytes_printf(file, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n");
    for (unsigned i = 0; more && more[i]; i++) {
        begin_object(file, &objects, FIRST_MORE + i);
        mim_test_bytes_printf(file, "%s\nendobj\n", more[i]);
    }
    for (unsigned i = 0; i < pages; i++) {
        begin_object(file, &objects, FIRST_PAGE + 2 * i);
        mim_test_bytes_printf(file,
                     "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 48]/Contents %u 0 R/Resources<</Font<</F %u 0 R>>"
                     "/XObject<</X 10 0 R>>>>%s>>\nendobj\n",
                     FIRST_PAGE + 2 * i + 1, FONT, page_more ? page_more : "");
        begin_object(file, &objects, FIRST_PAGE + 2 * i + 1);
        mim_test_bytes_printf(file, "<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", strlen(contents[i]), contents[i]);
    }
    end_document(file, &objects);
}

void
reading_begin(struct reading *reading, const struct mim_test_bytes *file)
{
    memset(reading, 0, sizeof *reading);
    reading->host.source = *file;
    reading->host.poll.fails_on = true; /* as a cancelled call does */
    reading->state.choices =
        (struct pdf_choices){ .dpi = 72, .background = { 255, 255, 255, 255 }, .is_antialiased = 1 };
    reading->serial = mim_test_host_job(&reading->host, &reading->state, NULL);
    reading->worker = mim_test_host_job(&reading->host, &reading->state, &reading->space);
    reading->sequence = (struct mim_sequence){ .struct_size = sizeof reading->sequence, .count = MIM_UNKNOWN };
}

int32_t
reading_open(struct reading *reading)
{
    return pdf_reader_ops.open(&reading->serial, &reading->sequence);
}

int32_t
reading_page(struct reading *reading, uint64_t index)
{
    struct pdf_page page = { 0 };
    struct mim_raster *raster = &reading->raster;
    free(raster->data);
    *raster = (struct mim_raster){ .struct_size = sizeof *raster };
    reading->info = (struct mim_frame_info){ .struct_size = sizeof reading->info };
    int32_t status = pdf_reader_ops.prepare(&reading->serial, index, &page, &reading->info);
    if (status != MIM_OK)
        return status;
    raster->sample = reading->info.sample;
    raster->width = reading->info.width;
    raster->height = reading->info.height;
    raster->channels = reading->info.channels;
    raster->stride = (uint64_t)raster->width * raster->channels;
    raster->data = malloc(raster->height * raster->stride);
    memset(raster->data, 77, raster->height * raster->stride);
    status = pdf_reader_ops.pixels(&reading->worker, &page, &reading->info, 0, raster);
    return status == MIM_OK ? pdf_reader_ops.metadata(&reading->worker, &page, &reading->info) : status;
}

void
reading_end(struct reading *reading)
{
    pdf_reader_ops.worker_close(&reading->worker);
    pdf_reader_ops.close(&reading->serial);
    free(reading->raster.data);
    CHECK(mim_test_host_clear(&reading->host));
}

void
writing_begin(struct writing *writing)
{
    memset(writing, 0, sizeof *writing);
    writing->state.is_lossless = 1;
    writing->serial = mim_test_host_job(&writing->host, &writing->state, NULL);
    writing->worker = mim_test_host_job(&writing->host, &writing->state, &writing->space);
}

int32_t
writing_open(struct writing *writing)
{
    struct mim_sequence sequence = { .struct_size = sizeof sequence, .count = MIM_UNKNOWN };
    return pdf_writer_ops.open(&writing->serial, &sequence);
}

/* The session does not convert frames, as the core would. */
int32_t
writing_frame(struct writing *writing, const struct mim_raster *frame)
{
    struct pdf_layout layout = { 0 };
    writing->info = (struct mim_frame_info){ .struct_size = sizeof writing->info,
                                             .sample = frame->sample,
                                             .width = frame->width,
                                             .height = frame->height,
                                             .channels = frame->channels };
    int32_t status = pdf_writer_ops.accepts(&writing->serial, writing->index++, &layout, &writing->info);
    if (status != MIM_OK)
        return status;
    return mim_test_write_frame(&writing->worker, &pdf_writer_ops, &layout, &writing->info, frame, NULL);
}

int32_t
writing_finish(struct writing *writing)
{
    return pdf_writer_ops.finish(&writing->serial);
}

/* The sink stays readable until mim_test_host_clear(). */
void
writing_end(struct writing *writing)
{
    pdf_writer_ops.worker_close(&writing->worker);
    pdf_writer_ops.close(&writing->serial);
    CHECK(writing->host.allocated == 0 && writing->host.reserved == 0);
}

/* Fontconfig leaks a few hundred bytes once. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
