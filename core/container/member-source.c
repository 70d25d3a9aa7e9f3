/* SPDX-License-Identifier: MIT */
/* The bytes of members as sources: small members in working memory, large ones in a temporary file or as a stream. */
#include <stdlib.h>

#include "base/error.h"
#include "container/container-priv.h"
#include "io/source.h"
#include "io/spool.h"

#define MAX_IN_MEMORY 16000000u
#define CHUNK_SIZE 65536u

/* A source's hold on its bytes. */
struct member_bytes {
    struct mim_container *container;
    uint64_t member;
    uint8_t *memory; /* `charged` bytes of the budget */
    uint64_t charged, size;
    struct mim_spool *spool; /* instead of memory */
};

static enum mim_status
set_capacity(struct member_bytes *bytes, uint64_t capacity, struct mim_error *err)
{
    struct mim_memory_budget *budget = &bytes->container->operation.budget;
    uint64_t before = bytes->charged, more = capacity > before ? capacity - before : 0;
    if (more && !mim_memory_budget_charge(budget, more))
        return mim_memory_budget_fail(budget, more, err);
    void *moved = capacity ? realloc(bytes->memory, (size_t)capacity) : NULL;
    if (capacity && !moved) {
        mim_memory_budget_refund(budget, more);
        return mim_fail_nomem(err, "a member of an archive");
    }
    if (!capacity)
        free(bytes->memory);
    bytes->memory = moved;
    bytes->charged = capacity;
    mim_memory_budget_refund(budget, before + more - capacity);
    return MIM_OK;
}

static void
destroy_bytes(void *user)
{
    struct member_bytes *bytes = user;
    set_capacity(bytes, 0, NULL);
    mim_spool_destroy(bytes->spool);
    mim_container_close(bytes->container);
    free(bytes);
}

/* Bytes of the member from where it was passed over, or from the archive. */
static int64_t
read_member(struct member_bytes *bytes, void *data, uint64_t size, struct mim_error *err)
{
    struct mim_container *container = bytes->container;
    const struct mim_container_member *member = &container->index.members[bytes->member];
    if (member->kept == MIM_UNKNOWN)
        return mim_container_read(container, bytes->member, data, size, err);
    uint64_t left = member->kept_size - bytes->size;
    return mim_spool_read(container->kept, data, size < left ? size : left, member->kept + bytes->size, err);
}

static enum mim_status
fill_spool(struct member_bytes *bytes, struct mim_error *err)
{
    uint8_t chunk[CHUNK_SIZE];
    enum mim_status status = mim_spool_create_file(&bytes->spool, err);
    if (status != MIM_OK)
        return status;
    mim_spool_limit(bytes->spool, bytes->container->operation.control.limits.spool_bytes);
    status = mim_spool_write(bytes->spool, bytes->memory, bytes->size, 0, err);
    set_capacity(bytes, 0, NULL);
    while (status == MIM_OK) {
        int64_t got = read_member(bytes, chunk, sizeof chunk, err);
        if (got <= 0)
            return (enum mim_status) - got;
        status = mim_spool_write(bytes->spool, chunk, (uint64_t)got, bytes->size, err);
        bytes->size += (uint64_t)got;
    }
    return status;
}

static enum mim_status
fill_memory(struct member_bytes *bytes, uint64_t expected, struct mim_error *err)
{
    uint64_t capacity = expected < MAX_IN_MEMORY ? expected + 1 : expected == MIM_UNKNOWN ? CHUNK_SIZE : MAX_IN_MEMORY;
    enum mim_status status = set_capacity(bytes, capacity, err);
    while (status == MIM_OK) {
        int64_t got = read_member(bytes, bytes->memory + bytes->size, bytes->charged - bytes->size, err);
        if (got <= 0)
            return (enum mim_status) - got;
        bytes->size += (uint64_t)got;
        if (bytes->size < bytes->charged)
            continue;
        if (bytes->charged >= MAX_IN_MEMORY)
            return fill_spool(bytes, err);
        capacity = 2 * bytes->charged < MAX_IN_MEMORY ? 2 * bytes->charged : MAX_IN_MEMORY;
        status = set_capacity(bytes, capacity, err);
    }
    return status;
}

static int64_t
read_spool(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    struct member_bytes *bytes = user;
    return mim_spool_read(bytes->spool, data, size, offset, err);
}

static int64_t
read_stream(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    struct member_bytes *bytes = user;
    (void)offset;
    pthread_mutex_lock(&bytes->container->lock);
    int64_t got = mim_container_read(bytes->container, bytes->member, data, size, err);
    pthread_mutex_unlock(&bytes->container->lock);
    return got;
}

/* With the lock. */
static enum mim_status
begin_bytes(struct member_bytes *bytes, bool streams, struct mim_error *err)
{
    struct mim_container *container = bytes->container;
    const struct mim_container_member *member = &container->index.members[bytes->member];
    enum mim_status status = MIM_OK;
    if (member->kept == MIM_UNKNOWN)
        status = mim_container_begin(container, bytes->member, err);
    return status == MIM_OK && !streams ? fill_memory(bytes, member->size, err) : status;
}

static enum mim_status
check_kind(const struct mim_container_member *member, struct mim_error *err)
{
    const char *reason = member->kind == MIM_MEMBER_ENCRYPTED   ? "it is encrypted"
                         : member->kind == MIM_MEMBER_DIRECTORY ? "it is a directory; for its files append a /"
                         : member->kind == MIM_MEMBER_FILE      ? NULL
                                                                : "it is a link or a device";
    if (!reason)
        return MIM_OK;
    return mim_fail(err, MIM_UNSUPPORTED, "%.200s: %s", member->name, reason);
}

static enum mim_status
open_source(struct member_bytes *bytes, bool streams, struct mim_source **out, struct mim_error *err)
{
    const struct mim_container *container = bytes->container;
    const struct mim_source_feed feed = {
        .read = streams ? read_stream : read_spool,
        .close = destroy_bytes,
        .user = bytes,
        .size = streams ? MIM_UNKNOWN : bytes->size,
    };
    char *name = NULL;
    if (asprintf(&name, "%s/%s", mim_container_name(container), container->index.members[bytes->member].name) < 0)
        return mim_fail_nomem(err, "a file name");
    enum mim_status status = !streams && !bytes->spool
                                 ? mim_source_open_owned(out, bytes->memory, &feed, name, err)
                                 : mim_source_open_feed(out, &feed, name, err);
    free(name);
    if (status == MIM_OK)
        mim_source_set_depth(*out, mim_source_depth(container->operation.source) + 1);
    return status;
}

enum mim_status
mim_container_open_member(struct mim_container *container, uint64_t number, bool lazily, struct mim_source **out,
                          struct mim_error *err)
{
    const struct mim_container_member *member = &container->index.members[number];
    enum mim_status status = check_kind(member, err);
    if (status != MIM_OK)
        return status;
    struct member_bytes *bytes = calloc(1, sizeof *bytes);
    if (!bytes)
        return mim_fail_nomem(err, "a member of an archive");
    bytes->container = mim_container_ref(container);
    bytes->member = number;
    bool streams = lazily && member->size > MAX_IN_MEMORY; /* or unknown */
    pthread_mutex_lock(&container->lock);
    status = begin_bytes(bytes, streams, err);
    pthread_mutex_unlock(&container->lock);
    if (status == MIM_OK)
        status = open_source(bytes, streams, out, err);
    if (status != MIM_OK)
        destroy_bytes(bytes);
    return status;
}
