/* SPDX-License-Identifier: MIT */
/* Ops that call those of the plugin, with bytes behind its memory that must not change. */
#include <stdlib.h>
#include <string.h>

#include <mim/plugin.h>

#include "child.h"
#include "interpose.h"

enum { GUARD = 256, GUARD_BYTE = 0xa5, TAIL = 64 };

/* The memory that the plugin asks for. */
struct sizes {
    uint32_t state, packet, worker;
};

static struct interposition *now;
static struct mim_reader_ops reader, own_reader;
static struct mim_writer_ops writer, own_writer;
static struct sizes reader_sizes, writer_sizes;
static const void *guarded_state; /* a writer without serial ops has none */

static void
set_guard(void *memory, uint32_t size)
{
    if (now->is_guarded && memory)
        memset((uint8_t *)memory + size, GUARD_BYTE, GUARD);
}

static void
check_guard(const void *memory, uint32_t size, const char *what, const char *op)
{
    for (uint32_t i = 0; memory && i < GUARD; i++)
        if (((const uint8_t *)memory)[size + i] != GUARD_BYTE)
            trial_fail("%s writes byte %u of a %s, and its size is %u", op, size + i, what, size);
}

static void
guard_state(const struct mim_job *job, const struct sizes *sizes)
{
    set_guard(job->state, sizes->state);
    guarded_state = job->state;
}

/* Before each op: the job gets the checker's host, and new memory its guard. */
static void
enter(struct mim_job *job, const struct sizes *sizes)
{
    if (!interpose_host(job))
        return;
    if (job->worker)
        set_guard(job->worker, sizes->worker);
    else
        guard_state(job, sizes);
}

/* After each op; `packet` may be NULL. */
static void
leave(const struct mim_job *job, const struct sizes *sizes, const void *packet, const char *op)
{
    if (!now->is_guarded)
        return;
    check_guard(job->state == guarded_state ? job->state : NULL, sizes->state, "state", op);
    check_guard(job->worker, sizes->worker, "worker", op);
    check_guard(packet, sizes->packet, "packet", op);
}

/* Structs that the core fills, larger than the plugin knows. */
union larger_sequence {
    struct mim_sequence known;
    uint8_t bytes[sizeof(struct mim_sequence) + TAIL];
};
union larger_info {
    struct mim_frame_info known;
    uint8_t bytes[sizeof(struct mim_frame_info) + TAIL];
};

static void
check_tail(const uint8_t *tail, const char *what, const char *op)
{
    for (size_t i = 0; i < TAIL; i++)
        if (tail[i] != GUARD_BYTE)
            trial_fail("%s writes behind the %s that it knows", op, what);
}

typedef int32_t sequence_op(struct mim_job *, struct mim_sequence *);

static int32_t
call_with_sequence(sequence_op *op, struct mim_job *job, struct mim_sequence *sequence, const char *name)
{
    union larger_sequence larger;
    if (!now->is_larger)
        return op(job, sequence);
    memset(&larger, GUARD_BYTE, sizeof larger);
    larger.known = *sequence;
    larger.known.struct_size = sizeof larger;
    int32_t status = op(job, &larger.known);
    check_tail(larger.bytes + sizeof larger.known, "struct mim_sequence", name);
    uint32_t size = sequence->struct_size;
    *sequence = larger.known;
    sequence->struct_size = size;
    return status;
}

typedef int32_t frame_op(struct mim_job *, uint64_t, void *, struct mim_frame_info *);

static int32_t
call_with_info(frame_op *op, struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info, const char *name)
{
    union larger_info larger;
    if (!now->is_larger)
        return op(job, index, packet, info);
    memset(&larger, GUARD_BYTE, sizeof larger);
    larger.known = *info;
    larger.known.struct_size = sizeof larger;
    int32_t status = op(job, index, packet, &larger.known);
    check_tail(larger.bytes + sizeof larger.known, "struct mim_frame_info", name);
    uint32_t size = info->struct_size;
    *info = larger.known;
    info->struct_size = size;
    return status;
}

/* An op with this call; `packet_` is the packet that it may write to, or NULL. */
#define PASS(ops, op, packet_, call) \
    enter(job, &ops##_sizes); \
    int32_t status = call; \
    leave(job, &ops##_sizes, packet_, #op); \
    return status

static int32_t
read_open(struct mim_job *job, struct mim_sequence *sequence)
{
    interpose_host(job);
    guard_state(job, &reader_sizes); /* also when the core opens the file again */
    PASS(reader, open, NULL, call_with_sequence(reader.open, job, sequence, "open"));
}

static int32_t
read_scan(struct mim_job *job, struct mim_sequence *sequence)
{
    PASS(reader, scan, NULL, call_with_sequence(reader.scan, job, sequence, "scan"));
}

static int32_t
read_prepare(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    enter(job, &reader_sizes);
    set_guard(packet, reader_sizes.packet);
    int32_t status = call_with_info(reader.prepare, job, index, packet, info, "prepare");
    leave(job, &reader_sizes, packet, "prepare");
    atomic_fetch_add(&now->prepared, status == MIM_OK);
    return status;
}

/* Decodes into a raster with gaps between the rows. */
static int32_t
decode_padded(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    size_t sample = raster->sample == MIM_SAMPLE_INDEX8 ? 1 : mim_sample_size((enum mim_sample)raster->sample);
    size_t row = (size_t)raster->width * raster->channels * sample, stride = row + GUARD;
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
        check_guard(padded.data + y * stride, (uint32_t)row, "row", "pixels");
        memcpy(raster->data + y * raster->stride, padded.data + y * stride, row);
    }
    raster->palette_size = padded.palette_size;
    free(padded.data);
    return status;
}

static int32_t
read_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part, struct mim_raster *raster)
{
    PASS(reader, pixels, packet, (now->is_padded ? decode_padded : reader.pixels)(job, packet, info, part, raster));
}

static int32_t
read_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info)
{
    PASS(reader, metadata, packet, reader.metadata(job, packet, info));
}

static void
read_release(struct mim_job *job, void *packet)
{
    enter(job, &reader_sizes);
    reader.release(job, packet);
    leave(job, &reader_sizes, packet, "release");
    atomic_fetch_add(&now->released, 1);
}

static int32_t
read_worker_open(struct mim_job *job)
{
    set_guard(job->worker, reader_sizes.worker);
    PASS(reader, worker_open, NULL, reader.worker_open(job));
}

static void
read_worker_close(struct mim_job *job)
{
    enter(job, &reader_sizes);
    reader.worker_close(job);
    leave(job, &reader_sizes, NULL, "worker_close");
}

static void
read_close(struct mim_job *job)
{
    enter(job, &reader_sizes);
    reader.close(job);
    leave(job, &reader_sizes, NULL, "close");
}

static int32_t
read_offers(struct mim_job *job)
{
    PASS(reader, offers, NULL, reader.offers(job));
}

static int32_t
write_open(struct mim_job *job, struct mim_sequence *sequence)
{
    PASS(writer, open, NULL, call_with_sequence(writer.open, job, sequence, "open"));
}

static int32_t
write_accepts(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    set_guard(packet, writer_sizes.packet);
    PASS(writer, accepts, packet, call_with_info(writer.accepts, job, index, packet, info, "accepts"));
}

static int32_t
write_survey(struct mim_job *job, const struct mim_frame_info *info, const struct mim_raster *raster)
{
    PASS(writer, survey, NULL, writer.survey(job, info, raster));
}

static int32_t
write_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part, const struct mim_raster *raster,
             const struct mim_neighbours *neighbours)
{
    PASS(writer, encode, writer.accepts ? packet : NULL, writer.encode(job, packet, info, part, raster, neighbours));
}

static int32_t
write_put(struct mim_job *job, void *packet, const struct mim_frame_info *info, const struct mim_coded *coded)
{
    PASS(writer, put, writer.accepts ? packet : NULL, writer.put(job, packet, info, coded));
}

static int32_t
write_metadata(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    PASS(writer, metadata, NULL, writer.metadata(job, key, type, value, size));
}

static int32_t
write_finish(struct mim_job *job)
{
    PASS(writer, finish, NULL, writer.finish(job));
}

static int32_t
write_worker_open(struct mim_job *job)
{
    set_guard(job->worker, writer_sizes.worker);
    PASS(writer, worker_open, NULL, writer.worker_open(job));
}

static void
write_worker_close(struct mim_job *job)
{
    enter(job, &writer_sizes);
    writer.worker_close(job);
    leave(job, &writer_sizes, NULL, "worker_close");
}

static void
write_close(struct mim_job *job)
{
    enter(job, &writer_sizes);
    writer.close(job);
    leave(job, &writer_sizes, NULL, "close");
}

static int32_t
write_takes(struct mim_job *job, uint32_t number, const struct mim_offer *offer)
{
    PASS(writer, takes, NULL, writer.takes(job, number, offer));
}

#define REPLACE(ops, op, function) own_##ops.op = ops.op ? function : NULL

static void
replace_reader(const struct mim_reader_ops *ops)
{
    memset(&reader, 0, sizeof reader);
    memcpy(&reader, ops, ops->struct_size < sizeof reader ? ops->struct_size : sizeof reader);
    own_reader = reader;
    reader_sizes = (struct sizes){ reader.state_size, reader.packet_size, reader.worker_size };
    own_reader.state_size += GUARD;
    own_reader.packet_size += GUARD;
    own_reader.worker_size += GUARD;
    REPLACE(reader, open, read_open);
    REPLACE(reader, scan, read_scan);
    REPLACE(reader, prepare, read_prepare);
    REPLACE(reader, pixels, read_pixels);
    REPLACE(reader, metadata, read_metadata);
    REPLACE(reader, release, read_release);
    REPLACE(reader, worker_open, read_worker_open);
    REPLACE(reader, worker_close, read_worker_close);
    REPLACE(reader, close, read_close);
    REPLACE(reader, offers, read_offers);
}

static void
replace_writer(const struct mim_writer_ops *ops)
{
    memset(&writer, 0, sizeof writer);
    memcpy(&writer, ops, ops->struct_size < sizeof writer ? ops->struct_size : sizeof writer);
    own_writer = writer;
    writer_sizes = (struct sizes){ writer.state_size, writer.packet_size, writer.worker_size };
    own_writer.state_size += GUARD;
    own_writer.packet_size += GUARD;
    own_writer.worker_size += GUARD;
    REPLACE(writer, open, write_open);
    REPLACE(writer, accepts, write_accepts);
    REPLACE(writer, survey, write_survey);
    REPLACE(writer, encode, write_encode);
    REPLACE(writer, put, write_put);
    REPLACE(writer, metadata, write_metadata);
    REPLACE(writer, finish, write_finish);
    REPLACE(writer, worker_open, write_worker_open);
    REPLACE(writer, worker_close, write_worker_close);
    REPLACE(writer, close, write_close);
    REPLACE(writer, takes, write_takes);
}

const struct mim_format_ops *
interpose_ops(const struct mim_format_ops *format, struct interposition *interposition)
{
    static struct mim_format_ops copy;
    now = interposition;
    guarded_state = NULL;
    copy = (struct mim_format_ops){ .struct_size = sizeof copy, .flags = format->flags, .name = format->name };
    if (format->reader) {
        replace_reader(format->reader);
        copy.reader = &own_reader;
    }
    if (format->writer) {
        replace_writer(format->writer);
        copy.writer = &own_writer;
    }
    return &copy;
}
