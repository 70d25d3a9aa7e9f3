/* SPDX-License-Identifier: MIT */
/* Smaller copies and masks of other frames, which conversions leave out. */
#ifndef MIM_CORE_API_REDUCED_FRAMES_H
#define MIM_CORE_API_REDUCED_FRAMES_H

#include <stdbool.h>

#include <mim/reader.h>

#include "plugin/writer-calls.h"

/* Leave them out if the writer has another format than the reader. false: the reader has none. */
bool mim_reduced_frames_leave_out(struct mim_reader *reader, const struct mim_plugin_writer *writer);
/* Report how many were left out. */
enum mim_status mim_reduced_frames_report(const struct mim_reader *reader, struct mim_plugin_writer *writer,
                                          struct mim_error *err);

#endif
