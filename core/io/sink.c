/* SPDX-License-Identifier: MIT */
/* Sinks: buffering, patching, and the states from begin to commit or rollback, for all kinds. */
#include "io/sink-priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "io/spool.h"

#define BUFFER_SIZE 262144u

struct mim_sink *
mim_sink_create(size_t struct_size, const struct mim_sink_kind *kind, const char *name)
{
    struct mim_sink *sink = calloc(1, struct_size);
    if (!sink)
        return NULL;
    sink->name = strdup(name);
    if (!sink->name) {
        free(sink);
        return NULL;
    }
    sink->kind = kind;
    sink->spool_limit = MIM_SPOOL_DEFAULT;
    atomic_init(&sink->references, 1);
    return sink;
}

struct mim_sink *
mim_sink_ref(struct mim_sink *sink)
{
    atomic_fetch_add(&sink->references, 1);
    return sink;
}

void
mim_sink_close(struct mim_sink *sink)
{
    if (!sink || atomic_fetch_sub(&sink->references, 1) > 1)
        return;
    mim_sink_rollback(sink);
    if (sink->kind->destroy)
        sink->kind->destroy(sink);
    free(sink->name);
    free(sink->inside);
    free(sink);
}

void
mim_sink_set_sync(struct mim_sink *sink, int sync)
{
    sink->sync = sync != 0;
}

void
mim_sink_bound(struct mim_sink *sink, const struct mim_control *control, int64_t deadline_ms)
{
    mim_wait_set(&sink->wait, control->cancel, deadline_ms == INT64_MAX ? 0 : deadline_ms);
    sink->spool_limit = control->limits.spool_bytes;
}

const char *
mim_sink_name(const struct mim_sink *sink)
{
    return sink->name;
}

uint64_t
mim_sink_tell(const struct mim_sink *sink)
{
    return sink->flushed + sink->buffered;
}

enum mim_status
mim_sink_check(struct mim_sink *sink, struct mim_error *err)
{
    return sink->kind->check ? sink->kind->check(sink, err) : MIM_OK;
}

uint64_t
mim_sink_bytes_taken(const struct mim_sink *sink)
{
    return atomic_load_explicit(&sink->taken, memory_order_relaxed);
}

static struct mim_sink *
receiver_of(struct mim_sink *sink)
{
    return sink->through ? sink->through : sink;
}

/* Records the failure: bytes are missing, so no later call may succeed. */
static enum mim_status
fail_for_good(struct mim_sink *sink, struct mim_error *err)
{
    if (err)
        *err = sink->failure;
    return sink->failure.status;
}

static enum mim_status
fail_write(struct mim_sink *sink, int number, uint64_t offset, struct mim_error *err)
{
    /* an application may set any errno; EXISTS would be misleading */
    mim_fail_errno(&sink->failure, number == EEXIST ? EIO : number, "%.300s: writing at byte %llu", sink->name,
                   (unsigned long long)offset);
    return fail_for_good(sink, err);
}

/* Frees what the sink holds between begin and its end. */
static void
release_buffers(struct mim_sink *sink)
{
    mim_sink_close(sink->through);
    mim_spool_destroy(sink->spool);
    free(sink->buffer);
    sink->through = NULL;
    sink->spool = NULL;
    sink->buffer = NULL;
}

static enum mim_status
begin_output(struct mim_sink *sink, bool seeks, struct mim_error *err)
{
    enum mim_status status = sink->kind->begin ? sink->kind->begin(sink, err) : MIM_OK;
    if (status != MIM_OK)
        return status;
    if (seeks && !sink->seekable && !(sink->spool = mim_spool_create(false)))
        return mim_fail_nomem(err, "output");
    if (sink->spool)
        mim_spool_limit(sink->spool, sink->spool_limit);
    if (!sink->kind->unbuffered && !(sink->buffer = malloc(BUFFER_SIZE)))
        return mim_fail_nomem(err, "output");
    return MIM_OK;
}

enum mim_status
mim_sink_begin(struct mim_sink *sink, bool seeks, struct mim_error *err)
{
    if (sink->state != MIM_SINK_IDLE)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: was written to already", sink->name);
    sink->flushed = sink->buffered = 0;
    atomic_store(&sink->taken, 0);
    sink->failure = (struct mim_error){ 0 };
    sink->seekable = false;
    sink->seeks = seeks;
    sink->state = MIM_SINK_OPEN;
    enum mim_status status = begin_output(sink, seeks, err);
    if (status != MIM_OK)
        mim_sink_rollback(sink);
    return status;
}

/* Writes past the buffer, to the spool or to the output. */
static enum mim_status
write_through(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    if (size == 0)
        return MIM_OK;
    if (sink->spool)
        return mim_spool_write(sink->spool, data, size, offset, &sink->failure) == MIM_OK ? MIM_OK
                                                                                          : fail_for_good(sink, err);
    struct mim_sink *receiver = receiver_of(sink);
    int number = receiver->kind->write(receiver, data, size, offset);
    return number ? fail_write(sink, number, offset, err) : MIM_OK;
}

static enum mim_status
flush_buffer(struct mim_sink *sink, struct mim_error *err)
{
    enum mim_status status = write_through(sink, sink->buffer, sink->buffered, sink->flushed, err);
    if (status != MIM_OK)
        return status;
    sink->flushed += sink->buffered;
    sink->buffered = 0;
    return MIM_OK;
}

static enum mim_status
check_open(struct mim_sink *sink, struct mim_error *err)
{
    if (sink->state != MIM_SINK_OPEN)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: is not open for writing", sink->name);
    return sink->failure.status == MIM_OK ? MIM_OK : fail_for_good(sink, err);
}

static enum mim_status
append_bytes(struct mim_sink *sink, const void *data, uint64_t size, struct mim_error *err)
{
    uint64_t end;
    if (!mim_size_add(mim_sink_tell(sink), size, &end) || end > INT64_MAX)
        return fail_write(sink, EFBIG, mim_sink_tell(sink), err);

    uint64_t free_space = sink->buffer ? BUFFER_SIZE - sink->buffered : 0;
    enum mim_status status = size > free_space ? flush_buffer(sink, err) : MIM_OK;
    if (status != MIM_OK || size == 0)
        return status;
    if (sink->buffer && size < BUFFER_SIZE) {
        memcpy(sink->buffer + sink->buffered, data, (size_t)size);
        sink->buffered += size;
    } else {
        status = write_through(sink, data, size, sink->flushed, err);
        if (status != MIM_OK)
            return status;
        sink->flushed += size;
    }
    atomic_store_explicit(&sink->taken, mim_sink_tell(sink), memory_order_relaxed);
    return MIM_OK;
}

enum mim_status
mim_sink_write(struct mim_sink *sink, const void *data, uint64_t size, struct mim_error *err)
{
    enum mim_status status = check_open(sink, err);
    return status == MIM_OK ? append_bytes(sink, data, size, err) : status;
}

static enum mim_status
append_zeros(struct mim_sink *sink, uint64_t size, struct mim_error *err)
{
    static const uint8_t zeros[4096];
    enum mim_status status = MIM_OK;
    while (size > 0 && status == MIM_OK) {
        uint64_t n = size < sizeof zeros ? size : sizeof zeros;
        status = append_bytes(sink, zeros, n, err);
        size -= n;
    }
    return status;
}

/* How many of `size` bytes at `offset` lie before `end`. */
static uint64_t
bytes_before(uint64_t end, uint64_t offset, uint64_t size)
{
    uint64_t free_space = offset < end ? end - offset : 0;
    return size < free_space ? size : free_space;
}

enum mim_status
mim_sink_patch(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    enum mim_status status = check_open(sink, err);
    if (status != MIM_OK || size == 0)
        return status;
    if (!sink->seeks)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: was not begun for going back", sink->name);
    if (offset > INT64_MAX)
        return fail_write(sink, EFBIG, offset, err);
    if (offset > mim_sink_tell(sink))
        status = append_zeros(sink, offset - mim_sink_tell(sink), err);
    if (status != MIM_OK)
        return status;

    const uint8_t *from = data;
    uint64_t n = bytes_before(sink->flushed, offset, size);
    status = write_through(sink, from, n, offset, err);
    if (status != MIM_OK)
        return status;
    from += n, offset += n, size -= n;

    n = bytes_before(mim_sink_tell(sink), offset, size);
    if (n > 0)
        memcpy(sink->buffer + (offset - sink->flushed), from, (size_t)n);
    return append_bytes(sink, from + n, size - n, err);
}

int64_t
mim_sink_read_back(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    enum mim_status status = check_open(sink, err);
    if (status != MIM_OK)
        return -(int64_t)status;
    if (!sink->seeks)
        return -(int64_t)mim_fail(err, MIM_ARGUMENT, "%.300s: was not begun for reading back", sink->name);

    size = bytes_before(mim_sink_tell(sink), offset, size);
    uint64_t outside = bytes_before(sink->flushed, offset, size);
    if (outside > 0 && sink->spool) {
        int64_t n = mim_spool_read(sink->spool, data, outside, offset, err);
        if (n < 0)
            return n;
    } else if (outside > 0) {
        struct mim_sink *receiver = receiver_of(sink);
        int64_t n = receiver->kind->read(receiver, data, outside, offset);
        if (n != (int64_t)outside)
            return -(int64_t)mim_fail_errno(err, n < 0 && n != -EEXIST ? (int)-n : EIO,
                                            "%.300s: reading back at byte %llu", sink->name,
                                            (unsigned long long)offset);
    }
    if (size > outside)
        memcpy((char *)data + outside, sink->buffer + (offset + outside - sink->flushed), (size_t)(size - outside));
    return (int64_t)size;
}

/* Copies the spool to the output, through the buffer, which is empty now. */
static enum mim_status
copy_out(struct mim_sink *sink, struct mim_error *err)
{
    struct mim_spool *spool = sink->spool;
    uint64_t size = mim_spool_size(spool);
    enum mim_status status = MIM_OK;
    sink->spool = NULL; /* from now on write_through() reaches the output */
    for (uint64_t offset = 0; status == MIM_OK && offset < size;) {
        int64_t n = mim_spool_read(spool, sink->buffer, BUFFER_SIZE, offset, &sink->failure);
        status = n < 0 ? fail_for_good(sink, err) : write_through(sink, sink->buffer, (uint64_t)n, offset, err);
        offset += n < 0 ? 0 : (uint64_t)n;
    }
    mim_spool_destroy(spool);
    return status;
}

enum mim_status
mim_sink_commit(struct mim_sink *sink, struct mim_error *err)
{
    enum mim_status status = check_open(sink, err);
    if (status == MIM_OK)
        status = flush_buffer(sink, err);
    if (status == MIM_OK && sink->spool)
        status = copy_out(sink, err);
    if (status != MIM_OK)
        return status;

    struct mim_sink *receiver = receiver_of(sink);
    receiver->sync = sink->sync;
    if (receiver->kind->commit && receiver->kind->commit(receiver, sink->flushed, &sink->failure) != MIM_OK)
        return fail_for_good(sink, err);
    sink->state = MIM_SINK_DONE;
    release_buffers(sink);
    return MIM_OK;
}

void
mim_sink_rollback(struct mim_sink *sink)
{
    if (sink->state != MIM_SINK_OPEN)
        return;
    struct mim_sink *receiver = receiver_of(sink);
    uint64_t written = sink->spool ? 0 : sink->flushed;
    bool undone = receiver->kind->rollback && receiver->kind->rollback(receiver, written);
    sink->state = undone || (written == 0 && sink->failure.status == MIM_OK) ? MIM_SINK_IDLE : MIM_SINK_DONE;
    sink->flushed = sink->buffered = 0;
    release_buffers(sink);
}
