/* SPDX-License-Identifier: MIT */
/* Frames whose samples lie plain in the source (MIM_FRAME_RAW): the core reads or maps them without the plugin. */
#ifndef MIM_CORE_PIPELINE_RAW_SAMPLES_H
#define MIM_CORE_PIPELINE_RAW_SAMPLES_H

#include <mim/plugin.h>

#include "io/source-map.h"
#include "io/source.h"

/* CORRUPT or TRUNCATED when the source does not hold the samples. To be called before memory is taken, because a header may
 * claim more than the file has. */
enum mim_status mim_raw_samples_check(struct mim_source *source, const struct mim_frame_info *info,
                                      struct mim_error *err);
/* Map the samples for use in place. false: they have to be read. */
bool mim_raw_samples_map(struct mim_source *source, const struct mim_frame_info *info, struct mim_mapping *mapping);
/* Reading is split into parts, which any threads may read. */
uint32_t mim_raw_samples_parts(const struct mim_frame_info *info);
enum mim_status mim_raw_samples_read(struct mim_source *source, const struct mim_frame_info *info, uint32_t part,
                                     struct mim_raster *to, struct mim_error *err);
/* After TRUNCATED: keep the whole rows that the source has. Adds the number of pixels that it does not have, which become zeros, to
 * err->needed. */
void mim_raw_samples_salvage(struct mim_source *source, const struct mim_frame_info *info, uint32_t part, struct mim_raster *to,
                             struct mim_error *err);

#endif
