/* SPDX-License-Identifier: MIT */
/* Collects colours while they fit, and a sample to quantize when they do not. */
#include "write/global-palette.h"

#include <string.h>

#include "write/view.h"

enum { SMALL = 2 }; /* a palette too small to reserve a transparent entry */

static int32_t
reserve_row(struct mim_job *job, struct gif_survey *survey, uint32_t width)
{
    if (width <= survey->row_capacity)
        return MIM_OK;
    uint64_t old_size = survey->row_capacity * sizeof *survey->keys, size = width * sizeof *survey->keys;
    void *keys = job->host->resize(job, survey->keys, old_size, size);
    if (!keys)
        return MIM_NOMEM;
    survey->keys = keys;
    survey->row_capacity = width;
    return MIM_OK;
}

int32_t
gif_survey_add(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
               const struct mim_raster *frame)
{
    const struct gif_view view = {
        .frame = frame, .width = frame->width, .height = frame->height, .threshold = options->threshold
    };

    int32_t status = reserve_row(job, survey, frame->width);
    if (status == MIM_OK && !survey->frames++)
        status = gif_chooser_begin(job, &survey->chooser, options->quantizer);
    for (uint32_t y = 0; y < view.height && status == MIM_OK; y++) {
        gif_view_row(&view, y, survey->keys);
        if (frame->channels == 4 && !survey->has_transparency)
            survey->has_transparency = gif_view_has_transparent(survey->keys, view.width);
        if (!survey->has_too_many)
            survey->has_too_many =
                !gif_colour_set_add(&survey->colours, survey->keys, view.width, options->palette_size);
        gif_sample_add(survey->chooser.sample, survey->keys, view.width);
        status = gif_view_poll(job, y, view.width);
    }
    return status;
}

static void
settle_exact(struct gif_survey *survey, uint32_t size, struct gif_global_palette *global)
{
    gif_colour_set_sort(&survey->colours, 0);
    global->is_exact = true;
    global->count = survey->colours.count;
    global->has_transparent = global->count < size;
    memcpy(global->palette, survey->colours.keys, sizeof global->palette);
}

int32_t
gif_survey_end(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
               struct gif_global_palette *global)
{
    uint32_t size = options->palette_size;
    bool spares = options->wants_transparent && survey->frames > 1 && size > SMALL;

    if (!survey->has_too_many && survey->colours.count + survey->has_transparency <= size) {
        settle_exact(survey, size, global);
        return MIM_OK;
    }
    global->has_transparent = survey->has_transparency || spares;
    global->count = gif_chooser_end(&survey->chooser, size - global->has_transparent, global->palette);
    return job->host->notice(job, MIM_NOTICE_COLOUR, "colours were reduced to fit the palette");
}

void
gif_survey_close(struct mim_job *job, struct gif_survey *survey)
{
    gif_chooser_close(job, &survey->chooser);
    if (survey->keys)
        job->host->resize(job, survey->keys, survey->row_capacity * sizeof *survey->keys, 0);
    survey->keys = NULL;
    survey->row_capacity = 0;
}
