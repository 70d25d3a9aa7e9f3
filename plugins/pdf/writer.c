/* SPDX-License-Identifier: MIT */
/* The writer's operations. Each frame becomes a page. */
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include "deflate.h"
#include "info.h"
#include "jpeg.h"
#include "objects.h"
#include "writer-state.h"

#define DEFAULT_QUALITY 90
#define AT(field) .offset = offsetof(struct pdf_writer, field)
#define TEXT_OPTION(text, words) \
    { \
        MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = #text, AT(text), .help = words \
    }

static const struct mim_option options[] = {
    { MIM_OPTION_HEADER, .type = MIM_OPTION_REAL, .name = "dpi", .unit = "1/in", .min = 0, .max = 20000, AT(dpi),
      .help = "pixels per inch of paper; 0: those of the source, or 150" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_TEXT, .name = "pagesize", AT(page_size),
      .help = "a3, a4, a5, letter, legal, or WxH in points; pictures are scaled to fit" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_BOOL, .name = "lossless", .initial = 1, AT(is_lossless),
      .help = "store samples losslessly, unless quality is given" },
    { MIM_OPTION_HEADER, .type = MIM_OPTION_INT, .name = "quality", .min = 0, .max = 100, AT(quality),
      .help = "JPEG quality from 1 to 100; 0: lossless, or 90 with lossless=no" },
    TEXT_OPTION(title, "title of the document"),
    TEXT_OPTION(author, "author of the document"),
    TEXT_OPTION(subject, "subject of the document"),
    TEXT_OPTION(keywords, "keywords of the document"),
};

static const struct {
    const char *name;
    double width, height;
} papers[] = {
    { "a3", 297 / 25.4 * 72, 420 / 25.4 * 72 },
    { "a4", 210 / 25.4 * 72, 297 / 25.4 * 72 },
    { "a5", 148 / 25.4 * 72, 210 / 25.4 * 72 },
    { "letter", 612, 792 },
    { "legal", 612, 1008 },
};

/* Parses digits with a point in every locale. Returns NULL if there are none. */
static const char *
read_number(const char *text, double *value)
{
    double scale = 1;
    const char *start = text;
    *value = 0;
    for (bool is_behind = false; (*text >= '0' && *text <= '9') || (*text == '.' && !is_behind); text++) {
        if (*text == '.') {
            is_behind = true;
            continue;
        }
        *value = *value * 10 + (*text - '0');
        scale *= is_behind ? 10 : 1;
    }
    *value /= scale;
    return text > start ? text : NULL;
}

static int32_t
choose_paper(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    if (!self->page_size)
        return MIM_OK;
    if (self->dpi > 0)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "dpi and pagesize are alternatives: give one of them");
    for (unsigned i = 0; i < sizeof papers / sizeof *papers; i++)
        if (strcasecmp(self->page_size, papers[i].name) == 0) {
            self->paper_width = papers[i].width;
            self->paper_height = papers[i].height;
            self->may_rotate = true;
            return MIM_OK;
        }

    const char *rest = read_number(self->page_size, &self->paper_width);
    rest = rest && *rest == 'x' ? read_number(rest + 1, &self->paper_height) : NULL;
    if (!rest || *rest || self->paper_width < 3 || self->paper_height < 3 || self->paper_width > 14400 ||
        self->paper_height > 14400)
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN,
                               "pagesize=%s: expected a3, a4, a5, letter, legal, or WxH from 3x3 to 14400x14400 points",
                               self->page_size);
    return MIM_OK;
}

static int32_t
writer_open(struct mim_job *job, struct mim_sequence *sequence)
{
    struct pdf_writer *self = job->state;
    (void)sequence;
    self->is_open = true;
    int32_t status = choose_paper(job);
    if (status == MIM_OK)
        status = pdf_retain_options(job);
    return status == MIM_OK ? pdf_emit_header(job) : status;
}

static int32_t
writer_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct pdf_writer *self = job->state;
    struct pdf_layout *layout = packet;
    int32_t status = pdf_layout_frame(job, index, layout, info);
    self->pending = (struct pdf_resolution){ 0 };
    return status == MIM_OK ? pdf_profile_take(job, &self->profiles, info->channels, &layout->profile) : status;
}

static int32_t
writer_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
              const struct mim_raster *raster, const struct mim_neighbours *beside)
{
    const struct pdf_writer *self = job->state;
    struct pdf_layout *layout = packet;
    (void)info, (void)beside;
    int32_t status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    if (part >= layout->colour.parts)
        return pdf_deflate(job, &layout->alpha, layout, part - layout->colour.parts, raster);
    if (layout->colour.is_jpeg)
        return pdf_jpeg(job, layout, raster, self->quality ? (int)self->quality : DEFAULT_QUALITY);
    return pdf_deflate(job, &layout->colour, layout, part, raster);
}

static int32_t
writer_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    (void)info;
    return pdf_emit_page(job, packet, coded);
}

static void
writer_worker_close(struct mim_job *job)
{
    pdf_deflate_close(job->worker, job);
}

static void
writer_close(struct mim_job *job)
{
    struct pdf_writer *self = job->state;
    for (unsigned i = 0; i < PDF_INFO_COUNT; i++)
        job->host->resize(job, self->info[i].data, self->info[i].size + 1, 0);
    pdf_profiles_close(job, &self->profiles);
    pdf_list_close(&self->body.objects, job);
    pdf_list_close(&self->body.nodes, job);
    pdf_list_close(&self->body.kids, job);
}

const struct mim_writer_ops pdf_writer_ops = {
    .struct_size = sizeof pdf_writer_ops,
    .flags = MIM_WRITER_MIXED | MIM_WRITER_BITS,
    .state_size = sizeof(struct pdf_writer),
    .packet_size = sizeof(struct pdf_layout),
    .worker_size = sizeof(struct pdf_writing_worker),
    .option_count = sizeof options / sizeof *options,
    .options = options,
    .open = writer_open,
    .accepts = writer_accepts,
    .encode = writer_encode,
    .put = writer_put,
    .metadata = pdf_retain,
    .finish = pdf_emit_end,
    .worker_close = writer_worker_close,
    .close = writer_close,
};
