/* SPDX-License-Identifier: MIT */
/* Runs the quantizer and refines its palette. */
#include "palette/chooser.h"

#include "palette/refine.h"

static void *
allocate_once(struct mim_job *job, void *memory, uint64_t size)
{
    return memory ? memory : job->host->resize(job, NULL, 0, size);
}

int32_t
gif_chooser_begin(struct mim_job *job, struct gif_chooser *chooser, const struct gif_quantizer *quantizer)
{
    chooser->quantizer = quantizer;
    chooser->sample = allocate_once(job, chooser->sample, sizeof *chooser->sample);
    chooser->points = allocate_once(job, chooser->points, sizeof *chooser->points);
    chooser->nearest = allocate_once(job, chooser->nearest, sizeof *chooser->nearest);
    if (quantizer->memory_size)
        chooser->memory = allocate_once(job, chooser->memory, quantizer->memory_size);
    if (!chooser->sample || !chooser->points || !chooser->nearest || (quantizer->memory_size && !chooser->memory))
        return MIM_NOMEM;
    gif_sample_clear(chooser->sample);
    return MIM_OK;
}

int32_t
gif_chooser_set_palette(struct mim_job *job, struct gif_chooser *chooser, const uint32_t *palette, uint32_t count)
{
    chooser->nearest = allocate_once(job, chooser->nearest, sizeof *chooser->nearest);
    if (!chooser->nearest)
        return MIM_NOMEM;
    gif_nearest_set(chooser->nearest, palette, count);
    return MIM_OK;
}

uint32_t
gif_chooser_end(struct gif_chooser *chooser, uint32_t limit, uint32_t *palette)
{
    gif_points_set(chooser->points, chooser->sample);
    uint32_t count = chooser->quantizer->choose(chooser->memory, chooser->sample, chooser->points, limit, palette);

    count = gif_refine(chooser->nearest, chooser->points, limit, count, palette);
    gif_nearest_set(chooser->nearest, palette, count);
    return count;
}

void
gif_chooser_close(struct mim_job *job, struct gif_chooser *chooser)
{
    if (chooser->sample)
        job->host->resize(job, chooser->sample, sizeof *chooser->sample, 0);
    if (chooser->points)
        job->host->resize(job, chooser->points, sizeof *chooser->points, 0);
    if (chooser->nearest)
        job->host->resize(job, chooser->nearest, sizeof *chooser->nearest, 0);
    if (chooser->memory)
        job->host->resize(job, chooser->memory, chooser->quantizer->memory_size, 0);
    *chooser = (struct gif_chooser){ 0 };
}
