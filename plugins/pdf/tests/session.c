/* SPDX-License-Identifier: MIT */
/* Calls the plugin's operations in the order of the core. */
#include "session.h"

#include "layout.h"

enum { FONT = 3, FIRST_MORE = 10, FIRST_PAGE = 20 };

void
bytes_printf(struct mim_test_bytes *bytes, const char *format, ...)
{
    char text[2000];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < sizeof text);
    mim_test_bytes_append(bytes, text, (uint64_t)size);
}

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
    bytes_printf(file, "%u 0 obj\n", number);
}

static void
end_document(struct mim_test_bytes *file, const struct objects *objects)
{
    uint64_t start = file->size;
    bytes_printf(file, "xref\n0 %u\n0000000000 65535 f \n", objects->count);
    for (unsigned i = 1; i < objects->count; i++)
        bytes_printf(file, "%010llu %s \n", (unsigned long long)objects->offsets[i],
                     objects->offsets[i] ? "00000 n" : "65535 f");
    bytes_printf(file, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%llu\n%%%%EOF\n", objects->count,
                 (unsigned long long)start);
}

void
make_document(struct mim_test_bytes *file, const char *const *contents, unsigned pages, const char *page_more,
              const char *const *more)
{
    struct objects objects = { 0 };
    bytes_printf(file, "%%PDF-1.7\n");
    begin_object(file, &objects, 1);
    bytes_printf(file, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    begin_object(file, &objects, 2);
    bytes_printf(file, "<</Type/Pages/Count %u/Kids[", pages);
    for (unsigned i = 0; i < pages; i++)
        bytes_printf(file, "%u 0 R ", FIRST_PAGE + 2 * i);
    bytes_printf(file, "]>>\nendobj\n");
    begin_object(file, &objects, FONT);
    bytes_printf(file, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n");
    for (unsigned i = 0; more && more[i]; i++) {
        begin_object(file, &objects, FIRST_MORE + i);
        bytes_printf(file, "%s\nendobj\n", more[i]);
    }
    for (unsigned i = 0; i < pages; i++) {
        begin_object(file, &objects, FIRST_PAGE + 2 * i);
        bytes_printf(file,
                     "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 48]/Contents %u 0 R/Resources<</Font<</F %u 0 R>>"
                     "/XObject<</X 10 0 R>>>>%s>>\nendobj\n",
                     FIRST_PAGE + 2 * i + 1, FONT, page_more ? page_more : "");
        begin_object(file, &objects, FIRST_PAGE + 2 * i + 1);
        bytes_printf(file, "<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", strlen(contents[i]), contents[i]);
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

static int32_t
encode_parts(struct writing *writing, struct pdf_layout *layout, const struct mim_raster *frame,
             struct mim_coded_part *parts)
{
    int32_t status = MIM_OK;
    writing->host.coded.size = 0;
    writing->host.is_coding = true;
    for (uint32_t part = 0; part < writing->info.parts && status == MIM_OK; part++) {
        uint64_t before = writing->host.coded.size;
        status = pdf_writer_ops.encode(&writing->worker, layout, &writing->info, part, frame, NULL);
        parts[part].size = writing->host.coded.size - before;
    }
    writing->host.is_coding = false;
    const uint8_t *at = writing->host.coded.data;
    for (uint32_t part = 0; part < writing->info.parts; at += parts[part++].size)
        parts[part].data = at;
    return status;
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
    struct mim_coded_part *parts = calloc(writing->info.parts, sizeof *parts);
    status = encode_parts(writing, &layout, frame, parts);
    struct mim_coded coded = {
        .struct_size = sizeof coded, .part_count = writing->info.parts, .parts = parts, .size = writing->host.coded.size
    };
    if (status == MIM_OK)
        status = pdf_writer_ops.put(&writing->serial, &layout, &writing->info, &coded);
    free(parts);
    return status;
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
