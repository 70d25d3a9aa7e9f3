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
#include "write/planner.h"

#include "write/strategies.h"

enum { DISPOSE_KEEP = 1, DISPOSE_CLEAR = 2 };
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

static int32_t
plan_change(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
            struct gif_plan *plan)
{
    bool differs;

    int32_t status = gif_view_shrink(job, &plan->view, &differs);
    if (status == MIM_OK && !differs) /* redraws one pixel */
        return collect_plan(job, encoder, encoding, plan);
    if (status == MIM_OK)
        status = gif_plan_nested(job, encoder, encoding, plan);
    return status != MIM_OK || plan->is_exact ? status : gif_plan_mixed(job, encoder, plan);
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
            return gif_plan_mixed(job, encoder, plan);
    } else if (status == MIM_OK)
        status = gif_plan_find_transparent(job, encoder, &plan->view, &plan->has_transparent);
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
