/* SPDX-License-Identifier: MIT */
/*
 * A frame is coded from itself and the neighbouring source frames, so that frames can be coded in any order.
 *
 * When a pixel is opaque in one frame and transparent in the next, the rectangle of the first encloses it, and is
 * cleared. How much else this clears depends on the frames before, so the second frame draws all that is opaque. If its
 * predecessor clears only what changes, an update is enough, which draws only that. Without cleared pixels the canvas holds
 * the previous frame, and only the changes are drawn.
 *
 * Frames whose colours fit the palette are exact. Such a frame never builds on one that does not fit, whose
 * approximated pixels would stay on the canvas.
 */
#include "write/planner.h"

#include <string.h>

#include "write/strategies.h"

enum { ALL_STRATEGIES = (1 << GIF_PLAN_STRATEGIES) - 1 };

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
    int32_t status = gif_plan_collect_colours(job, encoder, whole, encoding->palette_size, &has_transparent, &fits);
    *may = true;
    gif_colour_set_clear(&encoder->colours);
    if (status == MIM_OK && fits)
        status = gif_plan_collect_colours(job, encoder, &below_view, encoding->palette_size, &has_transparent, may);
    return status;
}

static int32_t
collect_plan(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
             struct gif_plan *plan)
{
    gif_colour_set_clear(&encoder->colours);
    int32_t status = gif_plan_collect_colours(job, encoder, &plan->view, encoding->palette_size, &plan->has_transparent,
                                              &plan->is_exact);
    gif_colour_set_sort(&encoder->colours, 0);
    return status;
}

static struct mim_rect
unite(struct mim_rect one, struct mim_rect other)
{
    uint32_t x = one.x < other.x ? one.x : other.x, y = one.y < other.y ? one.y : other.y;
    uint32_t right = one.x + one.width, bottom = one.y + one.height;
    uint32_t other_right = other.x + other.width, other_bottom = other.y + other.height;

    right = right > other_right ? right : other_right;
    bottom = bottom > other_bottom ? bottom : other_bottom;
    return (struct mim_rect){ x, y, right - x, bottom - y };
}

static struct mim_rect
rect_of(const struct gif_view *view)
{
    return (struct mim_rect){ view->x, view->y, view->width, view->height };
}

/* Shrink the rectangle to what is drawn, and extend it to what is cleared. */
static int32_t
fit_rectangle(struct mim_job *job, struct gif_plan *plan, bool *differs)
{
    struct gif_view *view = &plan->view;

    int32_t status = gif_view_shrink(job, view, differs);
    if (status != MIM_OK || !plan->cleared.height)
        return status;
    const struct mim_rect rect = *differs ? unite(rect_of(view), plan->cleared) : plan->cleared;
    view->x = rect.x;
    view->y = rect.y;
    view->width = rect.width;
    view->height = rect.height;
    *differs = true;
    return MIM_OK;
}

static int32_t
plan_change(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
            struct gif_plan *plan)
{
    bool differs;

    int32_t status = fit_rectangle(job, plan, &differs);
    if (status == MIM_OK && !differs) /* redraws one pixel */
        return collect_plan(job, encoder, encoding, plan);
    if (status == MIM_OK)
        status = gif_plan_nested(job, encoder, encoding, plan);
    if (status != MIM_OK || plan->is_exact || plan->disposal == GIF_DISPOSE_CLEAR)
        return status;
    return gif_plan_mixed(job, encoder, plan);
}

/* Plan to draw all that is opaque in the rectangle. */
static int32_t
plan_opaque(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_blank,
            struct gif_plan *plan)
{
    int32_t status = collect_plan(job, encoder, encoding, plan);
    /* other readers show an opaque background unless the first frame and the clearing one have a transparent entry */
    bool has_free_entry = !plan->is_exact || encoder->colours.count < encoding->palette_size;
    if (plan->view.frame->channels == 4 && (is_blank || plan->disposal == GIF_DISPOSE_CLEAR) && has_free_entry)
        plan->has_transparent = true;
    return status;
}

static int32_t
plan_whole(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_blank,
           struct gif_plan *plan)
{
    bool differs;

    int32_t status = encoding->wants_subrectangles ? fit_rectangle(job, plan, &differs) : MIM_OK;
    return status == MIM_OK ? plan_opaque(job, encoder, encoding, is_blank, plan) : status;
}

/* With a global palette equal colours have equal entries, so any frame may build on any other. */
static int32_t
plan_global(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding, bool is_blank,
            struct gif_plan *plan)
{
    const struct gif_global_palette *global = encoding->global;
    bool differs = true,
         needs_transparent = plan->view.frame->channels == 4 && (is_blank || plan->disposal == GIF_DISPOSE_CLEAR);

    int32_t status = encoding->wants_subrectangles ? fit_rectangle(job, plan, &differs) : MIM_OK;
    if (status == MIM_OK && plan->view.below && differs && global->has_transparent) {
        plan->has_transparent = true;
        plan->strategies = global->is_exact ? ALL_STRATEGIES : 0;
        if (!global->is_exact)
            return gif_plan_mixed(job, encoder, plan);
    } else if (status == MIM_OK)
        status = gif_plan_find_transparent(job, encoder, &plan->view, &plan->has_transparent);
    plan->has_transparent |= needs_transparent && global->has_transparent;
    return status;
}

/* Get the rectangle of all changes between two frames. */
static int32_t
find_changes(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *other, uint32_t threshold,
             struct mim_rect *rect)
{
    struct gif_view view = whole_view(frame, threshold);
    bool differs;

    view.below = other;
    int32_t status = gif_view_shrink(job, &view, &differs);
    *rect = rect_of(&view);
    return status;
}

/* Is the next frame unchanged outside the rectangle that is cleared? */
static int32_t
find_rest(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *next, struct gif_plan *plan)
{
    struct mim_rect changes, all;

    if (!plan->cleared.height)
        return MIM_OK;
    int32_t status = find_changes(job, frame, next, plan->view.threshold, &changes);
    all = unite(changes, rect_of(&plan->view));
    plan->keeps_rest = status == MIM_OK && !memcmp(&all, &changes, sizeof all);
    return status;
}

/* What turns transparent before and after the frame. */
static int32_t
find_turned(struct mim_job *job, const struct gif_encoding *encoding, const struct mim_raster *frame,
            const struct mim_neighbours *neighbours, struct mim_rect *before, struct mim_rect *after)
{
    int32_t status = MIM_OK;

    *before = *after = (struct mim_rect){ 0 };
    if (encoding->wants_clear)
        return MIM_OK;
    if (neighbours->next)
        status = gif_view_find_turned(job, frame, neighbours->next, encoding->threshold, after);
    if (status == MIM_OK && neighbours->previous)
        status = gif_view_find_turned(job, neighbours->previous, frame, encoding->threshold, before);
    return status;
}

/* A frame that clears may replace an equal one before it, and then finds another canvas. */
static int32_t
may_replace(struct mim_job *job, const struct gif_encoding *encoding, const struct mim_raster *frame,
            const struct mim_raster *previous, const struct gif_plan *plan, bool *may)
{
    *may = false;
    if (!encoding->wants_merge || !plan->cleared.height)
        return MIM_OK;
    return gif_view_equal(job, frame, previous, encoding->threshold, may);
}

/* Set the canvas of the plan: the previous frame or none. */
static int32_t
set_canvas(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
           const struct mim_raster *previous, struct gif_plan *plan)
{
    bool replaces, builds = true;

    int32_t status = may_replace(job, encoding, plan->view.frame, previous, plan, &replaces);
    if (status == MIM_OK && !replaces && !encoding->global)
        status = may_build_on(job, encoder, encoding, &plan->view, previous, &builds);
    plan->view.below = builds && !replaces ? previous : NULL;
    return status;
}

int32_t
gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
               const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan)
{
    struct mim_rect before;

    *plan = (struct gif_plan){ .view = whole_view(frame, encoding->threshold) };
    int32_t status = find_turned(job, encoding, frame, neighbours, &before, &plan->cleared);
    bool is_blank = encoding->wants_clear || !neighbours->previous || before.height;
    plan->disposal = encoding->wants_clear || plan->cleared.height ? GIF_DISPOSE_CLEAR : GIF_DISPOSE_KEEP;
    if (status == MIM_OK && encoding->wants_subrectangles && !is_blank)
        status = set_canvas(job, encoder, encoding, neighbours->previous, plan);
    if (status != MIM_OK)
        return status;
    if (encoding->global)
        return plan_global(job, encoder, encoding, is_blank, plan);
    if (plan->view.below)
        status = plan_change(job, encoder, encoding, plan);
    if (status == MIM_OK && plan->view.below && !plan->is_exact && plan->disposal == GIF_DISPOSE_CLEAR)
        plan->view = whole_view(frame, encoding->threshold);
    if (status == MIM_OK && !plan->view.below)
        status = plan_whole(job, encoder, encoding, is_blank, plan);
    plan->may_update = before.height && encoding->wants_subrectangles && plan->is_exact;
    return status == MIM_OK ? find_rest(job, frame, neighbours->next, plan) : status;
}

int32_t
gif_plan_update(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan,
                bool *found)
{
    const struct gif_view whole = whole_view(frame, encoding->threshold);
    uint64_t area = (uint64_t)plan->view.width * plan->view.height;
    struct mim_rect changes;
    bool differs;

    int32_t status = find_changes(job, frame, neighbours->previous, encoding->threshold, &changes);
    plan->view = whole;
    plan->view.x = changes.x;
    plan->view.y = changes.y;
    plan->view.width = changes.width;
    plan->view.height = changes.height;
    if (status == MIM_OK)
        status = fit_rectangle(job, plan, &differs);
    *found = (uint64_t)plan->view.width * plan->view.height < area;
    if (status == MIM_OK && *found)
        status = may_build_on(job, encoder, encoding, &whole, neighbours->previous, found);
    if (status == MIM_OK && *found)
        status = plan_opaque(job, encoder, encoding, true, plan);
    return status == MIM_OK && *found ? find_rest(job, frame, neighbours->next, plan) : status;
}
