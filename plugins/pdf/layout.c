/* SPDX-License-Identifier: MIT */
/* How a frame becomes a page: its samples, its place on the paper, its parts. */
#include "layout.h"

#include <math.h>

#include "writer-state.h"

#define WHOLE_BYTES (8u << 20) /* of a plane that is compressed in one go; larger ones are cut and take less memory */
#define PART_BYTES (2u << 20)
#define MOST_SIDE 14400.0 /* points: viewers of the first hour show no larger pages */
#define USUAL_DPI 150

/* Samples that a PDF cannot hold are converted by the core, which says what is lost. */
static int32_t
fit_samples(struct mim_job *job, bool is_jpeg, struct mim_frame_info *info)
{
    if (info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "PDF holds no frames of %u channels", info->channels);
    if (is_jpeg && (info->width > 65500 || info->height > 65500))
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "%ux%u pixels are too many for JPEG: this needs lossless=yes", info->width,
                               info->height);
    bool is_byte = info->sample == MIM_SAMPLE_U8 || info->sample == MIM_SAMPLE_I8;
    info->sample = is_byte || is_jpeg ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    return MIM_OK;
}

/* Pixels an inch along one axis: what was asked for, what the frame says, what its file says. */
static void
choose_dpi(const struct pdf_writer *self, double dpi[2])
{
    const struct pdf_resolution *said = &self->coming;
    if (!(said->x > 0) || !(said->y > 0))
        said = &self->whole;
    bool is_known = said->x > 0 && said->y > 0 && said->unit > 0;
    dpi[0] = is_known ? said->x / said->unit : USUAL_DPI;
    dpi[1] = is_known ? said->y / said->unit : USUAL_DPI;
    for (unsigned i = 0; i < 2; i++)
        if (self->dpi > 0)
            dpi[i] = self->dpi;
        else if (!(dpi[i] >= 1 && dpi[i] <= 20000))
            dpi[i] = USUAL_DPI;
}

/* The paper is a hair smaller than the picture: readers round parts of a pixel up, and what should be 1650 pixels
 * may well come out as 1650.0000000000002. */
static double
shave(double points)
{
    return floor(points * 1e5 - 1.5) / 1e5;
}

static void
place_by_dpi(const struct pdf_writer *self, struct pdf_sheet *sheet)
{
    double dpi[2];
    choose_dpi(self, dpi);
    sheet->x_size = sheet->width * 72 / dpi[0];
    sheet->y_size = sheet->height * 72 / dpi[1];
    sheet->paper_width = shave(sheet->x_size);
    sheet->paper_height = shave(sheet->y_size);
    sheet->x = 0;
    sheet->y = sheet->paper_height - sheet->y_size; /* the upper edges meet */
}

static void
place_on_paper(const struct pdf_writer *self, struct pdf_sheet *sheet)
{
    bool is_wide = sheet->width > sheet->height, is_wide_paper = self->paper_width > self->paper_height;
    bool is_turned = self->turns && is_wide != is_wide_paper && sheet->width != sheet->height;
    sheet->paper_width = is_turned ? self->paper_height : self->paper_width;
    sheet->paper_height = is_turned ? self->paper_width : self->paper_height;

    double x_scale = sheet->paper_width / sheet->width, y_scale = sheet->paper_height / sheet->height;
    double scale = x_scale < y_scale ? x_scale : y_scale;
    sheet->x_size = sheet->width * scale;
    sheet->y_size = sheet->height * scale;
    sheet->x = (sheet->paper_width - sheet->x_size) / 2;
    sheet->y = (sheet->paper_height - sheet->y_size) / 2;
}

static int32_t
cut(struct mim_job *job, struct pdf_plane *plane, const struct pdf_sheet *sheet)
{
    plane->row_bytes = (uint64_t)sheet->width * plane->channels * (sheet->bits / 8);
    uint64_t rows = sheet->height, size = 0;
    bool fits = plane->row_bytes < UINT32_MAX && !__builtin_mul_overflow(plane->row_bytes, rows, &size) &&
                size < INT64_MAX; /* zlib takes a row at a time, and counts in 32 bits */
    if (fits && size > WHOLE_BYTES && !plane->is_jpeg)
        rows = PART_BYTES / plane->row_bytes ? PART_BYTES / plane->row_bytes : 1;
    if (!fits || sheet->height / rows >= INT32_MAX / 2)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a page of %ux%u pixels is too large", sheet->width,
                               sheet->height);
    plane->rows_per_part = (uint32_t)rows;
    plane->parts = (uint32_t)((sheet->height - 1) / rows + 1);
    plane->is_filtered = plane->parts > 1; /* one part says itself */
    return MIM_OK;
}

int32_t
pdf_accept(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    const struct pdf_writer *self = job->state;
    struct pdf_sheet *sheet = packet;
    bool is_jpeg = self->quality > 0 || !self->is_lossless;
    int32_t status = fit_samples(job, is_jpeg, info);
    if (status != MIM_OK)
        return status;

    *sheet = (struct pdf_sheet){ .index = index,
                                 .width = info->width,
                                 .height = info->height,
                                 .channels = info->channels,
                                 .bits = info->sample == MIM_SAMPLE_U8 ? 8 : 16 };
    sheet->colour = (struct pdf_plane){ .channels = info->channels < 3 ? 1 : 3, .is_jpeg = is_jpeg };
    status = cut(job, &sheet->colour, sheet);
    if (status == MIM_OK && info->channels % 2 == 0) {
        sheet->alpha = (struct pdf_plane){ .first = info->channels - 1, .channels = 1 };
        status = cut(job, &sheet->alpha, sheet);
    }
    if (status != MIM_OK)
        return status;
    info->parts = sheet->colour.parts + sheet->alpha.parts;

    if (self->paper_width > 0)
        place_on_paper(self, sheet);
    else
        place_by_dpi(self, sheet);
    if (sheet->paper_width > MOST_SIDE || sheet->paper_height > MOST_SIDE)
        return job->host->notice(job, MIM_NOTICE_OTHER, "some programs show no page that is larger than 14400 points");
    return MIM_OK;
}
