/* SPDX-License-Identifier: MIT */
/* Planning: from a selection, the known key frames and the state of the canvas to the next frame. */
#include "pipeline/decode-plan.h"

void
mim_decode_plan_init(struct mim_decode_plan *plan, bool is_composed, uint32_t flags)
{
    *plan = (struct mim_decode_plan){ .is_composed = is_composed,
                                      .may_jump = flags & MIM_READER_ANY_ORDER,
                                      .canvas_next = MIM_UNKNOWN };
}

void
mim_decode_plan_clear(struct mim_decode_plan *plan)
{
    mim_keyframes_clear(&plan->keyframes);
}

void
mim_decode_plan_select(struct mim_decode_plan *plan, const struct mim_selection *selection)
{
    plan->selection = selection;
    plan->cursor = (struct mim_cursor){ 0 };
}

void
mim_decode_plan_set_range(struct mim_decode_plan *plan, uint64_t first, uint64_t count)
{
    plan->range = (struct mim_run){ .first = first, .step = 1, .count = count };
    plan->range_selection = (struct mim_selection){ .runs = &plan->range, .run_count = 1 };
    mim_decode_plan_select(plan, &plan->range_selection);
}

bool
mim_decode_plan_selected(const struct mim_decode_plan *plan, uint64_t *index)
{
    return mim_cursor_index(&plan->cursor, plan->selection, index);
}

struct mim_decode_target
mim_decode_plan_next(const struct mim_decode_plan *plan, uint64_t selected, uint64_t *index)
{
    struct mim_decode_target target = { .cursor = plan->cursor, .is_wanted = true };
    *index = selected;
    if (!plan->is_composed)
        return target;

    bool reachable = plan->canvas_next != MIM_UNKNOWN && plan->canvas_next <= selected;
    uint64_t keyframe = mim_keyframes_before(&plan->keyframes, selected);
    *index = reachable ? plan->canvas_next : keyframe;
    target.start = reachable ? MIM_CANVAS_AFTER : MIM_CANVAS_BARE;
    if (plan->may_jump && reachable && keyframe > *index) {
        *index = keyframe;
        target.start = MIM_CANVAS_BARE;
    }
    target.is_wanted = *index == selected;
    return target;
}

void
mim_decode_plan_advance(struct mim_decode_plan *plan, uint64_t index, const struct mim_decode_target *target)
{
    if (target->is_wanted)
        mim_cursor_advance(&plan->cursor, plan->selection);
    plan->canvas_next = index + 1;
}

void
mim_decode_plan_return(struct mim_decode_plan *plan, const struct mim_decode_target *target)
{
    plan->cursor = target->cursor;
    mim_decode_plan_drop_canvas(plan);
}

void
mim_decode_plan_skip(struct mim_decode_plan *plan)
{
    mim_cursor_advance(&plan->cursor, plan->selection);
}

void
mim_decode_plan_drop_canvas(struct mim_decode_plan *plan)
{
    plan->canvas_next = MIM_UNKNOWN;
}

bool
mim_decode_plan_end_run(struct mim_decode_plan *plan)
{
    return mim_cursor_end_run(&plan->cursor, plan->selection);
}

bool
mim_decode_plan_is_single(const struct mim_decode_plan *plan)
{
    const struct mim_run *run = mim_cursor_run(&plan->cursor, plan->selection);
    return run && run->count == 1;
}
