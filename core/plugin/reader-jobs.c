/* SPDX-License-Identifier: MIT */
/* Calls the ops of a plugin's reader that run on any thread. */
#include "base/error.h"
#include "plugin/operation.h"
#include "plugin/reader-calls.h"

enum mim_status
mim_plugin_reader_pixels(struct mim_plugin_reader *reader, unsigned worker, uint64_t index, const void *packet,
                         const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster, bool *refused,
                         struct mim_error *err)
{
    struct mim_core_job *job;
    enum mim_status status = mim_workers_job(&reader->workers, worker, &job, err);
    if (status == MIM_OK) {
        mim_job_begin(job, index, "pixels");
        job->step = part + 1;
        int32_t result = reader->ops->pixels(&job->abi, packet, info, part, raster);
        status = mim_job_end(job, result == MIM_END ? MIM_TRUNCATED : result, "pixels", err);
        if (status == MIM_OK && job->lost.status != MIM_OK) {
            job->lost.needed += err->status == MIM_OK ? 0 : err->needed;
            *err = job->lost;
        }
    }
    *refused = status == MIM_LIMIT && job->refused;
    return status;
}

enum mim_status
mim_plugin_reader_metadata(struct mim_plugin_reader *reader, unsigned worker, uint64_t index, const void *packet,
                           const struct mim_frame_info *info, struct mim_meta *meta, bool *refused,
                           struct mim_error *err)
{
    *refused = false;
    if (!reader->ops->metadata)
        return MIM_OK;

    struct mim_core_job *job = &reader->serial;
    enum mim_status status = packet ? mim_workers_job(&reader->workers, worker, &job, err) : MIM_OK;
    if (status == MIM_OK) {
        mim_job_begin(job, packet ? index : MIM_UNKNOWN, "metadata");
        job->step = packet ? UINT32_MAX : 0;
        job->meta = meta;
        int32_t result = reader->ops->metadata(&job->abi, packet, info);
        job->meta = NULL;
        status = mim_job_end(job, result == MIM_END ? MIM_OK : result, "metadata", err);
    }
    *refused = status == MIM_LIMIT && job->refused;
    return status;
}

void
mim_plugin_reader_release(struct mim_plugin_reader *reader, unsigned worker, void *packet)
{
    if (reader->ops->release)
        reader->ops->release(&reader->workers.items[worker].job.abi, packet);
}
