/* SPDX-License-Identifier: MIT */
/* Choosing the frames that a reader delivers next, and bounding them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/reader-priv.h"
#include "base/error.h"
#include "base/size.h"
#include "frame/frame.h"

void
mim_reader_clear_selection(struct mim_reader *reader)
{
    if (reader->selection)
        mim_selection_clear(reader->selection);
    free(reader->selection);
    reader->selection = NULL;
}

static uint64_t
exact_count(const struct mim_reader *reader)
{
    enum mim_certainty certainty;
    uint64_t count = mim_reader_count(reader, &certainty);
    return certainty == MIM_SURE_EXACT ? count : MIM_UNKNOWN;
}

/* Takes over the selection. */
static void
follow(struct mim_reader *reader, struct mim_selection *selection)
{
    mim_decoder_select(reader->decoder, selection);
    mim_reader_clear_selection(reader);
    reader->selection = selection;
    reader->is_selecting = true;
    reader->is_stepping = false;
    reader->in_a_row = 0;
    reader->delivered_before = reader->delivered;
}

enum mim_status
mim_reader_select(struct mim_reader *reader, const struct mim_range *ranges, size_t range_count, int partial,
                  struct mim_error *err)
{
    uint64_t total = exact_count(reader);
    if (total == MIM_UNKNOWN && mim_ranges_need_count(ranges, range_count)) {
        enum mim_status status = mim_reader_count_exactly(reader, &total, err);
        if (status != MIM_OK && !(partial && total))
            return status;
    }
    struct mim_selection *selection = calloc(1, sizeof *selection);
    enum mim_status status = selection ? mim_selection_resolve(selection, ranges, range_count, total, err)
                                       : mim_fail_nomem(err, "a selection of frames");
    if (status != MIM_OK) {
        free(selection);
        return status;
    }

    follow(reader, selection);
    reader->total = total;
    return MIM_OK;
}

bool
mim_reader_is_forward(const struct mim_reader *reader)
{
    return !reader->is_selecting || mim_selection_is_forward(reader->selection);
}

uint64_t
mim_reader_selected(const struct mim_reader *reader, uint64_t *first)
{
    uint64_t total = exact_count(reader), index = reader->position;
    bool is_any =
        reader->is_selecting ? mim_cursor_index(&(struct mim_cursor){ 0 }, reader->selection, &index) : index < total;
    if (first)
        *first = is_any ? index : MIM_UNKNOWN;
    if (!reader->is_selecting)
        return total == MIM_UNKNOWN ? total : is_any ? total - index : 0;
    return mim_selection_size(reader->selection, total == MIM_UNKNOWN ? reader->total : total);
}

enum mim_status
mim_reader_skip(struct mim_reader *reader, const struct mim_error *error, struct mim_error *err)
{
    if (!reader->series)
        return mim_fail(err, MIM_ARGUMENT, "only frames of a series can be left out");
    if (reader->is_selecting) {
        mim_decoder_skip(reader->decoder);
    } else {
        reader->position++;
        reader->in_a_row = 0;
    }
    if (!error)
        return MIM_OK;

    char text[200];
    uint64_t frame = error->frame;
    snprintf(text, sizeof text, "left out: %.180s", error->message);
    enum mim_status status = mim_operation_notice(&reader->operation, MIM_NOTICE_FRAMES, frame, text, err);
    return status == MIM_OK ? mim_reader_deliver(reader, frame, err) : status;
}

/* --- all frames in memory ----------------------------------------------------------------------------------------- */

/* The number of frames to come, by the header's count. */
static uint64_t
count_by_header(const struct mim_reader *reader)
{
    enum mim_certainty certainty;
    uint64_t total = mim_reader_count(reader, &certainty);
    if (certainty != MIM_SURE_HEADER)
        return MIM_UNKNOWN;
    if (reader->is_selecting)
        return mim_selection_size(reader->selection, total);
    return total > reader->position ? total - reader->position : 0;
}

/* The bytes of each frame, or 0 if frames may differ in shape. Decodes nothing. */
static uint64_t
bytes_of_each(struct mim_reader *reader)
{
    struct mim_frame_info info;
    uint64_t first = 0, bytes = 0;
    mim_reader_selected(reader, &first);
    reader->in_a_row = 0;
    if (mim_decoder_info(reader->decoder, first == MIM_UNKNOWN ? 0 : first, &info, NULL) != MIM_OK)
        return 0;
    if (!mim_decoder_sequence(reader->decoder)->canvas_width && !(info.flags & MIM_FRAME_ALIKE))
        return 0;
    mim_row_bytes(info.width, info.channels, (enum mim_sample)info.sample, &bytes);
    mim_size_mul(bytes, info.height, &bytes);
    return bytes;
}

/* `frames`: how many are to come; MIM_UNKNOWN: as many as the header says. */
static enum mim_status
check_result(struct mim_reader *reader, uint64_t frames, uint64_t limit, struct mim_error *err)
{
    uint64_t needed = 0;
    bool is_by_header = frames == MIM_UNKNOWN;
    if (is_by_header)
        frames = count_by_header(reader);
    uint64_t each = limit == MIM_NO_LIMIT || frames == MIM_UNKNOWN || !frames ? 0 : bytes_of_each(reader);
    mim_size_mul(each, frames, &needed);
    if (needed <= limit)
        return MIM_OK;
    return mim_fail_limit(err, needed, limit,
                          "the result exceeds its budget: %" PRIu64 " frames%s of %" PRIu64 " bytes each need %" PRIu64
                          " bytes, which exceed the limit memory=%" PRIu64 MIM_RESULT_ADVICE,
                          frames, is_by_header ? " by its header" : "", each, needed, limit);
}

enum mim_status
mim_reader_limit_result(struct mim_reader *reader, uint64_t frames, struct mim_error *err)
{
    uint64_t limit = reader->operation.control.limits.result_bytes;
    reader->is_limited = true;
    mim_decoder_limit_result(reader->decoder, limit);
    mim_decoder_expect_result(reader->decoder);
    return check_result(reader, frames, limit, err);
}

static enum mim_status
select_list(struct mim_reader *reader, const uint64_t *indices, size_t count, struct mim_error *err)
{
    uint64_t total = exact_count(reader);
    for (size_t i = 0; i < count && total != MIM_UNKNOWN; i++)
        if (indices[i] >= total)
            return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, indices[i],
                            total);
    struct mim_selection *selection = calloc(1, sizeof *selection);
    enum mim_status status = selection ? mim_selection_of_list(selection, indices, count, err)
                                       : mim_fail_nomem(err, "a selection of frames");
    if (status != MIM_OK) {
        free(selection);
        return status;
    }
    follow(reader, selection);
    return MIM_OK;
}

enum mim_status
mim_reader_read_many(struct mim_reader *reader, const uint64_t *indices, size_t count, struct mim_frame *frames,
                     struct mim_error *err)
{
    uint64_t limit = reader->operation.control.limits.result_bytes;
    if (count && (!indices || !frames))
        return mim_fail(err, MIM_ARGUMENT, "no indices to read, or no frames to read them into");
    enum mim_status status = reader->is_limited ? MIM_OK : check_result(reader, count, limit, err);
    if (status == MIM_OK)
        status = select_list(reader, indices, count, err);
    if (status != MIM_OK)
        return status;

    if (!reader->is_limited)
        mim_decoder_limit_result(reader->decoder, limit);
    for (size_t i = 0; i < count && status == MIM_OK; i++)
        status = mim_reader_next(reader, &frames[i], err);
    if (!reader->is_limited)
        mim_decoder_limit_result(reader->decoder, MIM_NO_LIMIT);
    reader->is_selecting = false;
    reader->in_a_row = 0;
    return status;
}
