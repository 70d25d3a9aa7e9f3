/* SPDX-License-Identifier: MIT */
/*
 * Writes the objects of the file, each once: pages in order, nodes of the page tree when they are full, and the objects
 * that refer to them at the end. The output depends neither on threads nor on the time of day.
 */
#include "objects.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mim/kit/text.h>

#include "writer-state.h"

#define KIDS 128u               /* pages per node of the page tree */
#define MAX_BYTES 9999999999ull /* offsets have at most ten digits */
#define LINE_BYTES 1024
enum { CATALOG = 1, ROOT, INFO, FIRST_FREE };

static int32_t __attribute__((format(printf, 2, 3))) emit_format(struct mim_job *job, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return job->host->emit(job, line, (uint64_t)size);
}

struct number {
    char text[40];
};

/* Decimal with up to seven fractional digits and a point in every locale. */
static struct number
format_number(double value)
{
    struct number out;
    uint64_t scaled = (uint64_t)((value < 0 ? -value : value) * 1e7 + 0.5);
    int size = snprintf(out.text, sizeof out.text, "%s%llu.%07llu", value < 0 && scaled ? "-" : "",
                        (unsigned long long)(scaled / 10000000), (unsigned long long)(scaled % 10000000));
    while (out.text[size - 1] == '0')
        size--;
    out.text[out.text[size - 1] == '.' ? size - 1 : size] = '\0';
    return out;
}

/* Reserves the number of an object that is written later. */
static int32_t
reserve_object(struct mim_job *job, uint64_t *object)
{
    struct pdf_writer *self = job->state;
    int32_t status = pdf_list_add(&self->body.objects, job, 0);
    *object = self->body.objects.count;
    return status;
}

static int32_t
begin_object(struct mim_job *job, uint64_t object)
{
    struct pdf_writer *self = job->state;
    uint64_t at = job->host->tell(job);
    if (at > MAX_BYTES)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "the file exceeds 10 GB, the maximum of a PDF");
    self->body.objects.items[object - 1] = at;
    return emit_format(job, "%llu 0 obj\n", (unsigned long long)object);
}

int32_t
pdf_emit_header(struct mim_job *job)
{
    uint64_t object;
    int32_t status = emit_format(job, "%%PDF-1.5\n%%\xe2\xe3\xcf\xd3\n");
    for (int i = CATALOG; i < FIRST_FREE && status == MIM_OK; i++)
        status = reserve_object(job, &object);
    return status;
}

/* Writes the current node of the page tree. */
static int32_t
emit_node(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    struct pdf_body *body = &self->body;
    if (body->kids.count == 0)
        return MIM_OK;
    int32_t status = begin_object(job, body->node);
    if (status == MIM_OK)
        status = emit_format(job, "<</Type/Pages/Parent %d 0 R/Count %llu/Kids[", ROOT,
                             (unsigned long long)body->kids.count);
    for (uint64_t i = 0; i < body->kids.count && status == MIM_OK; i++)
        status = emit_format(job, "%llu 0 R ", (unsigned long long)body->kids.items[i]);
    body->kids.count = 0;
    return status == MIM_OK ? emit_format(job, "]>>\nendobj\n") : status;
}

static int32_t
add_to_tree(struct mim_job *job, uint64_t page)
{
    struct pdf_writer *self = job->state;
    struct pdf_body *body = &self->body;
    int32_t status = MIM_OK;
    if (body->kids.count == KIDS)
        status = emit_node(job);
    if (status == MIM_OK && body->kids.count == 0) {
        status = reserve_object(job, &body->node);
        if (status == MIM_OK)
            status = pdf_list_add(&body->nodes, job, body->node);
    }
    if (status == MIM_OK)
        status = pdf_list_add(&body->kids, job, page);
    body->pages++;
    return status;
}

/* Joins parts to a zlib stream: header, parts without their checksums, the checksum of all. */
static int32_t
emit_deflated(struct mim_job *job, const struct pdf_plane *plane, const struct pdf_layout *layout,
              const struct mim_coded_part *parts)
{
    static const uint8_t head[2] = { 0x78, 0x9c };
    uint32_t sum = 1, left = layout->height;
    int32_t status = job->host->emit(job, head, sizeof head);
    for (uint32_t i = 0; i < plane->parts && status == MIM_OK; i++) {
        uint64_t size = parts[i].size - SHARED_SUM_BYTES;
        uint32_t rows = left < plane->rows_per_part ? left : plane->rows_per_part;
        sum = (uint32_t)adler32_combine(sum, shared_sum_of_part(&parts[i]),
                                        (z_off_t)((plane->row_bytes + plane->is_filtered) * rows));
        left -= rows;
        status = job->host->emit(job, parts[i].data, size);
    }
    return status == MIM_OK ? shared_emit_sum(job, sum) : status;
}

static uint64_t
coded_size(const struct pdf_plane *plane, const struct mim_coded_part *parts)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < plane->parts; i++)
        size += parts[i].size;
    return plane->is_jpeg ? size : size + 2 + SHARED_SUM_BYTES - (uint64_t)plane->parts * SHARED_SUM_BYTES;
}

/* Writes a profile before the first image that refers to it. */
static int32_t
emit_profile(struct mim_job *job, struct pdf_profile *profile, uint32_t channels)
{
    if (profile->object)
        return MIM_OK;
    int32_t status = reserve_object(job, &profile->object);
    if (status == MIM_OK)
        status = begin_object(job, profile->object);
    if (status == MIM_OK)
        status = emit_format(job, "<</N %u/Length %llu>>\nstream\n", channels, (unsigned long long)profile->size);
    if (status == MIM_OK)
        status = job->host->emit(job, profile->data, profile->size);
    return status == MIM_OK ? emit_format(job, "\nendstream\nendobj\n") : status;
}

static int32_t
emit_colour_space(struct mim_job *job, uint32_t channels, uint64_t profile)
{
    if (profile)
        return emit_format(job, "/ColorSpace[/ICCBased %llu 0 R]", (unsigned long long)profile);
    return emit_format(job, "/ColorSpace/Device%s", channels == 3 ? "RGB" : "Gray");
}

/* Writes an image. `mask` and `profile` are objects, or 0: for an opaque image and for a mask, and without a profile. */
static int32_t
emit_plane(struct mim_job *job, uint64_t object, const struct pdf_plane *plane, const struct pdf_layout *layout,
           const struct mim_coded_part *parts, uint64_t mask, uint64_t profile)
{
    int32_t status = begin_object(job, object);
    if (status == MIM_OK)
        status = emit_format(job, "<</Type/XObject/Subtype/Image/Width %u/Height %u", layout->width, layout->height);
    if (status == MIM_OK)
        status = emit_colour_space(job, plane->channels, profile);
    if (status == MIM_OK)
        status = emit_format(job, "/BitsPerComponent %u", layout->bits);
    if (status == MIM_OK && mask)
        status = emit_format(job, "/SMask %llu 0 R", (unsigned long long)mask);
    if (status == MIM_OK && plane->is_filtered)
        status = emit_format(job, "/DecodeParms<</Predictor 15/Colors %u/BitsPerComponent %u/Columns %u>>",
                             plane->channels, layout->bits, layout->width);
    if (status == MIM_OK)
        status = emit_format(job, "/Filter/%s/Length %llu>>\nstream\n", plane->is_jpeg ? "DCTDecode" : "FlateDecode",
                             (unsigned long long)coded_size(plane, parts));
    if (status == MIM_OK && plane->is_jpeg)
        status = job->host->emit(job, parts->data, parts->size);
    else if (status == MIM_OK)
        status = emit_deflated(job, plane, layout, parts);
    return status == MIM_OK ? emit_format(job, "\nendstream\nendobj\n") : status;
}

static int32_t
emit_contents(struct mim_job *job, uint64_t object, const struct pdf_layout *layout)
{
    char text[200];
    int size =
        snprintf(text, sizeof text, "q %s 0 0 %s %s %s cm /I Do Q", format_number(layout->x_size).text,
                 format_number(layout->y_size).text, format_number(layout->x).text, format_number(layout->y).text);
    int32_t status = begin_object(job, object);
    return status == MIM_OK ? emit_format(job, "<</Length %d>>\nstream\n%s\nendstream\nendobj\n", size, text) : status;
}

int32_t
pdf_emit_page(struct mim_job *job, const struct pdf_layout *layout, const struct mim_coded *coded)
{
    struct pdf_writer *self = job->state;
    uint64_t page = 0, contents = 0, image = 0, mask = 0;
    struct pdf_profile *profile = layout->profile ? &self->profiles.list[layout->profile - 1] : NULL;
    int32_t status = profile ? emit_profile(job, profile, layout->colour.channels) : MIM_OK;
    if (status == MIM_OK)
        status = reserve_object(job, &page);
    if (status == MIM_OK)
        status = reserve_object(job, &contents);
    if (status == MIM_OK)
        status = reserve_object(job, &image);
    if (status == MIM_OK && layout->alpha.parts)
        status = reserve_object(job, &mask);
    if (status == MIM_OK)
        status = add_to_tree(job, page);
    if (status == MIM_OK)
        status = begin_object(job, page);
    if (status == MIM_OK)
        status = emit_format(job,
                             "<</Type/Page/Parent %llu 0 R/MediaBox[0 0 %s %s]/Contents %llu 0 R"
                             "/Resources<</XObject<</I %llu 0 R>>>>>>\nendobj\n",
                             (unsigned long long)self->body.node, format_number(layout->paper_width).text,
                             format_number(layout->paper_height).text, (unsigned long long)contents,
                             (unsigned long long)image);
    if (status == MIM_OK)
        status = emit_contents(job, contents, layout);
    if (status == MIM_OK)
        status = emit_plane(job, image, &layout->colour, layout, coded->parts, mask,
                            profile ? profile->object : 0);
    if (status == MIM_OK && mask)
        status = emit_plane(job, mask, &layout->alpha, layout, coded->parts + layout->colour.parts, 0, 0);
    return status;
}

/* Writes UTF-8 as a hexadecimal string of UTF-16, which needs no escapes. */
static int32_t
emit_text(struct mim_job *job, const char *key, const struct pdf_text *text)
{
    const uint8_t *at = (const uint8_t *)text->data, *end = at + text->size;
    int32_t status = emit_format(job, "/%s<FEFF", key);
    while (at < end && status == MIM_OK) {
        uint16_t units[2];
        uint32_t count = mim_utf16_units(mim_utf8_next(&at, end), units);
        for (uint32_t i = 0; i < count && status == MIM_OK; i++)
            status = emit_format(job, "%04X", units[i]);
    }
    return status == MIM_OK ? emit_format(job, ">\n") : status;
}

/* "+02:00" and nothing after it. */
static bool
is_zone(const char *text, uint64_t size)
{
    static const char form[] = "+dd:dd";
    bool fits = size == sizeof form - 1;
    for (unsigned i = 0; fits && i < sizeof form - 1; i++)
        fits = form[i] == 'd'   ? text[i] >= '0' && text[i] <= '9'
               : form[i] == '+' ? text[i] == '+' || text[i] == '-'
                                : text[i] == form[i];
    return fits;
}

/* Writes "2024-05-06T07:08:09+02:00", which may end anywhere after the year, as "D:20240506070809+02'00'". */
static int32_t
emit_time(struct mim_job *job, const char *key, const struct pdf_text *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    char digits[32];
    unsigned count = 0, i = 0;
    for (; i < sizeof form - 1 && i < text->size; i++) {
        char c = text->data[i];
        if (form[i] == 'd' && c >= '0' && c <= '9')
            digits[count++] = c;
        else if (form[i] == 'd' || (c != form[i] && !(form[i] == 'T' && c == ' ') && !(form[i] == '-' && c == ':')))
            break;
    }
    if (count < 4 || count % 2)
        return MIM_OK;
    digits[count] = '\0';
    const char *zone = text->data + i;
    if (count == 14 && is_zone(zone, text->size - i))
        return emit_format(job, "/%s(D:%s%.3s'%.2s')\n", key, digits, zone, zone + 4);
    return emit_format(job, "/%s(D:%s%s)\n", key, digits, count == 14 && *zone == 'Z' ? "Z" : "");
}

static int32_t
emit_info(struct mim_job *job)
{
    static const char *const keys[PDF_INFO_COUNT] = { "Title",   "Author",       "Subject", "Keywords",
                                                      "Creator", "CreationDate", "ModDate" };
    struct pdf_writer *self = job->state;
    int32_t status = begin_object(job, INFO);
    if (status == MIM_OK)
        status = emit_format(job, "<</Producer(mim-pdf %s)\n", PLUGIN_VERSION);
    for (int i = 0; i < PDF_INFO_COUNT && status == MIM_OK; i++)
        if (self->info[i].data)
            status =
                i < PDF_CREATED ? emit_text(job, keys[i], &self->info[i]) : emit_time(job, keys[i], &self->info[i]);
    return status == MIM_OK ? emit_format(job, ">>\nendobj\n") : status;
}

static int32_t
emit_root(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    int32_t status = begin_object(job, ROOT);
    if (status == MIM_OK)
        status = emit_format(job, "<</Type/Pages/Count %llu/Kids[", (unsigned long long)self->body.pages);
    for (uint64_t i = 0; i < self->body.nodes.count && status == MIM_OK; i++)
        status = emit_format(job, "%llu 0 R ", (unsigned long long)self->body.nodes.items[i]);
    if (status == MIM_OK)
        status = emit_format(job, "]>>\nendobj\n");
    if (status == MIM_OK)
        status = begin_object(job, CATALOG);
    return status == MIM_OK ? emit_format(job, "<</Type/Catalog/Pages %d 0 R>>\nendobj\n", ROOT) : status;
}

int32_t
pdf_emit_end(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    const struct pdf_list *objects = &self->body.objects;
    int32_t status = emit_node(job);
    if (status == MIM_OK)
        status = emit_root(job);
    if (status == MIM_OK)
        status = emit_info(job);
    uint64_t start = job->host->tell(job);
    if (status == MIM_OK)
        status = emit_format(job, "xref\n0 %llu\n0000000000 65535 f \n", (unsigned long long)objects->count + 1);
    for (uint64_t i = 0; i < objects->count && status == MIM_OK; i++)
        status = emit_format(job, "%010llu 00000 n \n", (unsigned long long)objects->items[i]);
    if (status == MIM_OK)
        status = emit_format(job, "trailer\n<</Size %llu/Root %d 0 R/Info %d 0 R>>\nstartxref\n%llu\n%%%%EOF\n",
                             (unsigned long long)objects->count + 1, CATALOG, INFO, (unsigned long long)start);
    return status;
}
