/* SPDX-License-Identifier: MIT */
/* Reference-counted pixel buffers, and the store that recycles them. */
#include "frame/buffer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CACHE_LINE 64u
#define HUGE_PAGE (2u << 20)
#define SLAB (4u * HUGE_PAGE) /* bounds the memory that one live frame can keep allocated */
#define SPARE_BUFFERS 8       /* rarely more buffers return at once */

/* Memory shared by several buffers; freed with the last of them. */
struct slab {
    _Atomic unsigned refs;
    uint64_t used;
    uint8_t *data;
};

struct mim_buffer {
    _Atomic unsigned refs;
    uint64_t size;
    void *data;
    struct slab *slab;             /* NULL: the buffer owns `data` */
    void *mapping;                 /* NULL: no mapping; else `size` bytes that contain `data` */
    struct mim_frame_store *store; /* NULL: does not return to a store */
    struct mim_buffer *next;
};

struct mim_frame_store {
    pthread_mutex_t lock;
    struct mim_buffer *spare;
    unsigned spare_count, spare_max;
    unsigned out;
    bool closed, keeps;
    uint64_t kept;     /* bytes of all buffers so far, with `keeps` */
    struct slab *slab; /* the slab being filled */
};

struct mim_frame_store *
mim_frame_store_create(void)
{
    struct mim_frame_store *store = calloc(1, sizeof *store);
    if (store) {
        pthread_mutex_init(&store->lock, NULL);
        store->spare_max = SPARE_BUFFERS;
    }
    return store;
}

void
mim_frame_store_expect(struct mim_frame_store *store, uint64_t count)
{
    pthread_mutex_lock(&store->lock);
    store->spare_max = count > SPARE_BUFFERS ? (unsigned)count : SPARE_BUFFERS;
    pthread_mutex_unlock(&store->lock);
}

void
mim_frame_store_keep(struct mim_frame_store *store)
{
    store->keeps = true;
}

static void *
allocate_pages(uint64_t size)
{
    if (size > PTRDIFF_MAX)
        return NULL;
    if (size < HUGE_PAGE)
        return aligned_alloc(CACHE_LINE, (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);

    void *data = NULL;
    if (posix_memalign(&data, HUGE_PAGE, size))
        return NULL;
    madvise(data, size, MADV_HUGEPAGE);
    return data;
}

static void
slab_release(struct slab *slab)
{
    if (!slab || atomic_fetch_sub(&slab->refs, 1) != 1)
        return;
    free(slab->data);
    free(slab);
}

static struct slab *
slab_create(void)
{
    struct slab *slab = calloc(1, sizeof *slab);
    if (!slab)
        return NULL;
    atomic_init(&slab->refs, 1);
    slab->data = allocate_pages(SLAB);
    if (slab->data)
        return slab;
    free(slab);
    return NULL;
}

/* `size` is at most SLAB. false: no memory. */
static bool
cut_from_slab(struct mim_buffer *buffer, struct mim_frame_store *store, uint64_t size)
{
    uint64_t padded = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    if (!store->slab || SLAB - store->slab->used < padded) {
        slab_release(store->slab);
        store->slab = slab_create();
    }
    if (!store->slab)
        return false;
    buffer->slab = store->slab;
    atomic_fetch_add(&buffer->slab->refs, 1);
    buffer->data = buffer->slab->data + buffer->slab->used;
    buffer->slab->used += padded;
    return true;
}

static void
buffer_free(struct mim_buffer *buffer)
{
    if (buffer->slab)
        slab_release(buffer->slab);
    else if (buffer->mapping)
        munmap(buffer->mapping, buffer->size);
    else
        free(buffer->data);
    free(buffer);
}

static void
store_free(struct mim_frame_store *store)
{
    pthread_mutex_destroy(&store->lock);
    free(store);
}

void
mim_frame_store_close(struct mim_frame_store *store)
{
    if (!store)
        return;

    pthread_mutex_lock(&store->lock);
    store->closed = true;
    struct mim_buffer *spare = store->spare;
    store->spare = NULL;
    slab_release(store->slab);
    store->slab = NULL;
    bool last = store->out == 0;
    pthread_mutex_unlock(&store->lock);

    while (spare) {
        struct mim_buffer *next = spare->next;
        buffer_free(spare);
        spare = next;
    }
    if (last)
        store_free(store);
}

static struct mim_buffer *
take_spare(struct mim_frame_store *store, uint64_t size)
{
    struct mim_buffer **at = &store->spare, *found;
    while (*at && (*at)->size != size)
        at = &(*at)->next;
    found = *at;
    if (found) {
        *at = found->next;
        store->spare_count--;
        atomic_store(&found->refs, 1);
    }
    return found;
}

static struct mim_buffer *
buffer_create(struct mim_frame_store *store, uint64_t size)
{
    struct mim_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return NULL;
    buffer->size = size;
    buffer->store = store;
    atomic_init(&buffer->refs, 1);
    bool shares = store && store->keeps && (store->kept += size) > HUGE_PAGE && size <= SLAB / 2;
    if (!shares)
        buffer->data = allocate_pages(size ? size : 1);
    if (shares ? cut_from_slab(buffer, store, size ? size : 1) : buffer->data != NULL)
        return buffer;
    free(buffer);
    return NULL;
}

struct mim_buffer *
mim_buffer_get(struct mim_frame_store *store, uint64_t size)
{
    if (!store)
        return buffer_create(NULL, size);
    pthread_mutex_lock(&store->lock);
    struct mim_buffer *buffer = take_spare(store, size);
    if (!buffer)
        buffer = buffer_create(store, size);
    if (buffer)
        store->out++;
    pthread_mutex_unlock(&store->lock);
    return buffer;
}

struct mim_buffer *
mim_buffer_of_mapping(void *mapping, uint64_t size, uint64_t start)
{
    struct mim_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer) {
        munmap(mapping, size);
        return NULL;
    }
    buffer->mapping = mapping;
    buffer->size = size;
    buffer->data = (uint8_t *)mapping + start;
    atomic_init(&buffer->refs, 1);
    return buffer;
}

struct mim_buffer *
mim_buffer_ref(struct mim_buffer *buffer)
{
    atomic_fetch_add(&buffer->refs, 1);
    return buffer;
}

/* Drops spare buffers of other sizes: former sizes rarely return. */
static struct mim_buffer *
put_spare(struct mim_frame_store *store, struct mim_buffer *buffer)
{
    struct mim_buffer *obsolete = NULL;
    if (store->spare && (store->spare->size != buffer->size || store->spare_count >= store->spare_max)) {
        obsolete = store->spare;
        store->spare = obsolete->next;
        store->spare_count--;
    }
    buffer->next = store->spare;
    store->spare = buffer;
    store->spare_count++;
    return obsolete;
}

void
mim_buffer_release(struct mim_buffer *buffer)
{
    if (!buffer || atomic_fetch_sub(&buffer->refs, 1) != 1)
        return;

    struct mim_frame_store *store = buffer->store;
    if (!store) {
        buffer_free(buffer);
        return;
    }

    pthread_mutex_lock(&store->lock);
    store->out--;
    bool closed = store->closed, last = closed && store->out == 0;
    struct mim_buffer *obsolete = closed ? buffer : put_spare(store, buffer);
    pthread_mutex_unlock(&store->lock);

    if (obsolete)
        buffer_free(obsolete);
    if (last)
        store_free(store);
}

void *
mim_buffer_data(struct mim_buffer *buffer)
{
    return buffer->data;
}
