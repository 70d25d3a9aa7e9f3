/* SPDX-License-Identifier: MIT */
/* Wording of the notices about conversions. */
#include "pipeline/conversion-notices.h"

#include <inttypes.h>
#include <stdio.h>

enum mim_status
mim_conversion_report(const struct mim_conversion *conversion, const struct mim_conversion_loss *loss,
                      struct mim_operation *operation, const struct mim_notice_origin *origin, struct mim_error *err)
{
    const uint8_t *ground = conversion->background;
    char text[80];
    enum mim_status status = MIM_OK;

    if (loss->clipped)
        status = mim_operation_notice_at(operation, MIM_NOTICE_DEPTH, origin, "negative samples become 0", err);
    if (status == MIM_OK && loss->transparent) {
        snprintf(text, sizeof text, "transparent pixels are composited on #%02x%02x%02x", ground[0], ground[1],
                 ground[2]);
        status = mim_operation_notice_at(operation, MIM_NOTICE_ALPHA, origin, text, err);
    }
    return status;
}

enum mim_status
mim_conversion_report_layout(const struct mim_conversion *conversion, struct mim_operation *operation,
                             const struct mim_notice_origin *origin, struct mim_error *err)
{
    char text[80];
    enum mim_status status = MIM_OK;

    if (mim_conversion_reduces(conversion)) {
        snprintf(text, sizeof text, "samples are reduced from %s to %s", mim_sample_name(conversion->from_sample),
                 mim_sample_name(conversion->to_sample));
        status = mim_operation_notice_at(operation, MIM_NOTICE_DEPTH, origin, text, err);
    }
    if (status == MIM_OK && mim_conversion_grays(conversion))
        status = mim_operation_notice_at(operation, MIM_NOTICE_COLOUR, origin, "colours become gray", err);
    return status;
}

enum mim_status
mim_damage_report(uint64_t pixels, uint32_t width, uint32_t height, struct mim_operation *operation,
                  const struct mim_notice_origin *origin, struct mim_error *err)
{
    uint64_t rows = (pixels + width - 1) / width; /* planes that are stored apart count once each */
    char text[120];
    snprintf(text, sizeof text, "%" PRIu64 " of %" PRIu32 " rows are missing in a damaged frame", rows < height ? rows : height,
             height);
    return mim_operation_notice_at(operation, MIM_NOTICE_DAMAGED, origin, text, err);
}
