/* SPDX-License-Identifier: MIT */
/* Checks what a plugin says of a frame, before the core relies on it. */
#include "plugin/frame-facts.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/sample.h"
#include "plugin/operation.h"

#define MAX_PARTS (1u << 24)

/* The fault of a reader's frame, or NULL. */
static const char *
frame_fault(const struct mim_sequence *sequence, const struct mim_frame_info *info)
{
    bool composed = sequence->canvas_width, indices = info->sample == MIM_SAMPLE_INDEX8;
    int32_t sample = sequence->canvas_sample ? sequence->canvas_sample : MIM_SAMPLE_U8;
    uint32_t colours = sequence->canvas_channels ? sequence->canvas_channels : 3;

    if (!mim_sample_facts((enum mim_sample)info->sample) || (indices && (!composed || sample == MIM_SAMPLE_U16)))
        return "a sample type that frames do not have";
    if (!info->channels || (indices && info->channels != 1) || (composed && info->channels > 4))
        return "a number of channels that frames do not have";
    if (indices && sample > MIM_SAMPLE_U8)
        return "indices for a canvas of more than 8 bits";
    if (composed && !indices && (info->sample != sample || info->channels - !(info->channels % 2) != colours))
        return "samples that its canvas does not have";
    if (composed && info->flags & MIM_FRAME_RAW)
        return "raw samples for a canvas";
    if (!composed && (!info->width || !info->height))
        return "no pixels";
    return info->parts > MAX_PARTS ? "too many parts" : NULL;
}

enum mim_status
mim_frame_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence, uint64_t index,
                      struct mim_frame_info *info, struct mim_error *err)
{
    const char *fault = frame_fault(sequence, info);
    if (fault)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin %s gives frame %" PRIu64 " %s", operation->plugin, index,
                        fault);
    if (!info->parts)
        info->parts = 1;
    return MIM_OK;
}

enum mim_status
mim_frame_facts_check_accepted(const struct mim_operation *operation, uint64_t index,
                               const struct mim_frame_info *before, struct mim_frame_info *info, struct mim_error *err)
{
    bool sound = mim_sample_facts((enum mim_sample)info->sample) && info->sample != MIM_SAMPLE_INDEX8 &&
                 info->channels && info->width == before->width && info->height == before->height &&
                 info->parts <= MAX_PARTS;
    if (!sound)
        return mim_fail(err, MIM_BROKEN_PLUGIN,
                        "the plugin %s asks for frame %" PRIu64 " in a form that frames do not have", operation->plugin,
                        index);
    if (!info->parts)
        info->parts = 1;
    return MIM_OK;
}
