/* SPDX-License-Identifier: MIT */
/* Planning: from a selection, the known places to start and the frames that may be retained to the next frame. */
#include "pipeline/decode-plan.h"

#include "base/size.h"
#include "frame/buffer.h"

void
mim_decode_plan_init(struct mim_decode_plan *plan, bool is_composed, uint32_t flags)
{
    bool may_jump = flags & MIM_READER_ANY_ORDER;
    *plan = (struct mim_decode_plan){ .is_composed = is_composed,
                                      .may_jump = may_jump,
                                      .is_sorting = is_composed || !may_jump || flags & MIM_READER_FORWARD,
                                      .most = MIM_UNKNOWN,
                                      .canvas_next = MIM_UNKNOWN };
}

void
mim_decode_plan_clear(struct mim_decode_plan *plan)
{
    mim_keyframes_clear(&plan->keyframes);
    mim_checkpoints_clear(&plan->checkpoints);
    mim_decode_window_clear(&plan->window);
}

void
mim_decode_plan_select(struct mim_decode_plan *plan, const struct mim_selection *selection)
{
    plan->selection = selection;
    plan->due = plan->ahead = (struct mim_cursor){ 0 };
    plan->most = MIM_UNKNOWN;
    mim_checkpoints_clear(&plan->checkpoints);
    mim_decode_window_clear(&plan->window);
}

bool
mim_decode_plan_due(const struct mim_decode_plan *plan, uint64_t *index)
{
    return mim_cursor_index(&plan->due, plan->selection, index);
}

bool
mim_decode_plan_selected(const struct mim_decode_plan *plan, uint64_t *index)
{
    const struct mim_decode_window *window = &plan->window;
    if (window->in_order)
        return mim_cursor_index(&plan->ahead, plan->selection, index);
    if (window->next == window->count)
        return false;
    *index = window->visits[window->next].index;
    return true;
}

bool
mim_decode_plan_extend(struct mim_decode_plan *plan, uint64_t capacity)
{
    uint64_t max = capacity < plan->most ? capacity : plan->most;
    if (plan->window.count)
        return false;
    uint64_t ascent = plan->is_sorting ? mim_cursor_ascent(&plan->ahead, plan->selection, max) : MIM_UNKNOWN;
    plan->window.in_order = ascent < max ? 0 : ascent;
    return plan->window.in_order;
}

/* --- places to start ---------------------------------------------------------------------------------------------- */

/* Where drawing, or decoding inside the plugin, starts for a frame. */
static uint64_t
start_of(const struct mim_decode_plan *plan, uint64_t index, const struct mim_checkpoint **checkpoint)
{
    bool is_reachable = plan->is_composed && plan->canvas_next <= index; /* not if MIM_UNKNOWN */
    const struct mim_checkpoint *retained = mim_checkpoints_before(&plan->checkpoints, index);
    uint64_t keyframe = mim_keyframes_before(&plan->keyframes, index);
    *checkpoint = NULL;
    if (is_reachable && (!plan->may_jump || plan->canvas_next >= keyframe) &&
        (!retained || plan->canvas_next >= retained->index))
        return plan->canvas_next;
    if (!retained || retained->index <= keyframe)
        return keyframe;
    *checkpoint = retained;
    return retained->index;
}

struct mim_decode_target
mim_decode_plan_next(const struct mim_decode_plan *plan, uint64_t selected, uint64_t *index)
{
    const struct mim_checkpoint *checkpoint;
    struct mim_decode_target target = { .cursor = plan->ahead, .is_wanted = true, .is_sorted = !plan->window.in_order };
    *index = selected;
    if (!plan->is_composed)
        return target;

    *index = start_of(plan, selected, &checkpoint);
    target.start = checkpoint ? MIM_CANVAS_KEPT : *index == plan->canvas_next ? MIM_CANVAS_AFTER : MIM_CANVAS_BARE;
    target.canvas = checkpoint ? checkpoint->canvas : NULL;
    target.is_wanted = *index == selected;
    uint64_t next = *index + 1, lowest = plan->window.lowest;
    target.leaves_checkpoint =
        target.is_sorted && plan->spacing && next < lowest && (lowest - next) % plan->spacing == 0;
    return target;
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

/* The fewest checkpoints that cut `span` frames into pieces which the rest of the capacity holds. */
static uint64_t
checkpoints_for(uint64_t span, uint64_t capacity)
{
    uint64_t count = 0;
    while (span >= capacity && count < capacity / 2 && count * (capacity - count) < span)
        count++;
    return count;
}

void
mim_decode_plan_open_window(struct mim_decode_plan *plan, uint64_t capacity)
{
    const struct mim_checkpoint *checkpoint;
    uint64_t due, max = capacity < plan->most ? capacity : plan->most, left = 0;
    plan->ahead = plan->due;
    plan->spacing = 0;
    if (!plan->is_sorting || !mim_decode_plan_due(plan, &due)) {
        mim_decode_window_clear(&plan->window);
        plan->window.in_order = MIM_UNKNOWN;
        return;
    }

    uint64_t floor = start_of(plan, due, &checkpoint);
    if (plan->is_composed)
        left = checkpoints_for(due - floor, max);
    const struct mim_decode_window_bounds bounds = { .position = plan->position, .floor = floor, .max = max - left };
    mim_decode_window_open(&plan->window, plan->selection, &plan->due, &bounds);
    const struct mim_decode_window *window = &plan->window;
    if (!left || window->in_order || window->after >= window->lowest)
        return;
    uint64_t span = window->highest - window->lowest + 1, way = window->lowest - floor;
    plan->spacing = way / left + 1 > span ? way / left + 1 : span;
}

void
mim_decode_plan_narrow(struct mim_decode_plan *plan)
{
    if (plan->window.count)
        plan->most = mim_divide_up((uint32_t)plan->window.count, 2);
}

void
mim_decode_plan_end_window(struct mim_decode_plan *plan)
{
    plan->most = 1;
    plan->window.in_order = 0;
    plan->window.next = plan->window.count;
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

void
mim_decode_plan_advance(struct mim_decode_plan *plan, uint64_t index, const struct mim_decode_target *target)
{
    plan->canvas_next = plan->position = index + 1;
    if (!target->is_wanted)
        return;
    if (!plan->window.in_order) {
        plan->window.next++;
        return;
    }
    mim_cursor_advance(&plan->ahead, plan->selection);
    if (plan->window.in_order != MIM_UNKNOWN)
        plan->window.in_order--;
}

void
mim_decode_plan_miss(struct mim_decode_plan *plan, const struct mim_decode_target *target)
{
    if (target->is_sorted || !target->is_wanted)
        return;
    plan->ahead = target->cursor;
    if (plan->window.in_order != MIM_UNKNOWN)
        plan->window.in_order++;
}

void
mim_decode_plan_restart(struct mim_decode_plan *plan)
{
    plan->ahead = plan->due;
    mim_decode_window_clear(&plan->window);
    mim_decode_plan_drop_canvas(plan);
}

void
mim_decode_plan_deliver(struct mim_decode_plan *plan)
{
    mim_cursor_advance(&plan->due, plan->selection);
}

void
mim_decode_plan_skip(struct mim_decode_plan *plan)
{
    mim_decode_plan_deliver(plan);
    mim_decode_plan_restart(plan);
}

void
mim_decode_plan_drop_canvas(struct mim_decode_plan *plan)
{
    plan->canvas_next = MIM_UNKNOWN;
}

bool
mim_decode_plan_end_run(struct mim_decode_plan *plan)
{
    bool has_more = mim_cursor_end_run(&plan->due, plan->selection);
    plan->ahead = plan->due;
    plan->window.in_order = 0;
    return has_more;
}

bool
mim_decode_plan_is_single(const struct mim_decode_plan *plan)
{
    const struct mim_run *run = mim_cursor_run(&plan->due, plan->selection);
    return run && run->count == 1;
}
