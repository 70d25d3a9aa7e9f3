/* SPDX-License-Identifier: MIT */
/* Two contexts in two threads, each with its own pool, are independent. Run it with ThreadSanitizer. */
#include <pthread.h>

#include "subject.h"

#define ROUNDS 4

struct side {
    pthread_t thread;
    unsigned threads;
    struct outcome read[32], gif[32], tiff[32];
    bool same;
};

static bool
one_round(struct side *side, struct mim_context *context, bool first)
{
    bool same = true;
    for (size_t i = 0; i < subject_count; i++) {
        struct attempt attempt = { .subject = &subjects[i], .context = context };
        const struct outcome now[] = {
            subject_try(&attempt),
            subject_try(&(struct attempt){ .subject = &subjects[i], .context = context, .to = "tiff" }),
        };
        same = same && (first || (outcome_equal(&now[0], &side->read[i]) && outcome_equal(&now[1], &side->tiff[i])));
        side->read[i] = now[0];
        side->tiff[i] = now[1];
        if (subject_is(&subjects[i], "tif"))
            continue; /* some pages cannot be stored in a GIF */
        attempt.to = "gif";
        struct outcome gif = subject_try(&attempt);
        same = same && (first || outcome_equal(&gif, &side->gif[i]));
        side->gif[i] = gif;
    }
    return same;
}

static void *
operation(void *argument)
{
    struct side *side = argument;
    side->same = true;
    for (int round = 0; round < ROUNDS; round++) {
        struct mim_context *context = NULL;
        if (subject_context(&context, side->threads) != MIM_OK)
            side->same = false;
        else
            side->same = one_round(side, context, !round) && side->same;
        mim_context_destroy(context);
    }
    return NULL;
}

static void
work_beside(struct side *one, struct side *other)
{
    CHECK(pthread_create(&one->thread, NULL, operation, one) == 0);
    CHECK(pthread_create(&other->thread, NULL, operation, other) == 0);
    pthread_join(one->thread, NULL);
    pthread_join(other->thread, NULL);
}

static void
two_contexts_in_two_threads_are_independent(void)
{
    static struct side side_inputs[2];
    side_inputs[0].threads = 1;
    side_inputs[1].threads = 3;
    work_beside(&side_inputs[0], &side_inputs[1]);
    for (size_t i = 0; i < 2; i++)
        CHECK(side_inputs[i].same);
    for (size_t i = 0; i < subject_count; i++) {
        CHECK(side_inputs[0].read[i].status == MIM_OK && side_inputs[0].tiff[i].status == MIM_OK &&
              side_inputs[0].gif[i].status == MIM_OK);
        CHECK(outcome_equal(&side_inputs[0].read[i], &side_inputs[1].read[i]));
        CHECK(outcome_equal(&side_inputs[0].tiff[i], &side_inputs[1].tiff[i]));
        CHECK(outcome_equal(&side_inputs[0].gif[i], &side_inputs[1].gif[i]));
    }
}

int
main(void)
{
    static const struct CMUnitTest cases[] = { CASE(two_contexts_in_two_threads_are_independent) };
    subjects_load_seeds();
    return cmocka_run_group_tests_name("contexts", cases, NULL, NULL);
}
