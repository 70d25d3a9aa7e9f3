/* SPDX-License-Identifier: MIT */
/* What a conversion lost, as notices. */
#ifndef MIM_CORE_PIPELINE_CONVERSION_NOTICES_H
#define MIM_CORE_PIPELINE_CONVERSION_NOTICES_H

#include "frame/conversion.h"
#include "plugin/operation.h"

/* Of the samples that were met: clipped, composited. */
enum mim_status mim_conversion_report(const struct mim_conversion *conversion, const struct mim_conversion_loss *loss,
                                      struct mim_operation *operation, const struct mim_notice_origin *origin,
                                      struct mim_error *err);
/* Of any samples: fewer bits, no colours. For conversions that nobody asked for by name. */
enum mim_status mim_conversion_report_layout(const struct mim_conversion *conversion, struct mim_operation *operation,
                                             const struct mim_notice_origin *origin, struct mim_error *err);

#endif
