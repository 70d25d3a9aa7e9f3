/* SPDX-License-Identifier: MIT */
/* Checks what a plugin says of a sequence and its frames, before the core relies on it. */
#include "plugin/frame-facts.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/sample.h"
#include "plugin/operation.h"

#define MAX_PARTS (1u << 24)

/* The fault of an open sequence, or NULL. Composing checks the canvas. */
static const char *
sequence_fault(const struct mim_sequence *sequence)
{
    if (sequence->time_den && !sequence->time_num)
        return "a time base of 0 seconds";
    if (sequence->opaque < -1 || sequence->opaque > 1)
        return "an opacity other than -1, 0 or 1";
    if (sequence->sure < MIM_SURE_NONE || sequence->sure > MIM_SURE_EXACT)
        return "an unknown certainty of its count";
    return sequence->loop < -1 ? "a loop count below -1" : NULL;
}

enum mim_status
mim_sequence_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence, struct mim_error *err)
{
    const char *fault = sequence_fault(sequence);
    return fault ? mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin %s gives the sequence %s", operation->plugin, fault) : MIM_OK;
}

/* The fault in how long a frame is shown and how it is drawn, or NULL. */
static const char *
showing_fault(const struct mim_frame_info *info)
{
    if (info->duration < 0)
        return "a negative duration";
    if (info->dispose < MIM_DISPOSE_KEEP || info->dispose > MIM_DISPOSE_PREVIOUS)
        return "an unknown disposal";
    return info->blend < MIM_BLEND_REPLACE || info->blend > MIM_BLEND_OVER ? "an unknown blending" : NULL;
}

/* The fault of a reader's frame, or NULL. */
static const char *
frame_fault(const struct mim_sequence *sequence, const struct mim_frame_info *info, bool has_pixels)
{
    bool composed = sequence->canvas_width, indices = info->sample == MIM_SAMPLE_INDEX8;
    int32_t sample = sequence->canvas_sample ? sequence->canvas_sample : MIM_SAMPLE_U8;
    uint32_t colours = sequence->canvas_channels ? sequence->canvas_channels : 3;

    if (!mim_sample_facts((enum mim_sample)info->sample) || (indices && (!composed || sample == MIM_SAMPLE_U16)))
        return "a sample type that frames do not have";
    if (!info->channels || (indices && info->channels != 1) || (composed && info->channels > 4))
        return "a number of channels that frames do not have";
    if (info->sample == MIM_SAMPLE_U1 && info->channels != 1)
        return "bits of more than one channel";
    if (indices && sample > MIM_SAMPLE_U8)
        return "indices for a canvas of more than 8 bits";
    if (composed && !indices && (info->sample != sample || info->channels - !(info->channels % 2) != colours))
        return "samples that its canvas does not have";
    if (composed && info->flags & MIM_FRAME_RAW)
        return "raw samples for a canvas";
    if (!composed && (!info->width || !info->height))
        return "no pixels";
    if (!has_pixels && !(info->flags & MIM_FRAME_RAW))
        return "neither raw samples nor the op pixels";
    return info->parts > MAX_PARTS ? "too many parts" : showing_fault(info);
}

enum mim_status
mim_frame_facts_check(const struct mim_operation *operation, const struct mim_sequence *sequence, uint64_t index,
                      bool has_pixels, struct mim_frame_info *info, struct mim_error *err)
{
    const char *fault = frame_fault(sequence, info, has_pixels);
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
    bool is_packed = info->sample == MIM_SAMPLE_U1;
    bool sound = mim_sample_facts((enum mim_sample)info->sample) && info->sample != MIM_SAMPLE_INDEX8 &&
                 info->channels && (!is_packed || info->channels == 1) && info->width == before->width &&
                 info->height == before->height && info->parts <= MAX_PARTS;
    if (!sound)
        return mim_fail(err, MIM_BROKEN_PLUGIN,
                        "the plugin %s asks for frame %" PRIu64 " in a form that frames do not have", operation->plugin,
                        index);
    if (!info->parts)
        info->parts = 1;
    return MIM_OK;
}
