/* SPDX-License-Identifier: MIT */
/* Decoding where the system starts no threads. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include "reading.h"

enum { FRAMES = 12 };

static bool is_refused; /* whether no more threads can be started */
static unsigned refusals;

/* Libraries call this definition. */
int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    if (is_refused) {
        refusals++;
        return EAGAIN;
    }
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    return create(thread, attributes, run, argument);
}

static void
start(struct reading *reading, const struct clip *clip)
{
    reading_init(reading, clip, VIDEO_mkv);
    reading->job.threads = 4;
    CHECK(reading_start(reading) == MIM_OK);
}

static void
one_thread_decodes_the_same_pictures(void)
{
    struct clip clip = clip_make(&(struct clip_plan){ "matroska", "mpeg4", WIDTH, HEIGHT, FRAMES, 6, 2 });
    struct reading usual, alone;

    start(&usual, &clip);
    is_refused = true;
    start(&alone, &clip);
    for (uint64_t frame = FRAMES; frame-- > 0;) { /* seeks, too */
        is_refused = false;
        CHECK(reading_frame(&usual, frame) == MIM_OK);
        is_refused = true;
        CHECK(reading_frame(&alone, frame) == MIM_OK && alone.sum == usual.sum);
    }
    CHECK(refusals > 0);
    is_refused = false;
    reading_close(&usual);
    reading_close(&alone);
    clip_free(&clip);
}

int
main(void)
{
    const struct CMUnitTest cases[] = { CASE(one_thread_decodes_the_same_pictures) };
    return cmocka_run_group_tests_name("no threads", cases, NULL, NULL);
}
