/* SPDX-License-Identifier: MIT */
/* From a plan to blocks: palette, head, codes. */
#include "write/encode.h"

#include <string.h>

#include "write/coded-frame.h"
#include "write/plan.h"

enum { LEAST_CODE_SIZE = 2 };

static int32_t
choose_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
               struct gif_plan *plan)
{
    const struct gif_view *view = &plan->view;

    int32_t status = gif_chooser_begin(job, &encoder->chooser, encoding->quantizer);
    for (uint32_t y = 0; y < view->height && status == MIM_OK; y++) {
        gif_view_row(view, y, encoder->keys);
        gif_sample_add(encoder->chooser.sample, encoder->keys, view->width);
        status = gif_view_poll(job, y, view->width);
    }
    if (status != MIM_OK)
        return status;
    plan->colour_count = gif_chooser_end(&encoder->chooser, encoding->palette_size - plan->has_nothing, plan->palette);
    plan->entries = plan->colour_count + plan->has_nothing;
    return job->host->notice(job, MIM_NOTICE_COLOUR, "colours were reduced to fit the palette");
}

static uint8_t *
put_u16(uint8_t *out, uint32_t value)
{
    out[0] = value;
    out[1] = value >> 8;
    return out + 2;
}

/* Control block, image descriptor and colour table; unused entries repeat a colour, so that they bring no other in. */
static int32_t
emit_head(struct mim_job *job, const struct gif_plan *plan, uint32_t delay)
{
    uint8_t head[GIF_FRAME_TABLE + GIF_TABLE_MAX] = { 0x21, 0xf9, 4, plan->disposal << 2 | plan->has_nothing };
    uint32_t bits = gif_table_bits(plan->entries);

    put_u16(head + GIF_FRAME_DELAY, delay);
    head[6] = plan->has_nothing ? plan->colour_count : 0;
    head[8] = 0x2c;
    put_u16(put_u16(put_u16(put_u16(head + 9, plan->view.x), plan->view.y), plan->view.width), plan->view.height);
    head[GIF_FRAME_FLAGS] = 0x80 | (bits - 1);
    for (uint32_t i = 0; i < (plan->has_nothing ? plan->colour_count : 1U << bits); i++) {
        uint32_t key = plan->palette[i < plan->colour_count ? i : plan->colour_count - 1];
        uint8_t *entry = head + GIF_FRAME_TABLE + 3 * i;
        entry[0] = key >> 16;
        entry[1] = key >> 8;
        entry[2] = key;
    }
    return job->host->emit(job, head, GIF_FRAME_TABLE + (3U << bits));
}

static void
map_row(struct gif_encoder *encoder, const struct gif_plan *plan, uint8_t *indices)
{
    uint32_t width = plan->view.width, nothing = plan->colour_count;

    if (plan->is_exact)
        gif_colours_map(&encoder->colours, encoder->keys, width, nothing, indices);
    else if (plan->dithers)
        gif_dither_row(&encoder->dither, encoder->chooser.nearest, encoder->keys, width, nothing, indices);
    else
        gif_nearest_map(encoder->chooser.nearest, encoder->keys, width, nothing, indices);
}

static int32_t
emit_codes(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan)
{
    uint32_t bits = gif_table_bits(plan->entries);
    uint8_t *indices = (uint8_t *)(encoder->keys + encoder->row_room);

    int32_t status = plan->dithers ? gif_encoder_begin_dither(job, encoder, plan->view.width) : MIM_OK;
    if (status == MIM_OK)
        status = gif_lzw_begin(job, &encoder->lzw, bits < LEAST_CODE_SIZE ? LEAST_CODE_SIZE : bits);
    for (uint32_t y = 0; status == MIM_OK && y < plan->view.height && !gif_lzw_is_hopeless(&encoder->lzw); y++) {
        gif_view_row(&plan->view, y, encoder->keys);
        map_row(encoder, plan, indices);
        status = gif_lzw_add(job, &encoder->lzw, indices, plan->view.width);
    }
    return status == MIM_OK ? gif_lzw_end(job, &encoder->lzw) : status;
}

/* Size of the codes; no more is found out than that they are `most` or more. */
static int32_t
try_codes(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan, uint64_t most, uint64_t *size)
{
    encoder->lzw.is_trial = true;
    encoder->lzw.most = most;
    int32_t status = emit_codes(job, encoder, plan);
    encoder->lzw.is_trial = false;
    *size = encoder->lzw.size;
    return status;
}

/*
 * Which of the unchanged pixels are drawn: noise that comes back needs fewer codes when every one is left out, shades do
 * when runs stay whole, areas of one colour when they are drawn. Among a few colours the difference is large.
 */
static int32_t
choose_way(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    enum gif_plan_way best = GIF_PLAN_LONG;
    uint64_t best_size = UINT64_MAX, size;
    int32_t status = MIM_OK;

    for (uint32_t way = 0; way < GIF_PLAN_WAYS && status == MIM_OK; way++) {
        if (!(plan->ways >> way & 1))
            continue;
        gif_plan_take_way(plan, way);
        status = try_codes(job, encoder, plan, best_size, &size);
        best = size < best_size ? way : best;
        best_size = size < best_size ? size : best_size;
    }
    if (plan->ways)
        gif_plan_take_way(plan, best);
    return status;
}

static int32_t
note_partial_alpha(struct mim_job *job, const struct mim_raster *frame)
{
    bool found;

    int32_t status = gif_view_has_partial_alpha(job, frame, &found);
    if (status != MIM_OK || !found)
        return status;
    return job->host->notice(job, MIM_NOTICE_ALPHA, "pixels are either opaque or transparent, none in between");
}

static int32_t
take_common(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
            struct gif_plan *plan)
{
    const struct gif_common *common = encoding->common;

    plan->dithers = encoding->dithers && !common->is_exact;
    plan->colour_count = common->count;
    plan->entries = common->count + common->has_nothing;
    memcpy(plan->palette, common->palette, sizeof plan->palette);
    if (encoder->has_common)
        return MIM_OK;
    int32_t status = gif_chooser_use(job, &encoder->chooser, common->palette, common->count);
    encoder->has_common = status == MIM_OK;
    return status;
}

static int32_t
fill_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    if (encoding->common)
        return take_common(job, encoder, encoding, plan);
    plan->dithers = encoding->dithers && !plan->is_exact;
    if (!plan->is_exact)
        return choose_palette(job, encoder, encoding, plan);
    gif_colours_sort(&encoder->colours);
    plan->colour_count = encoder->colours.count;
    plan->entries = plan->colour_count + plan->has_nothing;
    memcpy(plan->palette, encoder->colours.keys, sizeof plan->palette);
    return MIM_OK;
}

int32_t
gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, uint32_t delay,
                 const struct mim_raster *frame, const struct mim_neighbours *beside)
{
    struct gif_plan plan;

    int32_t status = gif_encoder_begin(job, encoder, frame->width);
    if (status == MIM_OK)
        status = note_partial_alpha(job, frame);
    if (status == MIM_OK)
        status = gif_plan_frame(job, encoder, encoding, frame, beside, &plan);
    if (status == MIM_OK)
        status = fill_palette(job, encoder, encoding, &plan);
    if (status == MIM_OK)
        status = choose_way(job, encoder, &plan);
    if (status == MIM_OK)
        status = emit_head(job, &plan, delay);
    return status == MIM_OK ? emit_codes(job, encoder, &plan) : status;
}
