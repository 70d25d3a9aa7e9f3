/* SPDX-License-Identifier: MIT */
/*
 * A frame is coded from itself and the neighbouring source frames, so that frames can be coded in any order.
 *
 * When a pixel is opaque in one frame and transparent in the next, the first is written whole with a disposal that
 * clears the canvas, and the second starts from a blank canvas. Otherwise the canvas holds the previous frame, and
 * only the changes are drawn.
 *
 * Frames whose colours fit the palette are exact. Such a frame never builds on one that does not fit, whose
 * approximated pixels would stay on the canvas.
 */
#include "write/plan.h"

enum { DISPOSE_KEEP = 1, DISPOSE_CLEAR = 2, LONG_RUN = 8, ROW_STEP = 16, ROW_SHARE = 8 };
enum {
    LONG_STRATEGIES = 1 << GIF_PLAN_LONG | 1 << GIF_PLAN_LONG_MIXED,
    ALL_STRATEGIES = (1 << GIF_PLAN_STRATEGIES) - 1
};

static void
set_runs(struct gif_view *view, enum gif_plan_strategy strategy)
{
    static const uint32_t runs[] = { LONG_RUN, LONG_RUN, 1, 1, 0 };

    view->min_run = runs[strategy];
    view->wants_plain_runs = strategy == GIF_PLAN_LONG_MIXED || strategy == GIF_PLAN_ANY_MIXED;
}

void
gif_plan_set_strategy(struct gif_plan *plan, enum gif_plan_strategy strategy)
{
    set_runs(&plan->view, strategy);
    plan->has_transparent = plan->needs[strategy].has_transparent;
    plan->colour_count = plan->needs[strategy].colours;
    plan->entries = plan->colour_count + plan->has_transparent;
}

/* Add the colours of a view to the encoder's. `fits`: they need at most `size` entries, including one for skipped
 * pixels. */
static int32_t
collect_colours(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, uint32_t size,
                bool *has_transparent, bool *fits)
{
    bool may_have_transparent = view->min_run || view->frame->channels == 4;

    *has_transparent = false;
    *fits = true;
    for (uint32_t y = 0; y < view->height; y++) {
        int32_t status = gif_view_poll(job, y, view->width);
        if (status != MIM_OK)
            return status;
        gif_view_row(view, y, encoder->keys);
        if (may_have_transparent && !*has_transparent)
            *has_transparent = gif_view_has_transparent(encoder->keys, view->width);
        *fits = *fits && gif_colour_set_add(&encoder->colours, encoder->keys, view->width, size);
        if (!*fits && (*has_transparent || !may_have_transparent))
            break;
    }
    *fits = *fits && encoder->colours.count + *has_transparent <= size;
    return MIM_OK;
}

static struct gif_view
whole_view(const struct mim_raster *frame, uint32_t threshold)
{
    return (struct gif_view){ .frame = frame, .width = frame->width, .height = frame->height, .threshold = threshold };
}

/* May the frame build on the previous one? */
static int32_t
may_build_on(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             const struct gif_view *whole, const struct mim_raster *below, bool *may)
{
    struct gif_view below_view = whole_view(below, encoding->threshold);
    bool has_transparent, fits;

    gif_colour_set_clear(&encoder->colours);
    int32_t status = collect_colours(job, encoder, whole, encoding->palette_size, &has_transparent, &fits);
    *may = true;
    gif_colour_set_clear(&encoder->colours);
    if (status == MIM_OK && fits)
        status = collect_colours(job, encoder, &below_view, encoding->palette_size, &has_transparent, may);
    return status;
}

static int32_t
collect_plan(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    gif_colour_set_clear(&encoder->colours);
    int32_t status =
        collect_colours(job, encoder, &plan->view, encoding->palette_size, &plan->has_transparent, &plan->is_exact);
    gif_colour_set_sort(&encoder->colours, 0);
    return status;
}

/* Does the view skip any pixel? */
static int32_t
find_transparent(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, bool *found)
{
    int32_t status = MIM_OK;

    *found = false;
    if (!view->min_run && view->frame->channels != 4)
        return MIM_OK;
    for (uint32_t y = 0; y < view->height && !*found && status == MIM_OK; y++) {
        gif_view_row(view, y, encoder->keys);
        *found = gif_view_has_transparent(encoder->keys, view->width);
        status = gif_view_poll(job, y, view->width);
    }
    return status;
}

static uint32_t
count_transparent(const struct gif_view *view, uint32_t y, uint32_t *keys)
{
    uint32_t count = 0;

    gif_view_row(view, y, keys);
    for (uint32_t x = 0; x < view->width; x++)
        count += keys[x] == GIF_TRANSPARENT;
    return count;
}

/* Try other strategies if unchanged areas of one colour are a large share of what is drawn. Samples some rows. */
static int32_t
weigh_plain(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    struct gif_view long_runs = plan->view;
    uint64_t plain = 0, drawn = 0;
    int32_t status = MIM_OK;

    long_runs.wants_plain_runs = false;
    for (uint32_t y = 0; y < plan->view.height && status == MIM_OK; y += ROW_STEP) {
        uint32_t count = count_transparent(&plan->view, y, encoder->keys);
        drawn += plan->view.width - count;
        plain += count_transparent(&long_runs, y, encoder->keys) - count;
        status = gif_view_poll(job, y, plan->view.width);
    }
    plan->strategies = plain > drawn / ROW_SHARE ? LONG_STRATEGIES : 0;
    return status;
}

/* Approximated frames try strategies only where plain areas are large, since each trial maps all colours again. They
 * have a transparent entry if any pixel is unchanged, as all of these are skipped when the frame is dithered. */
static int32_t
plan_mixed(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    set_runs(&plan->view, GIF_PLAN_ANY);
    int32_t status = find_transparent(job, encoder, &plan->view, &plan->has_transparent);
    set_runs(&plan->view, GIF_PLAN_LONG_MIXED);
    return status == MIM_OK ? weigh_plain(job, encoder, plan) : status;
}

/* Strategies that draw unchanged runs of one colour may need all colours. */
static void
add_mixed(struct gif_plan *plan, uint32_t palette_size)
{
    static const enum gif_plan_strategy strategies[][2] = { { GIF_PLAN_LONG, GIF_PLAN_LONG_MIXED },
                                                            { GIF_PLAN_ANY, GIF_PLAN_ANY_MIXED } };
    uint32_t colours = plan->needs[GIF_PLAN_NONE].colours;

    for (size_t i = 0; i < 2; i++) {
        enum gif_plan_strategy plain = strategies[i][0], mixed = strategies[i][1];
        if (colours && colours < palette_size && plan->needs[plain].has_transparent) {
            plan->needs[mixed] = (struct gif_plan_need){ colours, true };
            plan->strategies |= 1U << mixed;
        } else if (colours && !plan->needs[plain].has_transparent) /* the same as skipping nothing */
            plan->strategies &= ~(1U << plain);
    }
}

/* Collect the colours of changed pixels, then those of short unchanged runs, then all others, so that every strategy
 * uses the first colours of one palette. */
static int32_t
collect_nested(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
               struct gif_plan *plan)
{
    static const enum gif_plan_strategy strategies[] = { GIF_PLAN_ANY, GIF_PLAN_LONG, GIF_PLAN_NONE };
    int32_t status = MIM_OK;
    bool fits;

    gif_colour_set_clear(&encoder->colours);
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies && status == MIM_OK; i++) {
        struct gif_plan_need *need = &plan->needs[strategies[i]];
        uint32_t before = encoder->colours.count;
        set_runs(&plan->view, strategies[i]);
        status = collect_colours(job, encoder, &plan->view, encoding->palette_size, &need->has_transparent, &fits);
        if (fits) {
            gif_colour_set_sort(&encoder->colours, before);
            need->colours = encoder->colours.count;
            plan->strategies |= 1U << strategies[i];
        } else
            gif_colour_set_truncate(&encoder->colours, before);
    }
    add_mixed(plan, encoding->palette_size);
    plan->is_exact = plan->strategies;
    return status;
}

static int32_t
plan_change(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
            struct gif_plan *plan)
{
    bool differs;

    int32_t status = gif_view_shrink(job, &plan->view, &differs);
    if (status == MIM_OK && !differs) /* redraws one pixel */
        return collect_plan(job, encoder, encoding, plan);
    if (status == MIM_OK)
        status = collect_nested(job, encoder, encoding, plan);
    return status != MIM_OK || plan->is_exact ? status : plan_mixed(job, encoder, plan);
}

static int32_t
plan_whole(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_blank,
           struct gif_plan *plan)
{
    bool differs;

    int32_t status = encoding->wants_subrectangles ? gif_view_shrink(job, &plan->view, &differs) : MIM_OK;
    if (status == MIM_OK)
        status = collect_plan(job, encoder, encoding, plan);
    /* other readers show an opaque background unless the first frame and the clearing one have a transparent entry */
    bool has_free_entry = !plan->is_exact || encoder->colours.count < encoding->palette_size;
    if (plan->view.frame->channels == 4 && (is_blank || plan->disposal == DISPOSE_CLEAR) && has_free_entry)
        plan->has_transparent = true;
    return status;
}

/* With a global palette equal colours have equal entries, so any frame may build on any other. */
static int32_t
plan_global(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_blank,
            struct gif_plan *plan)
{
    const struct gif_global_palette *global = encoding->global;
    bool differs = true,
         needs_transparent = plan->view.frame->channels == 4 && (is_blank || plan->disposal == DISPOSE_CLEAR);

    int32_t status = encoding->wants_subrectangles ? gif_view_shrink(job, &plan->view, &differs) : MIM_OK;
    if (status == MIM_OK && plan->view.below && differs && global->has_transparent) {
        plan->has_transparent = true;
        plan->strategies = global->is_exact ? ALL_STRATEGIES : 0;
        if (!global->is_exact)
            return plan_mixed(job, encoder, plan);
    } else if (status == MIM_OK)
        status = find_transparent(job, encoder, &plan->view, &plan->has_transparent);
    plan->has_transparent |= needs_transparent && global->has_transparent;
    return status;
}

int32_t
gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
               const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan)
{
    bool clears = encoding->wants_clear, is_blank = clears || !neighbours->previous, builds = false;
    int32_t status = MIM_OK;

    if (!clears && neighbours->next)
        status = gif_view_turns_transparent(job, frame, neighbours->next, encoding->threshold, &clears);
    if (status == MIM_OK && !is_blank)
        status = gif_view_turns_transparent(job, neighbours->previous, frame, encoding->threshold, &is_blank);
    *plan = (struct gif_plan){
        .view = whole_view(frame, encoding->threshold),
        .disposal = clears ? DISPOSE_CLEAR : DISPOSE_KEEP,
    };
    builds = encoding->wants_subrectangles && !clears && !is_blank;
    if (status == MIM_OK && builds && !encoding->global)
        status = may_build_on(job, encoder, encoding, &plan->view, neighbours->previous, &builds);
    if (status != MIM_OK)
        return status;
    plan->view.below = builds ? neighbours->previous : NULL;
    if (encoding->global)
        return plan_global(job, encoder, encoding, is_blank, plan);
    if (!builds)
        return plan_whole(job, encoder, encoding, is_blank, plan);
    return plan_change(job, encoder, encoding, plan);
}
