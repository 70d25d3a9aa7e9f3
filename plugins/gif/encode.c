/* SPDX-License-Identifier: MIT */
/*
 * A frame is coded from itself and the source frames beside it, so that frames can be coded in any order.
 *
 * When a pixel is opaque in one frame and transparent in the next, the one is written whole and its disposal clears the
 * canvas, and the next starts from nothing. Otherwise the canvas holds the frame before, and what changed is drawn.
 *
 * Frames whose colours fit the palette are exact on the canvas. So one that fits does not build on one that does not: that
 * one's pixels were approximated, and those of it that stay would be wrong.
 */
#include "encode.h"

#include <string.h>

#include "view.h"

enum { DISPOSE_KEEP = 1, DISPOSE_CLEAR = 2, LEAST_CODE_SIZE = 2, ROW_PIXEL = sizeof(uint32_t) + 1, LEAST_RUN = 8 };

/* What is drawn and with what. */
struct plan {
    struct gif_view view;
    int disposal;
    bool has_nothing; /* some pixels are not drawn: an entry of the table, the last, stands for them */
    bool dithers;
    bool is_exact; /* the palette is that of the encoder's set of colours */
    uint32_t colour_count;
    uint32_t entries; /* of the colour table: one more if it has one for pixels that are not drawn */
    uint32_t palette[GIF_COLOURS_MAX];
};

static int32_t
make_room(struct mim_job *job, struct gif_encoder *encoder, uint32_t width)
{
    if (width <= encoder->row_room)
        return MIM_OK;
    void *row =
        job->host->resize(job, encoder->keys, (uint64_t)encoder->row_room * ROW_PIXEL, (uint64_t)width * ROW_PIXEL);
    if (!row)
        return MIM_NOMEM;
    encoder->keys = row;
    encoder->row_room = width;
    return MIM_OK;
}

static int32_t
start_dithering(struct mim_job *job, struct gif_dither *dither, uint32_t width)
{
    if (width > dither->row_room) {
        uint64_t old_size = dither->errors ? gif_dither_size(dither->row_room) : 0;
        void *errors = job->host->resize(job, dither->errors, old_size, gif_dither_size(width));
        if (!errors)
            return MIM_NOMEM;
        dither->errors = errors;
        dither->row_room = width;
    }
    gif_dither_begin(dither);
    return MIM_OK;
}

static bool
has_nothing(const uint32_t *keys, uint32_t count)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < count; i++)
        found |= keys[i] == GIF_NOTHING;
    return found;
}

/* Fill the set of colours. Do they, and the entry for pixels not drawn, fit into `size` entries? */
static int32_t
collect(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, uint32_t size, bool *nothing,
        bool *fits)
{
    bool may_have_nothing = view->least_run || view->frame->channels == 4;

    *nothing = false;
    *fits = true;
    gif_colours_clear(&encoder->colours);
    for (uint32_t y = 0; y < view->height; y++) {
        int32_t status = gif_view_poll(job, y, view->width);
        if (status != MIM_OK)
            return status;
        gif_view_row(view, y, encoder->keys);
        if (may_have_nothing && !*nothing)
            *nothing = has_nothing(encoder->keys, view->width);
        *fits = *fits && gif_colours_add(&encoder->colours, encoder->keys, view->width, size);
        if (!*fits && (*nothing || !may_have_nothing))
            break;
    }
    *fits = *fits && encoder->colours.count + *nothing <= size;
    return MIM_OK;
}

static struct gif_view
whole_view(const struct mim_raster *frame, uint32_t threshold)
{
    return (struct gif_view){ .frame = frame, .width = frame->width, .height = frame->height, .threshold = threshold };
}

/* May the frame be drawn on what stands on the canvas? */
static int32_t
may_build_on(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             const struct gif_view *whole, const struct mim_raster *below, bool *may)
{
    struct gif_view below_view = whole_view(below, encoding->threshold);
    bool nothing, fits;

    int32_t status = collect(job, encoder, whole, encoding->palette_size, &nothing, &fits);
    *may = true;
    if (status == MIM_OK && fits)
        status = collect(job, encoder, &below_view, encoding->palette_size, &nothing, may);
    return status;
}

static int32_t
collect_plan(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct plan *plan)
{
    return collect(job, encoder, &plan->view, encoding->palette_size, &plan->has_nothing, &plan->is_exact);
}

/*
 * Draw only what changed. Pixels in the rectangle that did not change are best left out in long runs; left out one by one, or
 * not at all, they may leave fewer colours.
 */
static int32_t
plan_change(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct plan *plan)
{
    static const uint32_t runs[] = { LEAST_RUN, 1, 0 };
    bool differs, has_long_runs = false;

    int32_t status = gif_view_shrink(job, &plan->view, &differs);
    if (status == MIM_OK && !differs) /* one pixel, drawn again */
        return collect_plan(job, encoder, encoding, plan);
    for (size_t i = 0; i < sizeof runs / sizeof *runs && status == MIM_OK && !plan->is_exact; i++) {
        plan->view.least_run = runs[i];
        status = collect_plan(job, encoder, encoding, plan);
        has_long_runs |= i == 0 && plan->has_nothing;
    }
    if (status != MIM_OK || plan->is_exact)
        return status;
    plan->view.least_run = LEAST_RUN;
    plan->has_nothing = has_long_runs;
    return MIM_OK;
}

static int32_t
plan_whole(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_bare,
           struct plan *plan)
{
    int32_t status = collect_plan(job, encoder, encoding, plan);
    /* others than mim take the background for opaque unless the first frame and the one that clears have such an entry */
    bool has_room = !plan->is_exact || encoder->colours.count < encoding->palette_size;
    if (plan->view.frame->channels == 4 && (is_bare || plan->disposal == DISPOSE_CLEAR) && has_room)
        plan->has_nothing = true;
    return status;
}

/* Is there a pixel that is not drawn? */
static int32_t
find_nothing(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, bool *found)
{
    int32_t status = MIM_OK;

    *found = false;
    if (!view->least_run && view->frame->channels != 4)
        return MIM_OK;
    for (uint32_t y = 0; y < view->height && !*found && status == MIM_OK; y++) {
        gif_view_row(view, y, encoder->keys);
        *found = has_nothing(encoder->keys, view->width);
        status = gif_view_poll(job, y, view->width);
    }
    return status;
}

/* With one palette for all, equal colours are equal entries: any frame may build on any other. */
static int32_t
plan_common(struct mim_job *job, struct gif_encoder *encoder, const struct gif_common *common, bool is_bare,
            struct plan *plan)
{
    bool differs = true, must_tell = plan->view.frame->channels == 4 && (is_bare || plan->disposal == DISPOSE_CLEAR);

    int32_t status = plan->view.below ? gif_view_shrink(job, &plan->view, &differs) : MIM_OK;
    if (plan->view.below && differs && common->has_nothing)
        plan->view.least_run = LEAST_RUN;
    if (status == MIM_OK)
        status = find_nothing(job, encoder, &plan->view, &plan->has_nothing);
    plan->has_nothing |= must_tell && common->has_nothing;
    return status;
}

static int32_t
plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
           const struct mim_raster *frame, const struct mim_neighbours *beside, struct plan *plan)
{
    bool clears = encoding->always_clears, is_bare = clears || !beside->previous, builds = false;
    int32_t status = MIM_OK;

    if (!clears && beside->next)
        status = gif_view_turns_transparent(job, frame, beside->next, encoding->threshold, &clears);
    if (status == MIM_OK && !is_bare)
        status = gif_view_turns_transparent(job, beside->previous, frame, encoding->threshold, &is_bare);
    *plan = (struct plan){
        .view = whole_view(frame, encoding->threshold),
        .disposal = clears ? DISPOSE_CLEAR : DISPOSE_KEEP,
    };
    builds = encoding->subrectangles && !clears && !is_bare;
    if (status == MIM_OK && builds && !encoding->common)
        status = may_build_on(job, encoder, encoding, &plan->view, beside->previous, &builds);
    if (status != MIM_OK)
        return status;
    plan->view.below = builds ? beside->previous : NULL;
    if (encoding->common)
        return plan_common(job, encoder, encoding->common, is_bare, plan);
    if (!builds)
        return plan_whole(job, encoder, encoding, is_bare, plan);
    return plan_change(job, encoder, encoding, plan);
}

static int32_t
choose_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct plan *plan)
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

static uint32_t
table_bits(const struct plan *plan)
{
    return plan->entries <= 2 ? 1 : 32 - __builtin_clz(plan->entries - 1);
}

static uint8_t *
put_u16(uint8_t *out, uint32_t value)
{
    out[0] = value;
    out[1] = value >> 8;
    return out + 2;
}

/* Control block, image descriptor and colour table. */
static int32_t
emit_head(struct mim_job *job, const struct plan *plan, uint32_t delay)
{
    uint8_t head[GIF_FRAME_TABLE + GIF_TABLE_MAX] = { 0x21, 0xf9, 4, plan->disposal << 2 | plan->has_nothing };
    uint32_t bits = table_bits(plan);

    put_u16(head + GIF_FRAME_DELAY, delay);
    head[6] = plan->has_nothing ? plan->colour_count : 0;
    head[8] = 0x2c;
    put_u16(put_u16(put_u16(put_u16(head + 9, plan->view.x), plan->view.y), plan->view.width), plan->view.height);
    head[GIF_FRAME_FLAGS] = 0x80 | (bits - 1);
    for (uint32_t i = 0; i < plan->colour_count; i++) {
        uint8_t *entry = head + GIF_FRAME_TABLE + 3 * i;
        entry[0] = plan->palette[i] >> 16;
        entry[1] = plan->palette[i] >> 8;
        entry[2] = plan->palette[i];
    }
    return job->host->emit(job, head, GIF_FRAME_TABLE + (3U << bits));
}

static void
map_row(struct gif_encoder *encoder, const struct plan *plan, uint8_t *indices)
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
emit_codes(struct mim_job *job, struct gif_encoder *encoder, const struct plan *plan)
{
    uint32_t bits = table_bits(plan);
    uint8_t *indices = (uint8_t *)(encoder->keys + encoder->row_room);

    int32_t status = plan->dithers ? start_dithering(job, &encoder->dither, plan->view.width) : MIM_OK;
    if (status == MIM_OK)
        status = gif_lzw_begin(job, &encoder->lzw, bits < LEAST_CODE_SIZE ? LEAST_CODE_SIZE : bits);
    for (uint32_t y = 0; status == MIM_OK && y < plan->view.height; y++) {
        gif_view_row(&plan->view, y, encoder->keys);
        map_row(encoder, plan, indices);
        status = gif_lzw_add(job, &encoder->lzw, indices, plan->view.width);
    }
    return status == MIM_OK ? gif_lzw_end(job, &encoder->lzw) : status;
}

static int32_t
try_run(struct mim_job *job, struct gif_encoder *encoder, struct plan *plan, uint32_t run, uint64_t *size)
{
    plan->view.least_run = run;
    encoder->lzw.is_trial = true;
    int32_t status = emit_codes(job, encoder, plan);
    encoder->lzw.is_trial = false;
    *size = encoder->lzw.size;
    return status;
}

/* Noise that comes back needs fewer codes when every unchanged pixel is left out; shades do when runs stay whole. Among a few
 * colours the difference is large, so both are tried. */
static int32_t
choose_run(struct mim_job *job, struct gif_encoder *encoder, struct plan *plan)
{
    uint64_t long_size, short_size;

    if (!plan->is_exact || !plan->has_nothing || plan->view.least_run != LEAST_RUN)
        return MIM_OK;
    int32_t status = try_run(job, encoder, plan, 1, &short_size);
    if (status == MIM_OK)
        status = try_run(job, encoder, plan, LEAST_RUN, &long_size);
    if (status == MIM_OK && short_size < long_size)
        plan->view.least_run = 1;
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
take_common(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct plan *plan)
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
fill_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, struct plan *plan)
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
    struct plan plan;

    int32_t status = make_room(job, encoder, frame->width);
    if (status == MIM_OK)
        status = note_partial_alpha(job, frame);
    if (status == MIM_OK)
        status = plan_frame(job, encoder, encoding, frame, beside, &plan);
    if (status == MIM_OK)
        status = fill_palette(job, encoder, encoding, &plan);
    if (status == MIM_OK)
        status = choose_run(job, encoder, &plan);
    if (status == MIM_OK)
        status = emit_head(job, &plan, delay);
    return status == MIM_OK ? emit_codes(job, encoder, &plan) : status;
}

void
gif_encoder_close(struct mim_job *job, struct gif_encoder *encoder)
{
    if (encoder->keys)
        job->host->resize(job, encoder->keys, (uint64_t)encoder->row_room * ROW_PIXEL, 0);
    if (encoder->dither.errors)
        job->host->resize(job, encoder->dither.errors, gif_dither_size(encoder->dither.row_room), 0);
    gif_chooser_close(job, &encoder->chooser);
}
