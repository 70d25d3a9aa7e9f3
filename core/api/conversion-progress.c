/* SPDX-License-Identifier: MIT */
/* Adds up what readers and the writer report. */
#include "api/conversion-progress.h"

static void
pass_notice(void *user, const struct mim_notice *notice)
{
    const struct mim_control *control = ((const struct mim_conversion_progress *)user)->control;
    control->notice(control->user, notice);
}

static int
report(struct mim_conversion_progress *progress, uint64_t done)
{
    if (done > progress->latest.done)
        progress->latest.done = done;
    return progress->control->progress(progress->control->user, &progress->latest);
}

static int
report_written(void *user, const struct mim_progress *written)
{
    struct mim_conversion_progress *progress = user;
    progress->latest.total = written->total;
    progress->latest.bytes = written->bytes;
    return report(progress, written->done);
}

/* A frame that is decoded before its turn is half done. */
static int
report_read(void *user, const struct mim_progress *read)
{
    struct mim_conversion_progress *progress = user;
    uint64_t written = progress->frames - progress->frames_before;
    uint64_t done = progress->frames + (read->done > written ? read->done - written : 0) / 2;
    if (!progress->latest.total)
        progress->latest.total = progress->is_joined ? MIM_UNKNOWN : read->total;
    return done > progress->latest.done ? report(progress, done) : 0;
}

void
mim_conversion_progress_start(struct mim_conversion_progress *progress, const struct mim_control *control, bool is_joined)
{
    *progress = (struct mim_conversion_progress){ .control = control, .is_joined = is_joined };
}

void
mim_conversion_progress_listen(struct mim_conversion_progress *progress, struct mim_control *read, struct mim_control *write)
{
    *write = *read;
    read->user = write->user = progress;
    if (read->notice)
        read->notice = write->notice = pass_notice;
    if (read->progress)
        read->progress = report_read, write->progress = report_written;
}
