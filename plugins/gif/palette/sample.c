/* SPDX-License-Identifier: MIT */
/* Samples at random, since every n-th pixel may be one column. The generator's seed is fixed. */
#include "palette/sample.h"

#include "palette/key.h"

void
gif_sample_clear(struct gif_sample *sample)
{
    sample->count = sample->offset = 0;
    sample->left = 0;
    sample->every = 1;
    sample->random = 1;
}

static uint32_t
next_random(struct gif_sample *sample)
{
    sample->random = sample->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return sample->random >> 33;
}

/* Drop a random one of every two pixels, and sample half as often from here on. */
static void
halve_sample(struct gif_sample *sample)
{
    sample->count /= 2;
    for (uint32_t i = 0; i < sample->count; i++)
        sample->keys[i] = sample->keys[2 * i + (next_random(sample) & 1)];
    sample->every *= 2;
}

void
gif_sample_add(struct gif_sample *sample, const uint32_t *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (sample->left) {
            uint32_t skip = sample->left < count - i ? sample->left : count - i;
            i += skip - 1;
            sample->left -= skip;
            continue;
        }
        if (keys[i] == GIF_TRANSPARENT)
            continue;
        if (sample->count == GIF_SAMPLE_MAX)
            halve_sample(sample);
        sample->keys[sample->count++] = keys[i];
        sample->left = sample->every - 1 - sample->offset;
        sample->offset = next_random(sample) & (sample->every - 1);
        sample->left += sample->offset;
    }
}
