/* SPDX-License-Identifier: MIT */
/* Grows the memory of a worker with the width of its frames. */
#include "write/encoder.h"

enum { ROW_PIXEL = GIF_ENCODER_ROWS * sizeof(uint32_t) + 1 };

int32_t
gif_encoder_begin(struct mim_job *job, struct gif_encoder *encoder, uint32_t width)
{
    if (width <= encoder->row_capacity)
        return MIM_OK;
    void *row =
        job->host->resize(job, encoder->keys, (uint64_t)encoder->row_capacity * ROW_PIXEL, (uint64_t)width * ROW_PIXEL);
    if (!row)
        return MIM_NOMEM;
    encoder->keys = row;
    encoder->row_capacity = width;
    return MIM_OK;
}

int32_t
gif_encoder_begin_dither(struct mim_job *job, struct gif_encoder *encoder, uint32_t width)
{
    struct gif_dither *dither = &encoder->dither;

    if (width > dither->row_capacity) {
        uint64_t old_size = dither->memory ? gif_dither_size(dither->row_capacity) : 0;
        void *memory = job->host->resize(job, dither->memory, old_size, gif_dither_size(width));
        if (!memory)
            return MIM_NOMEM;
        dither->memory = memory;
        dither->row_capacity = width;
    }
    gif_dither_begin(dither, encoder->chooser.nearest, width);
    return MIM_OK;
}

void
gif_encoder_close(struct mim_job *job, struct gif_encoder *encoder)
{
    if (encoder->keys)
        job->host->resize(job, encoder->keys, (uint64_t)encoder->row_capacity * ROW_PIXEL, 0);
    if (encoder->dither.memory)
        job->host->resize(job, encoder->dither.memory, gif_dither_size(encoder->dither.row_capacity), 0);
    gif_chooser_close(job, &encoder->chooser);
}
