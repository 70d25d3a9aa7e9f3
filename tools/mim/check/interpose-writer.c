/* SPDX-License-Identifier: MIT */
/* Ops of a writer that call those of the plugin. */
#include <string.h>

#include "guard.h"

static struct mim_writer_ops writer, own; /* the plugin's and the checker's */
static struct guard_sizes sizes;

static int32_t
write_open(struct mim_job *job, struct mim_sequence *sequence)
{
    PASS("open", &sizes, NULL, guard_call_sequence(writer.open, job, sequence, "open"));
}

static int32_t
write_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    guard_set(packet, sizes.packet);
    PASS("accepts", &sizes, packet, guard_call_frame(writer.accepts, job, index, packet, info, "accepts"));
}

static int32_t
write_survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    PASS("survey", &sizes, NULL, writer.survey(job, info, raster));
}

static int32_t
write_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster,
             const struct mim_neighbours *neighbours)
{
    PASS("encode", &sizes, writer.accepts ? packet : NULL, writer.encode(job, packet, info, part, raster, neighbours));
}

static int32_t
write_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    PASS("put", &sizes, writer.accepts ? packet : NULL, writer.put(job, packet, info, coded));
}

static int32_t
write_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    PASS("metadata", &sizes, NULL, writer.metadata(job, key, type, value, size));
}

static int32_t
write_finish(struct mim_job *job)
{
    PASS("finish", &sizes, NULL, writer.finish(job));
}

static int32_t
write_worker_open(struct mim_job *job)
{
    guard_set(job->worker, sizes.worker);
    PASS("worker_open", &sizes, NULL, writer.worker_open(job));
}

static void
write_worker_close(struct mim_job *job)
{
    guard_enter(job, &sizes);
    writer.worker_close(job);
    guard_leave(job, &sizes, NULL, "worker_close");
}

static void
write_close(struct mim_job *job)
{
    guard_enter(job, &sizes);
    writer.close(job);
    guard_leave(job, &sizes, NULL, "close");
}

static int32_t
write_takes(struct mim_job *job, uint32_t number, const struct mim_offer *offer)
{
    PASS("takes", &sizes, NULL, writer.takes(job, number, offer));
}

#define REPLACE(op, function) own.op = writer.op ? function : NULL

const struct mim_writer_ops *
interpose_writer(const struct mim_writer_ops *ops)
{
    memset(&writer, 0, sizeof writer);
    memcpy(&writer, ops, ops->struct_size < sizeof writer ? ops->struct_size : sizeof writer);
    own = writer;
    sizes = (struct guard_sizes){ writer.state_size, writer.packet_size, writer.worker_size };
    own.state_size += GUARD;
    own.packet_size += GUARD;
    own.worker_size += GUARD;
    REPLACE(open, write_open);
    REPLACE(accepts, write_accepts);
    REPLACE(survey, write_survey);
    REPLACE(encode, write_encode);
    REPLACE(put, write_put);
    REPLACE(metadata, write_metadata);
    REPLACE(finish, write_finish);
    REPLACE(worker_open, write_worker_open);
    REPLACE(worker_close, write_worker_close);
    REPLACE(close, write_close);
    REPLACE(takes, write_takes);
    return &own;
}
