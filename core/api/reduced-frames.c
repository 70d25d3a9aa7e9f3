/* SPDX-License-Identifier: MIT */
/* Frames of a conversion that are smaller copies or masks of others. */
#include "api/reduced-frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/reader-priv.h"

bool
mim_reduced_frames_leave_out(struct mim_reader *reader, const struct mim_plugin_writer *writer)
{
    return strcmp(reader->format, writer->format) != 0 && mim_decoder_leave_out_reduced(reader->decoder);
}

enum mim_status
mim_reduced_frames_report(const struct mim_reader *reader, struct mim_plugin_writer *writer, struct mim_error *err)
{
    char text[120];
    uint64_t count = mim_decoder_left_out(reader->decoder);
    if (!count)
        return MIM_OK;
    snprintf(text, sizeof text, "%" PRIu64 " reduced or mask page%s left out: the option reduced=yes keeps them", count,
             count == 1 ? " is" : "s are");
    return mim_operation_notice(writer->operation, MIM_NOTICE_FRAMES, MIM_UNKNOWN, text, err);
}
