/* SPDX-License-Identifier: MIT */
/* Durations are differences of presentation times where these are known, because frames that are left out cost decoding. */
#include "api/step-times.h"

#include "api/reader-priv.h"
#include "frame/frame.h"
#include "plugin/frame-timing.h"

/* --- frames by their facts ---------------------------------------------------------------------------------------- */

static bool
find_facts(struct mim_reader *reader, uint64_t i, struct mim_frame_info *info)
{
    return mim_decoder_info(reader->decoder, i, info, NULL) == MIM_OK;
}

static int64_t
shown_ticks(const struct mim_reader *reader, const struct mim_frame_info *info)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    return mim_frame_timing_shown(info->duration, info->flags & MIM_FRAME_BRIEF,
                                  (struct mim_rational){ sequence->time_num, sequence->time_den });
}

/* The end of frame i. A last frame of unknown duration lasts as long as the one before. */
static bool
find_end(struct mim_reader *reader, uint64_t i, int64_t *end)
{
    struct mim_frame_info info, before;
    if (!find_facts(reader, i, &info) || info.pts == MIM_NO_PTS)
        return false;
    int64_t ticks = shown_ticks(reader, &info);
    if (ticks <= 0 && i && find_facts(reader, i - 1, &before) && before.pts != MIM_NO_PTS)
        __builtin_sub_overflow(info.pts, before.pts, &ticks);
    return !__builtin_add_overflow(info.pts, ticks, end);
}

/* The start of frame i or, past the last frame, the end of that. */
static bool
find_start(struct mim_reader *reader, uint64_t i, int64_t *start)
{
    struct mim_frame_info info;
    if (!find_facts(reader, i, &info))
        return i && find_end(reader, i - 1, start);
    *start = info.pts;
    return info.pts != MIM_NO_PTS;
}

/* `end`, or the number of frames if there are fewer. */
static uint64_t
clip_end(struct mim_reader *reader, uint64_t end)
{
    struct mim_frame_info info;
    uint64_t count = 0;
    if (find_facts(reader, end, &info))
        return end;
    mim_decoder_count(reader->decoder, &count, NULL);
    return count < end ? count : end;
}

static int64_t
sum_ticks(struct mim_reader *reader, uint64_t first, uint64_t end)
{
    struct mim_frame_info info;
    int64_t sum = -1;
    for (uint64_t i = first; i < end && find_facts(reader, i, &info); i++)
        if (__builtin_add_overflow(sum < 0 ? 0 : sum, shown_ticks(reader, &info), &sum))
            return -1;
    return sum;
}

int64_t
mim_step_times_of(struct mim_reader *reader, const struct mim_run *run, uint64_t index)
{
    uint64_t stride = mim_run_stride(run), done = run->step < 0 ? run->first - index : index - run->first;
    uint64_t left = run->span == MIM_UNKNOWN ? stride : run->span - done, frames = left < stride ? left : stride;
    uint64_t first = run->step < 0 ? index + 1 - frames : index, end = first + frames;
    int64_t from, to, ticks;

    if (frames > 1)
        end = clip_end(reader, end);
    bool is_known = frames > 1 && find_start(reader, first, &from) && find_start(reader, end, &to) &&
                    !__builtin_sub_overflow(to, from, &ticks);
    return is_known ? ticks : sum_ticks(reader, first, end);
}

/* --- delivered frames --------------------------------------------------------------------------------------------- */

void
mim_step_times_start(struct mim_step_times *times, struct mim_reader *reader)
{
    bool has_steps = false;
    for (size_t i = 0; i < reader->selection->run_count; i++)
        has_steps |= mim_run_stride(&reader->selection->runs[i]) > 1;
    *times = (struct mim_step_times){ 0 };
    if (has_steps && mim_decoder_sequence(reader->decoder)->time_den)
        times->reader = reader;
}

/* A run whose next frame is another has ended with the sequence. */
static const struct mim_run *
find_run(struct mim_step_times *times, uint64_t index)
{
    const struct mim_selection *selection = times->reader->selection;
    uint64_t next;
    while (mim_cursor_index(&times->cursor, selection, &next) && next != index)
        mim_cursor_end_run(&times->cursor, selection);
    const struct mim_run *run = mim_cursor_run(&times->cursor, selection);
    mim_cursor_advance(&times->cursor, selection);
    return run;
}

/* `next` belongs to the same run. */
static bool
find_difference(const struct mim_frame *frame, const struct mim_frame *next, bool is_backward, int64_t *ticks)
{
    int64_t from = frame->pts, to = next->pts;
    if (from == MIM_NO_PTS || to == MIM_NO_PTS)
        return false;
    if (!is_backward)
        return !__builtin_sub_overflow(to, from, ticks);
    int64_t own = mim_frame_timing_shown(frame->duration, frame->brief, frame->time_base);
    int64_t other = mim_frame_timing_shown(next->duration, next->brief, next->time_base);
    return !__builtin_sub_overflow(from, to, ticks) && !__builtin_add_overflow(*ticks, own - other, ticks);
}

static void
settle_duration(struct mim_step_times *times, const struct mim_frame *next)
{
    struct mim_frame *frame = &times->pending;
    const struct mim_run *run = times->run;
    int64_t ticks;
    if (mim_run_stride(run) == 1)
        return;
    if (!next || !find_difference(frame, next, run->step < 0, &ticks))
        ticks = mim_step_times_of(times->reader, run, frame->index);
    if (ticks < 0)
        return;
    frame->duration = ticks;
    frame->brief = 0;
}

bool
mim_step_times_exchange(struct mim_step_times *times, struct mim_frame *frame)
{
    if (!times->reader)
        return true;
    const struct mim_run *run = find_run(times, frame->index), *before = times->run;
    if (before)
        settle_duration(times, before == run ? frame : NULL);
    struct mim_frame due = times->pending;
    times->pending = *frame;
    times->run = run;
    *frame = due;
    return before;
}

bool
mim_step_times_finish(struct mim_step_times *times, struct mim_frame *frame)
{
    if (!times->run)
        return false;
    settle_duration(times, NULL);
    mim_frame_clear(frame);
    *frame = times->pending;
    times->pending = (struct mim_frame){ 0 };
    times->run = NULL;
    return true;
}
