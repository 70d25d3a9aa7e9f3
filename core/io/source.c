/* SPDX-License-Identifier: MIT */
/* Sources: reads at any offset, from any thread, for all kinds. */
#include "io/source-priv.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/size.h"
#include "io/spool.h"

#define CHUNK_SIZE 65536u /* bytes read from a stream at once */

struct mim_source *
mim_source_create(const struct mim_source_kind *kind, char *name)
{
    struct mim_source *source = name ? calloc(1, sizeof *source) : NULL;
    if (!source) {
        free(name);
        return NULL;
    }
    source->kind = kind;
    source->name = name;
    source->fd = -1;
    atomic_init(&source->references, 1);
    atomic_init(&source->size, MIM_UNKNOWN);
    atomic_init(&source->spool_limit, MIM_SPOOL_DEFAULT);
    pthread_mutex_init(&source->lock, NULL);
    if (kind->stream) {
        source->spool = mim_spool_create(true);
        source->chunk = malloc(CHUNK_SIZE);
    }
    if (!kind->stream || (source->spool && source->chunk))
        return source;
    mim_source_close(source);
    return NULL;
}

struct mim_source *
mim_source_ref(struct mim_source *source)
{
    atomic_fetch_add(&source->references, 1);
    return source;
}

void
mim_source_close(struct mim_source *source)
{
    if (!source || atomic_fetch_sub(&source->references, 1) > 1)
        return;
    if (source->calls.close)
        source->calls.close(source->calls.user);
    if (source->feed.close)
        source->feed.close(source->feed.user);
    if (source->owns_fd)
        close(source->fd);
    mim_spool_destroy(source->spool);
    pthread_mutex_destroy(&source->lock);
    free(source->chunk);
    free(source->name);
    free(source->uri);
    free(source);
}

void
mim_source_bound(struct mim_source *source, const struct mim_control *control, int64_t deadline_ms)
{
    mim_wait_set(&source->wait, control ? control->cancel : NULL, deadline_ms == INT64_MAX ? 0 : deadline_ms);
    if (control)
        atomic_store(&source->spool_limit, control->limits.spool_bytes);
}

const char *
mim_source_name(const struct mim_source *source)
{
    return source->name;
}

unsigned
mim_source_depth(const struct mim_source *source)
{
    return source->depth;
}

void
mim_source_set_depth(struct mim_source *source, unsigned depth)
{
    source->depth = depth;
}

bool
mim_source_is_stream(const struct mim_source *source)
{
    return source->kind->stream;
}

const void *
mim_source_view(struct mim_source *source, uint64_t offset, uint64_t size)
{
    uint64_t end, whole = atomic_load(&source->size);
    if (!source->memory || !mim_size_add(offset, size, &end) || end > whole)
        return NULL;
    atomic_fetch_add(&source->bytes_read, size);
    return source->memory + offset;
}

uint64_t
mim_source_known_size(struct mim_source *source)
{
    return atomic_load(&source->size);
}

uint64_t
mim_source_bytes_read(const struct mim_source *source)
{
    return atomic_load(&source->bytes_read);
}

void
mim_source_add_bytes_read(struct mim_source *source, uint64_t bytes)
{
    atomic_fetch_add(&source->bytes_read, bytes);
}

static enum mim_status
fail_read(const struct mim_source *source, int number, uint64_t offset, struct mim_error *err)
{
    if (source->kind->explains) {
        if (err)
            *err = source->failure;
        return source->failure.status;
    }
    /* an application may set any errno; EXISTS makes no sense for a read */
    enum mim_status status = mim_fail_errno(err, number == EEXIST ? EIO : number, "%.300s: reading at byte %llu",
                                            source->name, (unsigned long long)offset);
    if (err)
        err->offset = offset;
    return status;
}

/* The file was truncated meanwhile, or an application's size() is wrong. Plugins must not take this for the end. */
static enum mim_status
fail_early(const struct mim_source *source, uint64_t offset, uint64_t whole, struct mim_error *err)
{
    enum mim_status status = mim_fail(err, MIM_IO, "%.300s: ends at byte %llu, where it was opened with %llu bytes",
                                      source->name, (unsigned long long)offset, (unsigned long long)whole);
    if (err)
        err->offset = offset;
    return status;
}

/* Reads some bytes: their number, 0 at the end, or minus errno. */
static int64_t
read_some(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    int64_t n;
    do
        n = source->kind->read(source, data, size, offset);
    while (n == -EINTR);
    if (n > 0)
        atomic_fetch_add(&source->bytes_read, (uint64_t)n);
    return n;
}

static int64_t
read_all(struct mim_source *source, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    uint64_t done = 0, whole = atomic_load(&source->size);
    while (done < size) {
        int64_t n = read_some(source, (char *)data + done, size - done, offset + done);
        if (n < 0)
            return -(int64_t)fail_read(source, (int)-n, offset + done, err);
        if (n == 0)
            break;
        done += (uint64_t)n;
    }
    return done == size || offset + done >= whole ? (int64_t)done
                                                  : -(int64_t)fail_early(source, offset + done, whole, err);
}

/* Appends the next chunk of the stream to the spool; at its end the size is known. */
static enum mim_status
take_chunk(struct mim_source *source, uint64_t needed)
{
    uint64_t position = mim_spool_size(source->spool);
    uint64_t size = source->kind->fills && needed < CHUNK_SIZE ? needed : CHUNK_SIZE;
    int64_t n = read_some(source, source->chunk, size, position);
    if (n < 0)
        return fail_read(source, (int)-n, position, &source->failure);
    if (n == 0) {
        atomic_store(&source->size, position);
        return MIM_OK;
    }
    mim_spool_limit(source->spool, atomic_load(&source->spool_limit));
    return mim_spool_write(source->spool, source->chunk, (uint64_t)n, position, &source->failure);
}

/* Spools the stream up to `end`, or to its own end. A failure is permanent, because the bytes of a failed read are
 * lost. */
static enum mim_status
fill_spool(struct mim_source *source, uint64_t end, struct mim_error *err)
{
    while (mim_spool_size(source->spool) < end && atomic_load(&source->size) == MIM_UNKNOWN) {
        enum mim_status status = source->failure.status;
        if (status == MIM_OK)
            status = take_chunk(source, end - mim_spool_size(source->spool));
        if (status != MIM_OK) {
            if (err)
                *err = source->failure;
            return status;
        }
    }
    return MIM_OK;
}

static int64_t
read_stream(struct mim_source *source, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    enum mim_status status = fill_spool(source, offset + size, err);
    if (status != MIM_OK)
        return -(int64_t)status;
    return mim_spool_read(source->spool, data, size, offset, err);
}

int64_t
mim_source_read_at(struct mim_source *source, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    if (offset > INT64_MAX)
        return 0;
    if (size > INT64_MAX - offset)
        size = INT64_MAX - offset;
    if (source->kind->concurrent)
        return read_all(source, data, size, offset, err);

    pthread_mutex_lock(&source->lock);
    int64_t n =
        source->kind->stream ? read_stream(source, data, size, offset, err) : read_all(source, data, size, offset, err);
    pthread_mutex_unlock(&source->lock);
    return n;
}

enum mim_status
mim_source_size(struct mim_source *source, uint64_t *size, struct mim_error *err)
{
    uint64_t known = atomic_load(&source->size);
    if (known == MIM_UNKNOWN) {
        pthread_mutex_lock(&source->lock);
        enum mim_status status = fill_spool(source, UINT64_MAX, err);
        pthread_mutex_unlock(&source->lock);
        if (status != MIM_OK)
            return status;
        known = atomic_load(&source->size);
    }
    *size = known;
    return MIM_OK;
}
