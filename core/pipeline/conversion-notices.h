/* SPDX-License-Identifier: MIT */
/* Notices about what a conversion lost. */
#ifndef MIM_CORE_PIPELINE_CONVERSION_NOTICES_H
#define MIM_CORE_PIPELINE_CONVERSION_NOTICES_H

#include "frame/conversion.h"
#include "plugin/operation.h"

/* Reports losses that depend on the samples: negative values, transparency. */
enum mim_status mim_conversion_report(const struct mim_conversion *conversion, const struct mim_conversion_loss *loss,
                                      struct mim_operation *operation, const struct mim_notice_origin *origin,
                                      struct mim_error *err);
/* Reports losses that depend on the layout: fewer bits, no colours. For conversions that the caller did not ask for. */
enum mim_status mim_conversion_report_layout(const struct mim_conversion *conversion, struct mim_operation *operation,
                                             const struct mim_notice_origin *origin, struct mim_error *err);

/* Reports a frame that is delivered without so many of its pixels. */
enum mim_status mim_damage_report(uint64_t pixels, uint32_t width, uint32_t height, struct mim_operation *operation,
                                  const struct mim_notice_origin *origin, struct mim_error *err);

#endif
