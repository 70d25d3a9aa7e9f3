/* SPDX-License-Identifier: MIT */
/* Ops of a reader that call those of the plugin. */
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "guard.h"

static struct mim_reader_ops reader, own; /* the plugin's and the checker's */
static struct guard_sizes sizes;

static int32_t
read_open(struct mim_job *job, struct mim_sequence *sequence)
{
    interpose_host(job);
    guard_set_state(job, &sizes); /* also when the core opens the file again */
    PASS("open", &sizes, NULL, guard_call_sequence(reader.open, job, sequence, "open"));
}

static int32_t
read_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    PASS("scan", &sizes, NULL, guard_call_sequence(reader.scan, job, sequence, "scan"));
}

static int32_t
read_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    guard_enter(job, &sizes);
    guard_set(packet, sizes.packet);
    int32_t status = guard_call_frame(reader.prepare, job, index, packet, info, "prepare");
    guard_leave(job, &sizes, packet, "prepare");
    atomic_fetch_add(&interposed->prepared, status == MIM_OK);
    return status;
}

/* Decodes into a raster with gaps between the rows. */
static int32_t
decode_padded(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    const struct mim_frame shape = {
        .sample = (enum mim_sample)raster->sample, .width = raster->width, .height = 1, .channels = raster->channels
    };
    size_t row = (size_t)mim_frame_bytes(&shape), stride = row + GUARD;
    struct mim_raster padded = *raster;
    padded.stride = stride;
    padded.data = malloc(stride * raster->height);
    if (!padded.data)
        trial_fail("no memory for a frame");
    memset(padded.data, GUARD_BYTE, stride * raster->height);
    for (uint32_t y = 0; y < raster->height; y++)
        memcpy(padded.data + y * stride, raster->data + y * raster->stride, row); /* other parts */
    int32_t status = reader.pixels(job, packet, info, part, &padded);
    for (uint32_t y = 0; y < raster->height; y++) {
        guard_check(padded.data + y * stride, (uint32_t)row, "row", "pixels");
        memcpy(raster->data + y * raster->stride, padded.data + y * stride, row);
    }
    raster->palette_size = padded.palette_size;
    free(padded.data);
    return status;
}

static int32_t
read_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    PASS("pixels", &sizes, packet, (interposed->is_padded ? decode_padded : reader.pixels)(job, packet, info, part, raster));
}

static int32_t
read_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    PASS("metadata", &sizes, packet, reader.metadata(job, packet, info));
}

static void
read_release(struct mim_job *job, void *packet)
{
    guard_enter(job, &sizes);
    reader.release(job, packet);
    guard_leave(job, &sizes, packet, "release");
    atomic_fetch_add(&interposed->released, 1);
}

static int32_t
read_worker_open(struct mim_job *job)
{
    guard_set(job->worker, sizes.worker);
    PASS("worker_open", &sizes, NULL, reader.worker_open(job));
}

static void
read_worker_close(struct mim_job *job)
{
    guard_enter(job, &sizes);
    reader.worker_close(job);
    guard_leave(job, &sizes, NULL, "worker_close");
}

static void
read_close(struct mim_job *job)
{
    guard_enter(job, &sizes);
    reader.close(job);
    guard_leave(job, &sizes, NULL, "close");
}

static int32_t
read_offers(struct mim_job *job)
{
    PASS("offers", &sizes, NULL, reader.offers(job));
}

#define REPLACE(op, function) own.op = reader.op ? function : NULL

const struct mim_reader_ops *
interpose_reader(const struct mim_reader_ops *ops)
{
    memset(&reader, 0, sizeof reader);
    memcpy(&reader, ops, ops->struct_size < sizeof reader ? ops->struct_size : sizeof reader);
    own = reader;
    sizes = (struct guard_sizes){ reader.state_size, reader.packet_size, reader.worker_size };
    own.state_size += GUARD;
    own.packet_size += GUARD;
    own.worker_size += GUARD;
    REPLACE(open, read_open);
    REPLACE(scan, read_scan);
    REPLACE(prepare, read_prepare);
    REPLACE(pixels, read_pixels);
    REPLACE(metadata, read_metadata);
    REPLACE(release, read_release);
    REPLACE(worker_open, read_worker_open);
    REPLACE(worker_close, read_worker_close);
    REPLACE(close, read_close);
    REPLACE(offers, read_offers);
    return &own;
}
