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
#include "write/plan.h"

enum { DISPOSE_KEEP = 1, DISPOSE_CLEAR = 2, LONG_RUN = 8, ROW_STEP = 16, ROW_SHARE = 8 };
enum {
    LEAVES_ALIKE = 1 << GIF_PLAN_LONG | 1 << GIF_PLAN_ANY,
    LEAVES_LONG = 1 << GIF_PLAN_LONG | 1 << GIF_PLAN_LONG_MIXED,
    LEAVES_AT_WILL = (1 << GIF_PLAN_WAYS) - 1
};

void
gif_plan_take_way(struct gif_plan *plan, enum gif_plan_way way)
{
    static const uint32_t runs[] = { LONG_RUN, LONG_RUN, 1, 1, 0 };

    plan->view.least_run = runs[way];
    plan->view.keeps_plain = way == GIF_PLAN_LONG_MIXED || way == GIF_PLAN_ANY_MIXED;
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
            *nothing = gif_view_has_nothing(encoder->keys, view->width);
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
collect_plan(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    return collect(job, encoder, &plan->view, encoding->palette_size, &plan->has_nothing, &plan->is_exact);
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
        *found = gif_view_has_nothing(encoder->keys, view->width);
        status = gif_view_poll(job, y, view->width);
    }
    return status;
}

/* Take the colours of unchanged pixels into the palette as well, where that does not make the table larger. */
static int32_t
open_palette(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    struct gif_view all = plan->view;
    uint32_t room = 1U << gif_table_bits(encoder->colours.count + 1);
    bool nothing, fits;

    all.least_run = 0;
    room = room < encoding->palette_size ? room : encoding->palette_size;
    int32_t status = collect(job, encoder, &all, room - 1, &nothing, &fits);
    if (status == MIM_OK && !fits)
        status = collect_plan(job, encoder, encoding, plan);
    plan->ways = fits ? LEAVES_AT_WILL : LEAVES_ALIKE;
    return status;
}

static uint32_t
count_nothing(const struct gif_view *view, uint32_t y, uint32_t *keys)
{
    uint32_t count = 0;

    gif_view_row(view, y, keys);
    for (uint32_t x = 0; x < view->width; x++)
        count += keys[x] == GIF_NOTHING;
    return count;
}

/* Are unchanged areas of one colour a large share of what is drawn? By a part of the rows. */
static int32_t
weigh_plain(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    struct gif_view long_runs = plan->view;
    uint64_t plain = 0, drawn = 0;
    int32_t status = MIM_OK;

    long_runs.keeps_plain = false;
    for (uint32_t y = 0; y < plan->view.height && status == MIM_OK; y += ROW_STEP) {
        uint32_t count = count_nothing(&plan->view, y, encoder->keys);
        drawn += plan->view.width - count;
        plain += count_nothing(&long_runs, y, encoder->keys) - count;
        status = gif_view_poll(job, y, plan->view.width);
    }
    plan->ways = plain > drawn / ROW_SHARE ? LEAVES_LONG : 0;
    return status;
}

/* With colours that are approximated; a trial takes long: where little is to be seen of one colour none is made. */
static int32_t
plan_mixed(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    gif_plan_take_way(plan, GIF_PLAN_LONG_MIXED);
    int32_t status = weigh_plain(job, encoder, plan);
    if (status == MIM_OK && plan->ways)
        gif_plan_take_way(plan, GIF_PLAN_LONG);
    if (status == MIM_OK)
        status = find_nothing(job, encoder, &plan->view, &plan->has_nothing);
    gif_plan_take_way(plan, GIF_PLAN_LONG_MIXED);
    return status;
}

/* Draw only what changed. Pixels in the rectangle that did not change are best left out in long runs; left out one by
 * one, or not at all, they may leave fewer colours. */
static int32_t
plan_change(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
            struct gif_plan *plan)
{
    static const enum gif_plan_way ways[] = { GIF_PLAN_LONG, GIF_PLAN_ANY, GIF_PLAN_NONE };
    enum gif_plan_way way = GIF_PLAN_LONG;
    bool differs;

    int32_t status = gif_view_shrink(job, &plan->view, &differs);
    if (status == MIM_OK && !differs) /* one pixel, drawn again */
        return collect_plan(job, encoder, encoding, plan);
    for (size_t i = 0; i < sizeof ways / sizeof *ways && status == MIM_OK && !plan->is_exact; i++) {
        way = ways[i];
        gif_plan_take_way(plan, way);
        status = collect_plan(job, encoder, encoding, plan);
    }
    if (status != MIM_OK)
        return status;
    if (!plan->is_exact)
        return plan_mixed(job, encoder, plan);
    return way == GIF_PLAN_LONG && plan->has_nothing ? open_palette(job, encoder, encoding, plan) : MIM_OK;
}

static int32_t
plan_whole(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_bare,
           struct gif_plan *plan)
{
    int32_t status = collect_plan(job, encoder, encoding, plan);
    /* others than mim take the background for opaque unless the first frame and the one that clears have such an entry */
    bool has_room = !plan->is_exact || encoder->colours.count < encoding->palette_size;
    if (plan->view.frame->channels == 4 && (is_bare || plan->disposal == DISPOSE_CLEAR) && has_room)
        plan->has_nothing = true;
    return status;
}

/* With one palette for all, equal colours are equal entries: any frame may build on any other. */
static int32_t
plan_common(struct mim_job *job, struct gif_encoder *encoder, const struct gif_common *common, bool is_bare,
            struct gif_plan *plan)
{
    bool differs = true, must_tell = plan->view.frame->channels == 4 && (is_bare || plan->disposal == DISPOSE_CLEAR);

    int32_t status = plan->view.below ? gif_view_shrink(job, &plan->view, &differs) : MIM_OK;
    if (status == MIM_OK && plan->view.below && differs && common->has_nothing) {
        plan->has_nothing = true;
        plan->ways = common->is_exact ? LEAVES_AT_WILL : 0;
        if (!common->is_exact)
            return plan_mixed(job, encoder, plan);
    } else if (status == MIM_OK)
        status = find_nothing(job, encoder, &plan->view, &plan->has_nothing);
    plan->has_nothing |= must_tell && common->has_nothing;
    return status;
}

int32_t
gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
               const struct mim_raster *frame, const struct mim_neighbours *beside, struct gif_plan *plan)
{
    bool clears = encoding->always_clears, is_bare = clears || !beside->previous, builds = false;
    int32_t status = MIM_OK;

    if (!clears && beside->next)
        status = gif_view_turns_transparent(job, frame, beside->next, encoding->threshold, &clears);
    if (status == MIM_OK && !is_bare)
        status = gif_view_turns_transparent(job, beside->previous, frame, encoding->threshold, &is_bare);
    *plan = (struct gif_plan){
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
