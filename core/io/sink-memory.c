/* SPDX-License-Identifier: MIT */
/* A sink that grows in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/sink-priv.h"

struct memory_sink {
    struct mim_sink base;
    uint8_t *data;
    uint64_t size, capacity;
    bool taken;
};

static struct memory_sink *
memory_of(struct mim_sink *sink)
{
    return (struct memory_sink *)sink;
}

static enum mim_status
begin_memory(struct mim_sink *sink, struct mim_error *err)
{
    (void)err;
    sink->seekable = true;
    return MIM_OK;
}

static bool
grow_memory(struct memory_sink *memory, uint64_t end)
{
    if (end <= memory->capacity)
        return true;
    uint64_t capacity = memory->capacity + memory->capacity / 2;
    if (capacity < end)
        capacity = end;
    if (capacity < 4096)
        capacity = 4096;
    uint8_t *data = capacity <= SIZE_MAX / 2 ? realloc(memory->data, (size_t)capacity) : NULL;
    if (!data)
        return false;
    memory->data = data;
    memory->capacity = capacity;
    return true;
}

static int
write_memory(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    struct memory_sink *memory = memory_of(sink);
    if (!grow_memory(memory, offset + size))
        return ENOMEM;
    memcpy(memory->data + offset, data, (size_t)size);
    if (offset + size > memory->size)
        memory->size = offset + size;
    return 0;
}

static int64_t
read_memory(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset)
{
    memcpy(data, memory_of(sink)->data + offset, (size_t)size); /* callers read back written bytes only */
    return (int64_t)size;
}

static void
free_memory(struct mim_sink *sink)
{
    struct memory_sink *memory = memory_of(sink);
    free(memory->data);
    memory->data = NULL;
    memory->size = memory->capacity = 0;
}

static bool
rollback_memory(struct mim_sink *sink, uint64_t written)
{
    (void)written;
    free_memory(sink);
    return true;
}

static const struct mim_sink_kind memory_kind = {
    .begin = begin_memory,
    .write = write_memory,
    .read = read_memory,
    .rollback = rollback_memory,
    .destroy = free_memory,
    .unbuffered = true,
};

enum mim_status
mim_sink_open_memory(struct mim_sink **out, struct mim_error *err)
{
    struct mim_sink *sink = mim_sink_create(sizeof(struct memory_sink), &memory_kind, "<bytes>");
    if (!sink)
        return mim_fail_nomem(err, "output");
    *out = sink;
    return MIM_OK;
}

enum mim_status
mim_sink_take(struct mim_sink *sink, void **data, size_t *size, struct mim_error *err)
{
    struct memory_sink *memory = memory_of(sink);
    if (sink->kind != &memory_kind)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: is not memory that could be taken", sink->name);
    if (sink->state != MIM_SINK_DONE)
        return mim_fail(err, MIM_ARGUMENT, "the output is not finished");
    if (memory->taken)
        return mim_fail(err, MIM_ARGUMENT, "the output was taken before");
    if (!grow_memory(memory, 1)) /* empty output still needs a buffer to free */
        return mim_fail_nomem(err, "output");

    void *exact = realloc(memory->data, memory->size ? (size_t)memory->size : 1);
    *data = exact ? exact : memory->data;
    *size = (size_t)memory->size;
    memory->taken = true;
    memory->data = NULL;
    memory->size = memory->capacity = 0;
    return MIM_OK;
}
