/* SPDX-License-Identifier: MIT */
/* Turns a plan into blocks: chooses the palette, then emits header and codes. */
#include "write/encode.h"

#include <string.h>

#include "write/coded-frame.h"
#include "write/planner.h"
#include "write/strategies.h"

enum { MIN_CODE_SIZE = 2, MEASURED_PIXELS = 1 << 14, MIN_SHARE = 16 };

/* All strategies use the same palette. */
static void
set_needs(struct gif_plan *plan)
{
    for (uint32_t i = 0; i < GIF_PLAN_STRATEGIES; i++)
        plan->needs[i] = (struct gif_plan_need){ plan->colour_count, plan->has_transparent };
}

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
    plan->colour_count =
        gif_chooser_end(&encoder->chooser, encoding->palette_size - plan->has_transparent, plan->palette);
    plan->entries = plan->colour_count + plan->has_transparent;
    set_needs(plan);
    return job->host->notice(job, MIM_NOTICE_COLOUR, "colours were reduced to fit the palette");
}

static uint8_t *
put_u16(uint8_t *out, uint32_t value)
{
    out[0] = value;
    out[1] = value >> 8;
    return out + 2;
}

/* Unused entries repeat the last colour to add none to a shared table. */
static uint32_t
colour_of_entry(const struct gif_plan *plan, uint32_t i)
{
    if (i < plan->colour_count)
        return plan->palette[i];
    if (plan->has_transparent)
        return plan->view.frame->channels == 4 && i == plan->colour_count ? GIF_TRANSPARENT_COLOUR : 0;
    return plan->palette[plan->colour_count - 1];
}

/* Control block, image descriptor and colour table. */
static int32_t
emit_head(struct mim_job *job, const struct gif_plan *plan, uint32_t delay)
{
    uint8_t head[GIF_FRAME_TABLE + GIF_TABLE_MAX] = { 0x21, 0xf9, 4, plan->disposal << 2 | plan->has_transparent };
    uint32_t bits = gif_table_bits(plan->entries);

    put_u16(head + GIF_FRAME_DELAY, delay);
    head[6] = plan->has_transparent ? plan->colour_count : 0;
    head[8] = 0x2c;
    put_u16(put_u16(put_u16(put_u16(head + 9, plan->view.x), plan->view.y), plan->view.width), plan->view.height);
    head[GIF_FRAME_FLAGS] = 0x80 | (bits - 1);
    for (uint32_t i = 0; i < 1U << bits; i++) {
        uint32_t key = colour_of_entry(plan, i);
        uint8_t *entry = head + GIF_FRAME_TABLE + 3 * i;
        entry[0] = key >> 16;
        entry[1] = key >> 8;
        entry[2] = key;
    }
    return job->host->emit(job, head, GIF_FRAME_TABLE + (3U << bits));
}

static int32_t
emit_dithered(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan)
{
    struct gif_dither *dither = &encoder->dither;
    const struct gif_view *view = &plan->view;

    int32_t status = gif_encoder_begin_dither(job, encoder, view->width);
    for (uint32_t y = 0; y < view->height && status == MIM_OK; y += GIF_DITHER_ROWS) {
        uint32_t count = view->height - y < GIF_DITHER_ROWS ? view->height - y : GIF_DITHER_ROWS;
        for (uint32_t i = 0; i < count; i++)
            gif_view_row(view, y + i, dither->keys + gif_dither_row(dither, i));
        gif_dither_map(dither, encoder->chooser.nearest, plan->colour_count);
        for (uint32_t i = 0; i < count && status == MIM_OK; i++)
            status = gif_lzw_add(job, &encoder->lzw, dither->indices + gif_dither_row(dither, i), view->width);
    }
    return status;
}

static int32_t
emit_plain(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan)
{
    uint32_t width = plan->view.width, transparent = plan->colour_count;
    uint8_t *indices = (uint8_t *)(encoder->keys + (size_t)GIF_ENCODER_ROWS * encoder->row_capacity);
    int32_t status = MIM_OK;

    for (uint32_t y = 0; status == MIM_OK && y < plan->view.height && !gif_lzw_has_failed_trial(&encoder->lzw); y++) {
        gif_view_row(&plan->view, y, encoder->keys);
        if (plan->is_exact)
            gif_colour_set_map(&encoder->colours, encoder->keys, width, transparent, indices);
        else
            gif_nearest_map(encoder->chooser.nearest, encoder->keys, width, transparent, indices);
        status = gif_lzw_add(job, &encoder->lzw, indices, width);
    }
    return status;
}

static int32_t
emit_codes(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan)
{
    uint32_t bits = gif_table_bits(plan->entries);

    if (!plan->is_exact)
        gif_nearest_start(encoder->chooser.nearest, plan->is_dithered);
    int32_t status = gif_lzw_begin(job, &encoder->lzw, bits < MIN_CODE_SIZE ? MIN_CODE_SIZE : bits);
    if (status == MIM_OK)
        status = (plan->is_dithered ? emit_dithered : emit_plain)(job, encoder, plan);
    return status == MIM_OK ? gif_lzw_end(job, &encoder->lzw) : status;
}

/* Measure the codes without emitting them. Stops at `max_size`. */
static int32_t
try_codes(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan, uint64_t max_size,
          uint64_t *size)
{
    encoder->lzw.is_trial = true;
    encoder->lzw.max_size = max_size;
    int32_t status = emit_codes(job, encoder, plan);
    encoder->lzw.is_trial = false;
    *size = encoder->lzw.size;
    return status;
}

/*
 * Choose which unchanged pixels to skip, by trial: recurring noise compresses best when all are skipped, shades when
 * runs stay whole, and areas of one colour when they are drawn. With few colours the difference is large.
 */
static int32_t
choose_strategy(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    enum gif_plan_strategy best = GIF_PLAN_LONG;
    uint64_t best_size = UINT64_MAX, size;
    int32_t status = MIM_OK;

    for (uint32_t strategy = 0; strategy < GIF_PLAN_STRATEGIES && status == MIM_OK; strategy++) {
        if (!(plan->strategies >> strategy & 1))
            continue;
        gif_plan_set_strategy(plan, strategy);
        status = try_codes(job, encoder, plan, best_size, &size);
        size += 3U << gif_table_bits(plan->entries);
        best = size < best_size ? strategy : best;
        best_size = size < best_size ? size : best_size;
    }
    if (plan->strategies)
        gif_plan_set_strategy(plan, best);
    return status;
}

static int32_t
report_partial_alpha(struct mim_job *job, const struct mim_raster *frame)
{
    bool found;

    int32_t status = gif_view_has_partial_alpha(job, frame, &found);
    if (status != MIM_OK || !found)
        return status;
    return job->host->notice(job, MIM_NOTICE_ALPHA, "partially transparent pixels became opaque or transparent");
}

static int32_t
use_global(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct gif_plan *plan)
{
    const struct gif_global_palette *global = encoding->global;

    plan->colour_count = global->count;
    plan->entries = global->count + global->has_transparent;
    memcpy(plan->palette, global->palette, sizeof plan->palette);
    set_needs(plan);
    if (encoder->has_global)
        return MIM_OK;
    int32_t status = gif_chooser_set_palette(job, &encoder->chooser, global->palette, global->count);
    encoder->has_global = status == MIM_OK;
    return status;
}

static int32_t
fill_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    if (encoding->global)
        return use_global(job, encoder, encoding, plan);
    memcpy(plan->palette, encoder->colours.keys, sizeof plan->palette);
    if (!plan->is_exact)
        return choose_palette(job, encoder, encoding, plan);
    if (plan->strategies)
        return MIM_OK;
    plan->colour_count = encoder->colours.count;
    plan->entries = plan->colour_count + plan->has_transparent;
    return MIM_OK;
}

/* Measures about MEASURED_PIXELS, of larger frames one in MIN_SHARE. */
static int32_t
measure_banding(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan, bool *is_visible)
{
    struct gif_view view = plan->view;
    uint64_t share = 1 + (uint64_t)view.width * view.height / MEASURED_PIXELS;
    uint64_t step = GIF_BANDING_SIDE * (share < MIN_SHARE ? share : MIN_SHARE);
    struct gif_banding banding = { 0 };
    int32_t status = MIM_OK;

    gif_nearest_start(encoder->chooser.nearest, false);
    view.min_run = 0;
    for (uint64_t y = 0; y + GIF_BANDING_SIDE <= view.height && status == MIM_OK; y += step) {
        for (uint32_t i = 0; i < GIF_BANDING_SIDE; i++)
            gif_view_row(&view, (uint32_t)y + i, encoder->keys + (size_t)i * view.width);
        gif_banding_add(&banding, encoder->chooser.nearest, encoder->keys, view.width, view.width);
        status = job->host->poll(job);
    }
    *is_visible = gif_banding_is_visible(&banding);
    return status;
}

/* A dithered frame skips every unchanged pixel, which would flicker. */
static int32_t
emit_version(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan plan, uint32_t delay, bool is_dithered)
{
    plan.is_dithered = is_dithered;
    if (is_dithered && plan.view.below && plan.has_transparent) {
        plan.strategies = 0;
        gif_plan_set_strategy(&plan, GIF_PLAN_ANY);
    }
    int32_t status = choose_strategy(job, encoder, &plan);
    if (status == MIM_OK)
        status = emit_head(job, &plan, delay);
    return status == MIM_OK ? emit_codes(job, encoder, &plan) : status;
}

/* After emit_version() of a plan without strategies. */
static uint64_t
size_of_version(const struct gif_encoder *encoder, const struct gif_plan *plan)
{
    uint64_t codes = encoder->lzw.size;

    return GIF_FRAME_TABLE + (3U << gif_table_bits(plan->entries)) + 1 + codes + (codes + 254) / 255 + 1;
}

static int32_t
emit_versions(struct mim_job *job, struct gif_encoder *encoder, const struct gif_plan *plan,
              enum gif_dithering dithering, uint32_t delay, struct gif_versions *versions)
{
    int32_t status = MIM_OK;

    if (dithering != GIF_DITHER_ALWAYS)
        status = emit_version(job, encoder, *plan, delay, false);
    if (dithering == GIF_DITHER_UNDECIDED)
        versions->first_size = size_of_version(encoder, plan);
    return status == MIM_OK && dithering != GIF_DITHER_NEVER ? emit_version(job, encoder, *plan, delay, true) : status;
}

/* The first frame tells its decision at once. */
static int32_t
choose_dithering(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                 const struct gif_plan *plan, bool is_first, struct gif_versions *versions,
                 enum gif_dithering *dithering)
{
    *dithering = *encoding->dithering;
    versions->decides = *dithering == GIF_DITHER_UNDECIDED;
    int32_t status = versions->decides ? measure_banding(job, encoder, plan, &versions->wants_dither) : MIM_OK;
    if (versions->decides && is_first)
        *encoding->dithering = *dithering = versions->wants_dither ? GIF_DITHER_ALWAYS : GIF_DITHER_NEVER;
    return status;
}

/* Emit a second version if it is smaller. */
static int32_t
emit_update(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, uint32_t delay,
            const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan,
            struct gif_versions *versions)
{
    uint64_t first_size = size_of_version(encoder, plan);

    int32_t status = gif_plan_update(job, encoder, encoding, frame, neighbours, plan, &versions->has_update);
    if (status != MIM_OK || !versions->has_update)
        return status;
    versions->first_size = first_size;
    versions->keeps_rest[1] = plan->keeps_rest;
    status = fill_palette(job, encoder, encoding, plan);
    return status == MIM_OK ? emit_version(job, encoder, *plan, delay, false) : status;
}

int32_t
gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, uint32_t delay,
                 const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_versions *versions)
{
    enum gif_dithering dithering = GIF_DITHER_NEVER;
    struct gif_plan plan;

    *versions = (struct gif_versions){ 0 };
    encoder->lzw.has_room = encoding->may_recode;
    int32_t status = gif_encoder_begin(job, encoder, frame->width);
    if (status == MIM_OK)
        status = report_partial_alpha(job, frame);
    if (status == MIM_OK)
        status = gif_plan_frame(job, encoder, encoding, frame, neighbours, &plan);
    if (status == MIM_OK)
        status = fill_palette(job, encoder, encoding, &plan);
    if (status != MIM_OK)
        return status;
    if (!(encoding->global ? encoding->global->is_exact : plan.is_exact))
        status = choose_dithering(job, encoder, encoding, &plan, !neighbours->previous, versions, &dithering);
    if (status == MIM_OK)
        status = emit_versions(job, encoder, &plan, dithering, delay, versions);
    versions->keeps_rest[0] = plan.keeps_rest;
    if (status != MIM_OK || !plan.may_update)
        return status;
    return emit_update(job, encoder, encoding, delay, frame, neighbours, &plan, versions);
}
