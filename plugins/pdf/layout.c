/* SPDX-License-Identifier: MIT */
/* Lays out a frame as a page: its samples, its place on the paper, its parts. */
#include "layout.h"

#include <math.h>

#include "writer-state.h"

#define WHOLE_BYTES (8u << 20) /* larger planes are compressed in parts, which takes less memory */
#define PART_BYTES (2u << 20)
#define MAX_SIDE 14400.0 /* points; old viewers show no larger pages */
#define DEFAULT_DPI 150

/* Requests sample types that PDF supports; the core converts and reports losses. */
static int32_t
fit_samples(struct mim_job *job, bool is_jpeg, struct mim_frame_info *info)
{
    if (info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "PDF has no frames with %u channels", info->channels);
    if (is_jpeg && (info->width > 65500 || info->height > 65500))
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "JPEG is limited to 65500 pixels a side, the frame has %ux%u: use lossless=yes",
                               info->width, info->height);
    bool is_byte = info->sample == MIM_SAMPLE_U8 || info->sample == MIM_SAMPLE_I8, is_bit = info->sample == MIM_SAMPLE_U1;
    if (!is_bit || is_jpeg)
        info->sample = is_byte || is_jpeg ? MIM_SAMPLE_U8 : MIM_SAMPLE_U16;
    return is_bit && is_jpeg ? job->host->notice(job, MIM_NOTICE_DEPTH, "samples of 1 bit become 8 bits") : MIM_OK;
}

/* Width to height of samples: from the frame, else from its file. */
static double
sample_aspect(const struct pdf_writer *self)
{
    const struct mim_rational *aspect = self->pending.aspect.den ? &self->pending.aspect : &self->document.aspect;
    return aspect->den ? (double)aspect->num / (double)aspect->den : 1;
}

/* Pixels per inch of both axes: from the option, else from the frame, else from its file. */
static void
choose_dpi(const struct pdf_writer *self, double dpi[2])
{
    const struct pdf_resolution *resolution = &self->pending;
    if (!(resolution->scale.axes[0] > 0))
        resolution = &self->document;
    bool is_known = mim_resolution_get(&resolution->scale, MIM_METRES_PER_INCH, dpi);
    for (unsigned i = 0; i < 2; i++)
        if (self->dpi > 0)
            dpi[i] = self->dpi;
        else if (!is_known || !(dpi[i] >= 1 && dpi[i] <= 20000))
            dpi[i] = DEFAULT_DPI;
    if (self->dpi > 0 || !is_known)
        dpi[0] /= sample_aspect(self);
}

/*
 * Makes the paper slightly smaller than the picture: readers round up, and 1650 pixels may be computed as
 * 1650.0000000000002.
 */
static double
shrink_paper(double points)
{
    return floor(points * 1e5 - 1.5) / 1e5;
}

static void
place_by_dpi(const struct pdf_writer *self, struct pdf_layout *layout)
{
    double dpi[2];
    choose_dpi(self, dpi);
    layout->x_size = layout->width * 72 / dpi[0];
    layout->y_size = layout->height * 72 / dpi[1];
    layout->paper_width = shrink_paper(layout->x_size);
    layout->paper_height = shrink_paper(layout->y_size);
    layout->x = 0;
    layout->y = layout->paper_height - layout->y_size; /* aligns the upper edges */
}

static void
place_on_paper(const struct pdf_writer *self, struct pdf_layout *layout)
{
    double width = layout->width * sample_aspect(self), height = layout->height;
    bool is_wide = width > height, is_wide_paper = self->paper_width > self->paper_height;
    bool is_turned = self->may_rotate && is_wide != is_wide_paper && (is_wide || height > width);
    layout->paper_width = is_turned ? self->paper_height : self->paper_width;
    layout->paper_height = is_turned ? self->paper_width : self->paper_height;

    double x_scale = layout->paper_width / width, y_scale = layout->paper_height / height;
    double scale = x_scale < y_scale ? x_scale : y_scale;
    layout->x_size = width * scale;
    layout->y_size = height * scale;
    layout->x = (layout->paper_width - layout->x_size) / 2;
    layout->y = (layout->paper_height - layout->y_size) / 2;
}

static int32_t
split_plane(struct mim_job *job, struct pdf_plane *plane, const struct pdf_layout *layout)
{
    uint64_t samples = (uint64_t)layout->width * plane->channels;
    plane->row_bytes = layout->bits == 1 ? (samples + 7) / 8 : samples * (layout->bits / 8);
    uint64_t rows = layout->height, size = 0;
    bool fits = plane->row_bytes < UINT32_MAX && !__builtin_mul_overflow(plane->row_bytes, rows, &size) &&
                size < INT64_MAX; /* zlib takes one row at a time and counts in 32 bits */
    if (fits && size > WHOLE_BYTES && !plane->is_jpeg)
        rows = PART_BYTES / plane->row_bytes ? PART_BYTES / plane->row_bytes : 1;
    if (!fits || layout->height / rows >= INT32_MAX / 2)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a page of %ux%u pixels is too large", layout->width,
                               layout->height);
    plane->rows_per_part = (uint32_t)rows;
    plane->parts = (uint32_t)((layout->height - 1) / rows + 1);
    plane->is_filtered = plane->parts > 1 && layout->bits > 1; /* a single part decides by itself */
    return MIM_OK;
}

int32_t
pdf_layout_frame(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    const struct pdf_writer *self = job->state;
    struct pdf_layout *layout = packet;
    bool is_jpeg = self->quality > 0 || !self->is_lossless;
    int32_t status = fit_samples(job, is_jpeg, info);
    if (status != MIM_OK)
        return status;

    *layout = (struct pdf_layout){ .index = index,
                                   .width = info->width,
                                   .height = info->height,
                                   .channels = info->channels,
                                   .bits = info->sample == MIM_SAMPLE_U1   ? 1
                                           : info->sample == MIM_SAMPLE_U8 ? 8
                                                                           : 16 };
    layout->colour = (struct pdf_plane){ .channels = info->channels < 3 ? 1 : 3, .is_jpeg = is_jpeg };
    status = split_plane(job, &layout->colour, layout);
    if (status == MIM_OK && info->channels % 2 == 0) {
        layout->alpha = (struct pdf_plane){ .first = info->channels - 1, .channels = 1 };
        status = split_plane(job, &layout->alpha, layout);
    }
    if (status != MIM_OK)
        return status;
    info->parts = layout->colour.parts + layout->alpha.parts;

    if (self->paper_width > 0)
        place_on_paper(self, layout);
    else
        place_by_dpi(self, layout);
    if (layout->paper_width > MAX_SIDE || layout->paper_height > MAX_SIDE)
        return job->host->notice(job, MIM_NOTICE_OTHER, "some programs do not show pages larger than 14400 points");
    return MIM_OK;
}
