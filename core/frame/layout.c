/* SPDX-License-Identifier: MIT */
/* Joins layouts. */
#include "frame/layout.h"

#include "base/sample.h"

#define MOST_CHANNELS 4 /* that have a meaning */

static bool
is_unsigned(enum mim_sample sample)
{
    return sample == MIM_SAMPLE_U1 || (sample >= MIM_SAMPLE_U8 && sample <= MIM_SAMPLE_U64);
}

bool
mim_layout_join(struct mim_layout *layout, enum mim_sample sample, uint32_t channels)
{
    if (!channels)
        return false;
    if (!layout->channels)
        *layout = (struct mim_layout){ sample, channels };
    bool is_sample = sample == layout->sample || (is_unsigned(sample) && is_unsigned(layout->sample));
    bool is_colour = channels == layout->channels || (channels <= MOST_CHANNELS && layout->channels <= MOST_CHANNELS);
    if (!is_sample || !is_colour)
        return false;
    if (mim_sample_facts(sample)->max > mim_sample_facts(layout->sample)->max)
        layout->sample = sample;
    if (channels != layout->channels)
        layout->channels = (channels < 3 && layout->channels < 3 ? 1u : 3u) + (channels % 2 == 0 || layout->channels % 2 == 0);
    if (layout->sample == MIM_SAMPLE_U1 && layout->channels > 1)
        layout->sample = MIM_SAMPLE_U8;
    return true;
}
