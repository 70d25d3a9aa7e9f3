/* SPDX-License-Identifier: MIT */
/* Strategies of one frame use the first colours of one palette. */
#include "write/strategies.h"

enum { LONG_RUN = 8, ROW_STEP = 16, ROW_SHARE = 8, LONG_STRATEGIES = 1 << GIF_PLAN_LONG | 1 << GIF_PLAN_LONG_MIXED };

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

int32_t
gif_plan_collect_colours(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, uint32_t size,
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

int32_t
gif_plan_find_transparent(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view, bool *found)
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

int32_t
gif_plan_mixed(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan)
{
    set_runs(&plan->view, GIF_PLAN_ANY);
    int32_t status = gif_plan_find_transparent(job, encoder, &plan->view, &plan->has_transparent);
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

int32_t
gif_plan_nested(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                struct gif_plan *plan)
{
    static const enum gif_plan_strategy strategies[] = { GIF_PLAN_ANY, GIF_PLAN_LONG, GIF_PLAN_NONE };
    bool clears = plan->disposal == GIF_DISPOSE_CLEAR; /* needs a transparent entry */
    uint32_t size = encoding->palette_size - clears;
    int32_t status = MIM_OK;
    bool fits;

    gif_colour_set_clear(&encoder->colours);
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies && status == MIM_OK; i++) {
        struct gif_plan_need *need = &plan->needs[strategies[i]];
        uint32_t before = encoder->colours.count;
        set_runs(&plan->view, strategies[i]);
        status = gif_plan_collect_colours(job, encoder, &plan->view, size, &need->has_transparent, &fits);
        need->has_transparent |= clears;
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
