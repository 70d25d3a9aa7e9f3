/* SPDX-License-Identifier: MIT */
/* Durations of frames, from the options or the source. */
#include "write/timing-options.h"

static int32_t
check_timing(struct mim_job *job, const struct pngx_writer *self, const struct mim_sequence *sequence)
{
    const struct mim_list *list = &self->duration;
    bool is_counted = sequence->sure == MIM_SURE_EXACT && sequence->count != MIM_UNKNOWN;
    bool is_given = self->fps.den || list->count || self->loop >= 0;

    if (!self->is_animation && is_given)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "duration, fps and loop need an animation: name the file .apng or give apng=yes");
    if (self->fps.den && list->count)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "duration and fps are alternatives: give one of them");
    if (self->fps.den && (self->fps.num <= 0 || self->fps.den < 0))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "fps is %lld/%lld, it must be above 0",
                               (long long)self->fps.num, (long long)self->fps.den);
    for (uint64_t i = 0; i < list->count; i++)
        if (!(list->values[i] >= 0 && list->values[i] <= PNGX_SECONDS_MAX))
            return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN, "duration %g s: APNG takes 0 to %d s", list->values[i],
                                   PNGX_SECONDS_MAX);
    if (list->count > 1 && is_counted && list->count != sequence->count)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "%llu durations for %llu frames",
                               (unsigned long long)list->count, (unsigned long long)sequence->count);
    return MIM_OK;
}

static int32_t
start_timing(struct mim_job *job, struct pngx_writer *self, const struct mim_sequence *sequence)
{
    bool is_given = self->fps.den || self->duration.count;

    self->timing = (struct pngx_frame_timing){
        .fps = self->fps, .seconds = self->duration, .time_num = sequence->time_num, .time_den = sequence->time_den
    };
    if (!is_given || !sequence->time_den)
        return MIM_OK;
    return job->host->notice(job, MIM_NOTICE_TIMING,
                             self->fps.den ? "the source's timing is replaced by fps"
                                           : "the source's timing is replaced by duration");
}

int32_t
pngx_timing_start(struct mim_job *job, struct pngx_writer *self, const struct mim_sequence *sequence)
{
    int32_t status = check_timing(job, self, sequence);

    return status == MIM_OK && self->is_animation ? start_timing(job, self, sequence) : status;
}

int32_t
pngx_timing_delay(struct mim_job *job, struct pngx_writer *self, uint64_t index, int64_t duration,
                  struct pngx_delay *delay)
{
    if (self->duration.count > 1 && index >= self->duration.count)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "there are only %llu durations, and more frames",
                               (unsigned long long)self->duration.count);
    if (pngx_frame_timing_delay(&self->timing, index, duration, delay))
        return MIM_OK;
    return job->host->fail(job, self->fps.den ? MIM_OPTION : MIM_ARGUMENT, MIM_UNKNOWN,
                           "frame %llu lasts too long: APNG takes 0 to %d s", (unsigned long long)index,
                           PNGX_SECONDS_MAX);
}

int32_t
pngx_timing_end(struct mim_job *job, const struct pngx_writer *self)
{
    if (self->duration.count > 1 && self->frames != self->duration.count)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "%llu durations for %llu frames",
                               (unsigned long long)self->duration.count, (unsigned long long)self->frames);
    return MIM_OK;
}
