/* SPDX-License-Identifier: MIT */
/* Inspects a file without decoding it: number of frames, shape, timing. */
#include "inspect.h"

#include "report.h"
#include "signals.h"
#include "streams.h"

/* Time limit for each, unless --count is given: counting frames that the header does not count, and comparing their shapes. */
#define COUNT_MILLISECONDS 1000

double
frame_seconds(const struct mim_frame_facts *facts)
{
    if (facts->time_base.den == 0)
        return -1;
    return (double)facts->duration * (double)facts->time_base.num / (double)facts->time_base.den;
}

const char *
certainty_name(enum mim_certainty certainty)
{
    static const char *const names[] = { "none", "estimate", "header", "exact" };
    return names[certainty];
}

/* Lifts the limit on pixels, which protects decoding only: a decompression bomb can be inspected. */
static enum mim_status
open_reader(struct inspection *inspection, struct cli *cli)
{
    struct mim_open_options options = {
        .format = cli->from,
        .formats = cli->formats,
        .options = cli->reading,
        .no_metadata = !cli->each,
    };
    cli_control(cli, &options.control);
    options.control.progress = NULL;
    options.control.limits.frame_pixels = MIM_NO_LIMIT;

    struct mim_source *source;
    enum mim_status status = input_open(&source, inspection->file, &inspection->err);
    if (status != MIM_OK)
        return status;
    status = mim_reader_open(&inspection->reader, cli->context, source, &options, &inspection->err);
    mim_source_close(source);
    return status;
}

void
inspection_damage(struct inspection *inspection, const struct mim_error *err, uint64_t frame)
{
    if (inspection->damaged)
        return;
    inspection->damaged = true;
    inspection->err = *err;
    if (inspection->err.frame == MIM_UNKNOWN)
        inspection->err.frame = frame;
}

static void
count_frames(struct inspection *inspection, bool is_patient)
{
    struct mim_error err = { 0 };
    uint64_t count = MIM_UNKNOWN;

    inspection->count = mim_reader_count(inspection->reader, &inspection->certainty);
    /* counting may fetch the whole of a URL */
    bool is_enough = !is_patient && inspection->certainty == MIM_SURE_HEADER && is_remote(inspection->file);
    if (inspection->certainty == MIM_SURE_EXACT || is_enough)
        return;

    if (!is_patient)
        signals_deadline(COUNT_MILLISECONDS);
    enum mim_status status = mim_reader_count_exactly(inspection->reader, &count, &err);
    if (!is_patient)
        signals_deadline(0);
    if (status == MIM_CANCELLED)
        return; /* keep the header's count */

    inspection->count = count;
    inspection->certainty = count == MIM_UNKNOWN ? MIM_SURE_NONE : MIM_SURE_EXACT;
    if (status != MIM_OK)
        inspection_damage(inspection, &err, count);
}

static bool
read_facts(struct inspection *inspection, uint64_t i, struct mim_frame_facts *facts)
{
    struct mim_error err = { 0 };
    enum mim_status status = mim_reader_info(inspection->reader, i, facts, &err);
    if (status != MIM_OK && status != MIM_RANGE)
        inspection_damage(inspection, &err, i);
    return status == MIM_OK;
}

static bool
has_other_shape(const struct inspection *inspection, const struct mim_frame_facts *facts)
{
    const struct mim_frame_facts *first = &inspection->first;
    return facts->width != first->width || facts->height != first->height || facts->channels != first->channels
           || facts->sample != first->sample;
}

/* Looks for a frame of another shape, unless that takes too long. A frame that cannot be read is not damage before it is asked
 * for. */
static void
compare_shapes(struct inspection *inspection, bool is_patient)
{
    struct mim_frame_facts facts;
    uint64_t count = inspection->facts.canvas_width || inspection->count == MIM_UNKNOWN ? 0 : inspection->count;

    if (!is_patient)
        signals_deadline(COUNT_MILLISECONDS);
    for (uint64_t i = 1; i < count && !inspection->other.width; i++) {
        if (mim_reader_info(inspection->reader, i, &facts, NULL) != MIM_OK)
            break;
        if (has_other_shape(inspection, &facts))
            inspection->other = facts;
    }
    if (!is_patient)
        signals_deadline(0);
}

/* Returns the total duration of all frames in seconds, or -1 if a frame cannot be read. Sets the rate if all are equal. */
static double
sum_durations(struct inspection *inspection)
{
    struct mim_rational base = inspection->facts.time_base;
    uint64_t ticks = (uint64_t)inspection->first.duration;
    bool is_even = ticks > 0;

    for (uint64_t i = 1; i < inspection->count && !signals_interrupted(); i++) {
        struct mim_frame_facts facts;
        if (!read_facts(inspection, i, &facts))
            return -1;
        ticks += (uint64_t)facts.duration;
        is_even &= facts.duration == inspection->first.duration;
    }
    if (is_even)
        inspection->fps = (double)base.den / ((double)inspection->first.duration * (double)base.num);
    return (double)ticks * (double)base.num / (double)base.den;
}

/* Returns a number that the file states of its coding, or a negative number if it states none. */
static double
stated_number(struct inspection *inspection, const char *key)
{
    const struct mim_meta *meta = mim_reader_metadata(inspection->reader);
    struct mim_meta_item item;
    double number = -1;

    if (mim_meta_find(meta, key, &item) && item.coding)
        mim_meta_number(meta, key, &number);
    return number;
}

/* Prefers the stated duration, because reading the facts of every frame of a video would decode all of it. */
static void
measure_timing(struct inspection *inspection, bool is_patient)
{
    bool timed = inspection->facts.time_base.den != 0 && inspection->count != MIM_UNKNOWN;

    if (!timed)
        return;
    inspection->seconds = is_patient ? -1 : stated_number(inspection, "duration");
    if (inspection->seconds < 0)
        inspection->seconds = sum_durations(inspection);
    if (inspection->seconds > 0)
        inspection->mean_fps = (double)inspection->count / inspection->seconds;
    double stated_fps = stated_number(inspection, "fps");
    if (stated_fps > 0)
        inspection->fps = stated_fps;
}

void
inspection_open(struct inspection *inspection, struct cli *cli, const char *file)
{
    *inspection = (struct inspection){ .file = file, .count = MIM_UNKNOWN, .seconds = -1, .fps = -1, .mean_fps = -1 };
    if (open_reader(inspection, cli) != MIM_OK)
        return;
    count_frames(inspection, cli->count);
    mim_reader_get_facts(inspection->reader, &inspection->facts);

    struct mim_error err = { 0 };
    if (mim_reader_load_metadata(inspection->reader, &err) != MIM_OK)
        inspection_damage(inspection, &err, MIM_UNKNOWN);
    bool is_patient = cli->count || cli->each;
    if (!inspection->count || !read_facts(inspection, 0, &inspection->first))
        return;
    if (is_patient || stated_number(inspection, "duration") < 0)
        compare_shapes(inspection, is_patient);
    measure_timing(inspection, is_patient);
}

bool
inspection_frame(struct inspection *inspection, uint64_t *i, struct mim_frame_facts *facts, struct mim_meta **meta)
{
    for (*meta = NULL; *i < inspection->count && !signals_interrupted(); ++*i) {
        struct mim_error err = { 0 };
        enum mim_status status = mim_reader_info(inspection->reader, *i, facts, &err);
        if (status == MIM_OK)
            status = mim_reader_frame_metadata(inspection->reader, *i, meta, &err);
        if (status == MIM_OK)
            return true;
        if (status != MIM_RANGE)
            inspection_damage(inspection, &err, *i);
        if (status == MIM_RANGE || !inspection->facts.files)
            return false;
    }
    return false;
}

void
inspection_close(struct inspection *inspection)
{
    mim_reader_close(inspection->reader);
    inspection->reader = NULL;
}
