/* SPDX-License-Identifier: MIT */
/* Counted buffers and the stores that they return to. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "frame/buffer.h"
#include "check.h"
#include "failing-memory.h"

static void
buffers_come_back_by_their_size(void)
{
    struct mim_frame_store *store = mim_frame_store_create();
    CHECK(store);
    struct mim_buffer *a = mim_buffer_get(store, 1000), *b = mim_buffer_get(store, 1000);
    CHECK(a && b && a != b);
    mim_buffer_release(a);
    CHECK(mim_buffer_get(store, 1000) == a); /* the same again */
    mim_buffer_release(a);
    struct mim_buffer *c = mim_buffer_get(store, 2000);
    CHECK(c && c != a);
    CHECK(mim_buffer_ref(b) == b);
    mim_buffer_release(b);
    struct mim_buffer *d = mim_buffer_get(store, 1000);
    CHECK(d == a); /* b is still held by somebody */
    mim_buffer_release(b);
    CHECK(mim_buffer_get(store, 1000) == b);
    mim_buffer_release(b);
    mim_buffer_release(c);
    mim_buffer_release(d);
    mim_frame_store_close(store);
    mim_frame_store_close(NULL);
}

static void
buffers_outlive_their_store(void)
{
    struct mim_frame_store *store = mim_frame_store_create();
    CHECK(store);
    struct mim_buffer *a = mim_buffer_get(store, 64), *b = mim_buffer_get(store, 64), *c = mim_buffer_get(NULL, 0);
    CHECK(a && b && c);
    mim_buffer_release(a);
    mim_frame_store_close(store);
    memset(mim_buffer_data(b), 1, 64);
    mim_buffer_release(b);
    mim_buffer_release(c);
    mim_buffer_release(NULL);
}

#define KEPT 40
#define KEPT_SIZE 300001u

/* Each buffer is its owner's alone, however they lie, and in whatever order they go. */
static void
kept_buffers_do_not_overlap(void)
{
    struct mim_frame_store *store = mim_frame_store_create();
    struct mim_buffer *buffers[KEPT];
    CHECK(store);
    mim_frame_store_keep(store);
    for (int i = 0; i < KEPT; i++) {
        CHECK((buffers[i] = mim_buffer_get(store, KEPT_SIZE)));
        CHECK((uintptr_t)mim_buffer_data(buffers[i]) % 64 == 0);
        memset(mim_buffer_data(buffers[i]), i, KEPT_SIZE);
    }
    mim_frame_store_close(store);
    for (int k = 0; k < KEPT; k++) {
        int i = k * 7 % KEPT;
        const uint8_t *data = mim_buffer_data(buffers[i]);
        CHECK(data[0] == i && !memcmp(data, data + 1, KEPT_SIZE - 1));
        mim_buffer_release(buffers[i]);
    }
}

static bool
keep_some(void)
{
    struct mim_frame_store *store = mim_frame_store_create();
    if (!store)
        return false;
    mim_frame_store_keep(store);
    bool all = true;
    for (unsigned i = 0; i < 12; i++) {
        struct mim_buffer *buffer = mim_buffer_get(store, 500000 + 1000000 * (i % 3));
        all = all && buffer;
        mim_buffer_release(buffer);
    }
    mim_frame_store_close(store);
    return all;
}

static void
no_memory_for_retained_buffers_leaks_nothing(void)
{
    memory_try_all(keep_some);
}

static void *
take_and_release(void *store)
{
    for (unsigned i = 0; i < 3000; i++) {
        struct mim_buffer *buffer = mim_buffer_get(store, 100 + i % 3);
        if (!buffer)
            return store;
        memset(mim_buffer_data(buffer), (int)i, 100 + i % 3);
        mim_buffer_release(buffer);
    }
    return NULL;
}

static void
threads_share_a_store(void)
{
    struct mim_frame_store *store = mim_frame_store_create();
    pthread_t threads[3];
    void *failed;

    CHECK(store);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, take_and_release, store) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], &failed) == 0 && !failed);
    mim_frame_store_close(store);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(buffers_come_back_by_their_size), CASE(buffers_outlive_their_store),
        CASE(kept_buffers_do_not_overlap),     CASE(no_memory_for_retained_buffers_leaks_nothing),
        CASE(threads_share_a_store),
    };
    return cmocka_run_group_tests_name("buffer", cases, NULL, NULL);
}
